package cell_test

import (
	"go/parser"
	"go/token"
	"strings"
	"testing"

	"ipclab/runtime/cell"
)

var seeds = []string{
	"", "x := 1\nx", "}", "{", "func", "func (", "func f() {", "func (p P) M() {}\ntype P struct{}",
	"import \"fmt\"\nfmt.Println(1)", "import . \"strings\"\nToUpper(\"a\")", "type T[P any] struct{ x P }\nT[int]{1}",
	"x, y := f()\nfunc f() (int, error) { return 1, nil }", "for i := range 3 { go func() { _ = i }() }",
	"switch x := any(1).(type) { case int: x }", "select { case v, ok := <-make(chan int): _, _ = v, ok }",
	"package main\nvar a = b\nvar b = 2\nfunc main() { println(a) }", "/*", "`", "\"", "'a", "x := 'ab'", "//line */ evil:1:1\nx := 1",
	"L: for { continue L }", "var _ = 1 << 100", "1 << 100", "const c = len([10]int{})\nc", "min(1, 2.5)", "new(5)",
	"type A = B\ntype B = A", "type R struct { R }", "a := a", "x := time.Now()\ntime := x\ntime", "goto L", "fmt.Println(",
	"func init() {}\nfunc init() {}", "func main() {}", "func f[T any](x T) T { return x }\nf(1)", "struct{}{}", "[]int{1}[5:]",
	"defer recover()", "return 5", "_ = 1; _ := 2", "var x, y int = 1", "x.y.z", "*p", "&x", "...", "x ...", "import \"C\"",
}

// FuzzPrepare holds that no text makes Prepare panic or write a file that does
// not parse. Completion, inspection and IsComplete see the same text.
func FuzzPrepare(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
	imp := shared
	f.Fuzz(func(t *testing.T, source string) {
		s := cell.NewSession(imp)
		for _, name := range []string{"cell1", "cell2"} {
			p, err := s.Prepare(name, source)
			if err != nil {
				if strings.Contains(err.Error(), "internal error") {
					t.Fatalf("%q: %v", source, err)
				}
				continue
			}
			if p.Source != "" {
				if _, err := parser.ParseFile(token.NewFileSet(), name, p.Source, 0); err != nil {
					t.Fatalf("%q is lowered to what does not parse: %v\n%s", source, err, p.Source)
				}
			}
			s.Commit(p)
		}
		s.Complete(source, len(source)/2)
		s.Inspect(source, len(source)/2, 1)
		cell.IsComplete(source)
	})
}
