package cell_test

import (
	"fmt"
	"strings"
	"testing"

	"ipclab/runtime/cell"
)

func TestDefinitions(t *testing.T) {
	s := cell.NewSession(shared)
	for i, source := range []string{
		"import \"strings\"\nimport j \"encoding/json\"\nx, y := 1, \"a\"",
		"type P struct{ A, B int }\nfunc (p P) M() {}\nvar list []P",
		"func add(a, b int) int { return a + b }\nconst limit = 10",
		"type Number interface{ ~int | ~float64 }\nfunc Max[T Number](a, b T) T { return a }\ntype Stack[T any] struct{ items []T }",
		"x := strings.ToUpper(y)\nfunc() { hidden := 1; _ = hidden }()",
		"r, w, err := os.Pipe()",
	} {
		prepared(t, s, fmt.Sprint("cell", i+1), source)
	}
	var got []string
	for _, d := range s.Definitions() {
		got = append(got, d.Name+" "+d.Kind+" "+d.Type)
	}
	want := `Max function func[T Number](a T, b T) T
Number type interface{~int | ~float64}
P type struct{A int; B int}
Stack type struct{items []T}
add function func(a int, b int) int
err variable error
limit constant untyped int
list variable []P
r variable *os.File
w variable *os.File
x variable string
y variable string`
	if strings.Join(got, "\n") != want {
		t.Errorf("got:\n%s\nwant:\n%s", strings.Join(got, "\n"), want)
	}
	s.Reset()
	if left := s.Definitions(); len(left) > 0 {
		t.Errorf("after Reset: %v", left)
	}
}

// TestToolsAreOutOfReach holds that the packages of tools are what they are
// whatever the cells define, and that nothing of them is left.
func TestToolsAreOutOfReach(t *testing.T) {
	s := cell.NewSession(shared)
	prepared(t, s, "cell1", "exec, os := 1, 2")
	prepared(t, s, "cell2", fmt.Sprintf("c := %s.Command(\"a\")\nc.Stdin = %s.Stdin", cell.ExecName, cell.OSName))
	for _, d := range s.Definitions() {
		if want := map[string]string{"exec": "int", "os": "int", "c": "*exec.Cmd"}[d.Name]; d.Type != want {
			t.Errorf("%s is %s, want %q", d.Name, d.Type, want)
		}
	}
	for _, m := range s.Complete("", 0).Matches {
		if m.Text == cell.ExecName || m.Text == cell.OSName {
			t.Errorf("completion offers %s", m.Text)
		}
	}
	if _, err := s.Prepare("cell3", "execˑx := 1"); err == nil {
		t.Error("a name with the mark was accepted")
	}
}
