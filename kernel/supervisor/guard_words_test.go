package supervisor

import (
	"math"
	"strings"
	"testing"

	"ipclab/ipclab/bounds"
)

func TestWhatLastWordsSayOfMemory(t *testing.T) {
	const said = "out of memory: goroutines that went on between cells used more than 300 MiB (IPCLAB_MEMORY). End them."
	for _, c := range []struct {
		words  string
		memory uint64
		want   string // how the cause begins, "" for none
	}{
		{"fatal error: runtime: out of memory", 300 << 20, "out of memory: the cell asked for more memory than the system gives; the cell's processes may use 300 MiB (IPCLAB_MEMORY)"},
		{"fatal error: runtime: cannot allocate memory", 300 << 20, "out of memory: "},
		{"fatal error: out of memory", math.MaxUint64, "out of memory: the cell asked for more memory than the system gives. "},
		{"fatal error: " + said + "\nmore", 300 << 20, said},
		{"fatal error: all goroutines are asleep - deadlock!", 300 << 20, ""},
		{"panic: out of memory", 300 << 20, ""},
		{"the printer is out of memory", 300 << 20, ""},
		{"", 300 << 20, ""},
	} {
		g := &guard{bounds: bounds.Bounds{Memory: c.memory}}
		if got := g.refused(c.words); !strings.HasPrefix(got, c.want) || (got == "") != (c.want == "") {
			t.Errorf("%q: got %q, want %q", c.words, got, c.want)
		}
	}
}
