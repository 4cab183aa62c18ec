package cell_test

import "testing"

// TestInspectNamesTheVariableToLookAt tells which names have a present value: those
// of variables that cells have defined, also where a cell is about to define them
// again with the same type.
func TestInspectNamesTheVariableToLookAt(t *testing.T) {
	s := session(t)
	prepared(t, s, "cell2", "count := 1")
	prepared(t, s, "cell3", "count := \"a text now\"")
	for code, want := range map[string]bool{
		"n|amed":                                 true,
		"fmt.Println(pt|r)":                      true,
		"n|amed.Name = \"a\"":                    true,
		"func f() Named { return n|amed }":       true,
		"n|amed := Named{}":                      true,
		"type Named struct{}\nn|amed := Named{}": true, // it reads the same, and is what one sees
		"count|":                                 true,
		"count| := \"again\"":                    true,
		"count| := 1":                            false,
		"func f(named int) { n|amed++ }":         false,
		"for named := range 3 { n|amed++ }":      false,
		"fresh|ly := 1":                          false,
		"named.Na|me":                            false,
		"hel|per":                                false,
		"lim|it":                                 false,
		"Poi|nt{}":                               false,
		"os.Std|out":                             false,
	} {
		code, at := cursor(code)
		in, ok := s.Inspect(code, at, 0)
		if !ok || (in.Variable != "") != want {
			t.Errorf("%q: variable %q, found %v, want one: %v", code, in.Variable, ok, want)
		}
	}
	first, _ := s.Inspect("named", 1, 0)
	again, _ := s.Inspect("named := Named{}", 1, 0)
	if first.Variable != again.Variable {
		t.Errorf("two variables, %s and %s", first.Variable, again.Variable)
	}
}

func TestInspectionWithItsValue(t *testing.T) {
	s := session(t)
	in, _ := s.Inspect("ptr", 1, 0)
	for _, c := range []struct{ value, noValue, text, markdown string }{
		{"", "", "var ptr *Named", "```go\nvar ptr *Named\n```\n"},
		{"5", "", "var ptr *Named\n\nValue: 5", "```go\nvar ptr *Named\n```\n\nValue:\n\n```text\n5\n```\n"},
		{"a\nb", "", "var ptr *Named\n\nValue:\na\nb", "```go\nvar ptr *Named\n```\n\nValue:\n\n```text\na\nb\n```\n"},
		{"", "a reason", "var ptr *Named\n\nValue not shown: a reason", "```go\nvar ptr *Named\n```\n\nValue not shown: a reason\n"},
		{"```", "", "var ptr *Named\n\nValue: ```", "```go\nvar ptr *Named\n```\n\nValue:\n\n````text\n```\n````\n"},
	} {
		in.Value, in.NoValue = c.value, c.noValue
		if in.Text() != c.text || in.Markdown() != c.markdown {
			t.Errorf("%q, %q: text %q, Markdown %q", c.value, c.noValue, in.Text(), in.Markdown())
		}
	}
}
