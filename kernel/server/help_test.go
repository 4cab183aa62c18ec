package server

import "testing"

func TestQuestionName(t *testing.T) {
	type asked struct {
		name   string
		detail int
	}
	for code, want := range map[string]asked{
		"fmt.Println?":    {"fmt.Println", 0},
		"?fmt.Println":    {"fmt.Println", 0},
		"fmt.Println??":   {"fmt.Println", 1},
		"??fmt.Println":   {"fmt.Println", 1},
		" ? größe\n":      {"größe", 0},
		"_x2 ?":           {"_x2", 0},
		"fmt.Println":     {},
		"?":               {},
		"??":              {},
		"x???":            {},
		"2?":              {},
		"f(x)?":           {},
		"a ? b":           {},
		"?a?":             {},
		"fmt.Println?\nx": {},
	} {
		name, ok := questionName(code)
		if name != want.name || ok != (want.name != "") {
			t.Errorf("questionName(%q) = %q, %v; want %q", code, name, ok, want.name)
		}
		if detail := questionDetail(code); ok && detail != want.detail {
			t.Errorf("questionDetail(%q) = %d, want %d", code, detail, want.detail)
		}
	}
}
