package cell_test

import (
	"strings"
	"testing"
)

func TestTypesThatEmbedLargerInstancesOfThemselvesAreRefused(t *testing.T) {
	s := session(t)
	for _, source := range []string{
		"type T[P any] struct { *T[T[P]] }\nvar t T[int]\nt.x = 1",
		"type T[P any] struct { *T[[]P]; A int }\nvar t T[int]\nt.x = 1",
		"type T[P any] struct { U[P] }\ntype U[P any] struct { *T[*P] }\nvar t T[int]\nt.x = 1",
		"type T[P any] struct { *U[P] }\ntype U[P any] T[T[P]]\nvar t T[int]\nt.x = 1",
		"type T[P, Q any] struct { *T[Q, []P] }\nvar t T[int, int]\nt.x = 1",
	} {
		if _, err := s.Prepare("cell2", source); err == nil || !strings.Contains(err.Error(), "instantiation cycle") {
			t.Errorf("%q: %v", source, err)
		}
	}
	for _, source := range []string{
		"type L1[P any] struct { *L1[P]; A int }\nvar l1 L1[int]\nl1.A = 1",
		"type L2[P any] struct { next *L2[P]; A P }\nvar l2 L2[int]\nl2.A = 1",
		"type L3[P any] struct { In[[]P] }\ntype In[P any] struct { B P }\nvar l3 L3[int]\nl3.B = nil",
	} {
		if _, err := s.Prepare("cell2", source); err != nil {
			t.Errorf("%q: %v", source, err)
		}
	}
}
