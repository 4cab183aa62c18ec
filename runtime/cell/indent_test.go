package cell_test

import (
	"testing"

	"ipclab/runtime/cell"
)

func TestIndentOfTheNextLine(t *testing.T) {
	for _, c := range []struct{ code, status, indent string }{
		{"f(func() {", "incomplete", "\t"},
		{"f(\n\tg(", "incomplete", "\t\t"},
		{"func f() {\nif x {", "incomplete", "\t\t"},
		{"func f() {\n\tif x {\n\t\tg()\n\t}", "incomplete", "\t"},
		{"m := map[string][]int{\n\t\"a\": {1, 2},", "incomplete", "\t"},
		{"switch x {", "incomplete", "\t"},
		{"switch x {\n\tcase 1:", "incomplete", "\t\t"},
		{"switch x {\ncase 1:", "incomplete", "\t"},
		{"switch x {\ncase 1, 2:\n\tf()\ndefault:", "incomplete", "\t"},
		{"switch x {\ncase 1:\n\tfor {", "incomplete", "\t\t"},
		{"switch x {\ncase 1:\n\tfor {\n\t\tf()\n\t}", "incomplete", "\t"},
		{"func f() {\n\tselect {\n\tcase v := <-c:", "incomplete", "\t\t"},
		{"switch x {\ncase T{A: 1}.A:", "incomplete", "\t"},
		{"switch x { case 1: f(", "incomplete", "\t\t"},
		{"x := T{\n\tA: 1,", "incomplete", "\t"},
		{"f(]", "invalid", ""},
		{"func f() {\n}}", "invalid", ""},
		{"f())", "invalid", ""},
		{"if x {\n)", "invalid", ""},
	} {
		if status, indent := cell.IsComplete(c.code); status != c.status || indent != c.indent {
			t.Errorf("%q: %s %q, want %s %q", c.code, status, indent, c.status, c.indent)
		}
	}
}
