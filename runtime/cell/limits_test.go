package cell_test

import (
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// TestLimitsAreFew holds that at most three in a hundred programs cannot be run.
// That each of them is refused, instead of doing something else than compiled
// Go, is held by TestCells.
func TestLimitsAreFew(t *testing.T) {
	a, err := txtar.ParseFile("testdata/limits.txtar")
	if err != nil {
		t.Fatal(err)
	}
	refused := 0
	for _, f := range a.Files {
		if f.Name == "cell" && strings.HasPrefix(string(f.Data), "package main") {
			refused++
		}
	}
	if n := len(allPrograms(t)); n < 150 || refused*100 > 3*(n+refused) {
		t.Errorf("%d programs run and %d are refused", n, refused)
	}
}
