package eval

import (
	"testing"

	"github.com/traefik/yaegi/interp"
)

// TestLayouts holds that the interpreter's own types are as this package takes
// them to be. Where they are not, cells run, but slower, with fewer lines in
// errors and more left behind.
func TestLayouts(t *testing.T) {
	_, keeperErr := newKeeper(interp.New(interp.Options{}))
	for _, err := range []error{nodesErr, framesErr, keeperErr} {
		if err != nil {
			t.Error(err)
		}
	}
	if nodes.block == manyNames || nodes.function == manyNames {
		t.Error("the interpreter has other names for the kinds of nodes")
	}
}
