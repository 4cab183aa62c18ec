package cell_test

import (
	"fmt"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

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
	"type M int\n---\nfunc f[T ~int](x T) T { return x }\nf[M](1)", "type A int\n---\ntype B A\n---\ntype A string\nvar b B",
	"c := make(chan int)\n---\n_, ok := <-c", "s, x := append(s, 1), nil\nvar s []int", "for i, r := range \"\\xff\" { _, _ = i, r }",
	"select { default: break }", "switch f := func() int { return 1 }; f() { case 1, 2: }", "*(*int)(unsafe.Pointer(new(5)))",
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
	for _, notebook := range notebooks(f) {
		f.Add(notebook)
	}
	imp := shared
	f.Fuzz(func(t *testing.T, source string) {
		stop := time.AfterFunc(longestCell, func() { panic(fmt.Sprintf("still at it after %v: %q", longestCell, source)) })
		defer stop.Stop()
		s := cell.NewSession(imp)
		interpreter := eval.New(func(*eval.Failure) {})
		cells := strings.Split(source, nextCell)
		for i, cell := range append(cells, cells...) { // any cell may be run again
			p, err := s.Prepare(fmt.Sprintf("cell%d", i+1), cell)
			if err != nil {
				if strings.Contains(err.Error(), "internal error") {
					t.Fatalf("%q: %v", source, err)
				}
				continue
			}
			if !compiles(t, interpreter, p, cell) {
				break
			}
			s.Commit(p)
		}
		s.Complete(source, len(source)/2)
		s.Inspect(source, len(source)/2, 1)
		cell.IsComplete(source)
	})
}

// nextCell separates the cells of a notebook.
const nextCell = "\n---\n"

// notebooks gives the notebooks in testdata, each as one text.
func notebooks(tb testing.TB) (texts []string) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		tb.Fatalf("no notebooks: %v", err)
	}
	for _, file := range files {
		a, err := txtar.ParseFile(file)
		if err != nil {
			tb.Fatal(err)
		}
		var cells []string
		for _, f := range a.Files {
			if f.Name == "new" {
				texts, cells = append(texts, strings.Join(cells, nextCell)), nil
			} else if f.Name == "cell" {
				cells = append(cells, string(f.Data))
			}
		}
		texts = append(texts, strings.Join(cells, nextCell))
	}
	return texts
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
