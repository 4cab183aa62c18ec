package cell_test

import "testing"

// topOfStack calls deep, which panics, and shows how many panics there are on the
// stack when the last deferred call runs.
const topOfStack = `
func panics() (n int) {
	pcs := make([]uintptr, 1<<16)
	for frames := runtime.CallersFrames(pcs[:runtime.Callers(0, pcs)]); ; {
		f, more := frames.Next()
		if f.Function == "runtime.gopanic" {
			n++
		}
		if !more {
			return n
		}
	}
}
func top(n int) {
	defer func() { fmt.Println(panics() < 10, recover()) }()
	deep(n)
}`

// TestPanicsBelowManyCalls holds that a panic passes calls as one panic. Were each
// call to recover it and begin it again, within the deferred function that it
// must do so in, the stack would grow at each, and Go would look through all of
// it at the next: the time would grow with the square of the calls.
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
			if got := n.run(define + topOfStack); got != "" {
				t.Fatal(got)
			}
			if got := n.run("top(500)"); got != "true bottom\n" {
				t.Errorf("got %q", got)
			}
		})
	}
}
