package server

import "testing"

func TestQuestionName(t *testing.T) {
	for code, want := range map[string]string{
		"fmt.Println?":    "fmt.Println",
		"?fmt.Println":    "fmt.Println",
		" ? größe\n":      "größe",
		"_x2 ?":           "_x2",
		"fmt.Println":     "",
		"?":               "",
		"2?":              "",
		"f(x)?":           "",
		"a ? b":           "",
		"?a?":             "",
		"fmt.Println?\nx": "",
	} {
		name, ok := questionName(code)
		if name != want || ok != (want != "") {
			t.Errorf("questionName(%q) = %q, %v; want %q", code, name, ok, want)
		}
	}
}
