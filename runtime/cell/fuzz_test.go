package cell_test

import (
	"fmt"
	"go/parser"
	"go/token"
	"strings"
	"testing"
	"time"

	"ipclab/runtime/cell"
	"ipclab/runtime/eval"
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

// FuzzPrepare holds that no text makes Prepare panic, or write a file that the
// interpreter's front end panics or hangs on. Nothing of the text is run.
// Completion, inspection and IsComplete see the same text.
func FuzzPrepare(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
	for _, p := range allPrograms(f) {
		f.Add(p.source)
	}
	imp := shared
	f.Fuzz(func(t *testing.T, source string) {
		stop := time.AfterFunc(longestCell, func() { panic(fmt.Sprintf("still at it after %v: %q", longestCell, source)) })
		defer stop.Stop()
		s := cell.NewSession(imp)
		interpreter := eval.New(func(*eval.Failure) {})
		for _, name := range []string{"cell1", "cell2"} {
			p, err := s.Prepare(name, source)
			if err != nil {
				if strings.Contains(err.Error(), "internal error") {
					t.Fatalf("%q: %v", source, err)
				}
				continue
			}
			if !compiles(t, interpreter, p, source) {
				break
			}
			s.Commit(p)
		}
		s.Complete(source, len(source)/2)
		s.Inspect(source, len(source)/2, 1)
		cell.IsComplete(source)
	})
}

// longestCell is beyond what any text of the fuzzer's size needs.
const longestCell = 20 * time.Second

// compiles tells whether the interpreter takes a program. One that does not parse
// or makes the interpreter panic is a fault of lowering.
func compiles(t *testing.T, interpreter *eval.Interpreter, p *cell.Program, source string) bool {
	if p.Source == "" {
		return true
	}
	if _, err := parser.ParseFile(token.NewFileSet(), p.Name, p.Source, 0); err != nil {
		t.Fatalf("%q is lowered to what does not parse: %v\n%s", source, err, p.Source)
	}
	err := interpreter.Load(eval.Program{Name: p.Name, Source: p.Source, Entry: p.Entry, Text: source})
	if err != nil && strings.Contains(err.Error(), "failed to compile") {
		t.Fatalf("%q: %v\n%s", source, err, p.Source)
	}
	return err == nil
}
