package cell_test

import (
	"testing"

	"ipclab/runtime/cell"
)

func TestIsComplete(t *testing.T) {
	for _, c := range []struct{ code, status, indent string }{
		{"", "complete", ""},
		{"x := 1", "complete", ""},
		{"x := 1\nx", "complete", ""},
		{"fmt.Println(", "incomplete", "\t"},
		{"func f() {", "incomplete", "\t"},
		{"func f() {\n\tif x {", "incomplete", "\t\t"},
		{"func f() {\n\tx := 1", "incomplete", "\t"},
		{"func f() {\n}", "complete", ""},
		{"for i := 0; i < 3; i++ {\n\tfmt.Println(i)\n}", "complete", ""},
		{"x :=", "incomplete", ""},
		{"x +", "incomplete", ""},
		{"a.b.", "incomplete", ""},
		{"x := `raw", "incomplete", ""},
		{"/* comment", "incomplete", ""},
		{"// comment", "complete", ""},
		{"x := \"open", "invalid", ""},
		{"}", "invalid", ""},
		{"x := 1 2", "invalid", ""},
		{"if x := ; {", "invalid", ""},
		{"type T struct {", "incomplete", "\t"},
		{"type T", "incomplete", ""},
		{"var x", "incomplete", ""},
		{"import \"fmt\"", "complete", ""},
		{"import (", "incomplete", "\t"},
		{"x := []int{1,\n\t2,", "incomplete", "\t"},
		{"package main\n\nfunc main() {}", "complete", ""},
		{"x, y", "complete", ""},
		{"x, y,", "incomplete", ""},
		{"x,", "incomplete", ""},
		{"x, y z", "invalid", ""},
		{"x, y := 1", "complete", ""},
	} {
		if status, indent := cell.IsComplete(c.code); status != c.status || indent != c.indent {
			t.Errorf("%q: %s %q, want %s %q", c.code, status, indent, c.status, c.indent)
		}
	}
}
