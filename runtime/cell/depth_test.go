package cell_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestPanicsBelowManyCalls holds that a panic passes thousands of calls in a time
// that grows as they do: were it to grow with their square, eight times as many
// calls would take sixty times as long.
func TestPanicsBelowManyCalls(t *testing.T) {
	for name, define := range map[string]string{
		"functions":         "func deep(n int) int {\n\tif n == 0 {\n\t\tpanic(\"bottom\")\n\t}\n\treturn deep(n-1) + 1\n}",
		"methods":           "type T struct{}\nfunc (t T) deep(n int) int {\n\tif n == 0 {\n\t\tpanic(\"bottom\")\n\t}\n\treturn t.deep(n-1) + 1\n}\nfunc deep(n int) int { return T{}.deep(n) }",
		"several results":   "func deep(n int) (int, error) {\n\tif n == 0 {\n\t\tpanic(\"bottom\")\n\t}\n\tx, err := deep(n-1)\n\treturn x, err\n}",
		"interface values":  "func deep(v any) int {\n\tif v == 0 {\n\t\tpanic(\"bottom\")\n\t}\n\treturn deep(v.(int)-1) + 1\n}",
		"function literals": "var deep func(n int) int\ndeep = func(n int) int {\n\tif n == 0 {\n\t\tpanic(\"bottom\")\n\t}\n\treturn deep(n-1) + 1\n}",
		"deferred calls":    "func deep(n int) int {\n\tdefer func() {}()\n\tif n == 0 {\n\t\tpanic(\"bottom\")\n\t}\n\treturn deep(n-1) + 1\n}",
	} {
		t.Run(name, func(t *testing.T) {
			n := newNotebook()
			n.run(define)
			const calls = 500
			few, many := fastest(t, n, calls), fastest(t, n, 8*calls)
			t.Logf("%v, %v", few, many)
			if many > 30*few {
				t.Errorf("below %d calls a panic takes %v, below %d %v", calls, few, 8*calls, many)
			}
		})
	}
}

// fastest is the shortest of some times that a panic took.
func fastest(t *testing.T, n *notebook, calls int) time.Duration {
	best := time.Hour
	for range 5 {
		start := time.Now()
		got := n.run(fmt.Sprintf("deep(%d)", calls))
		best = min(best, time.Since(start))
		if !strings.HasPrefix(got, "panic: bottom\n") || !strings.Contains(got, "more ...") {
			t.Fatalf("got %q", got)
		}
	}
	return best
}
