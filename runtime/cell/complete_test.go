package cell_test

import (
	"strings"
	"testing"
	"time"

	"ipclab/runtime/cell"
)

// session has the definitions that completions are tried with.
func session(tb testing.TB) *cell.Session {
	s := cell.NewSession(shared)
	prepared(tb, s, "cell1", `import str "strings"
type Point struct { X, Y int; label string }
func (p Point) Dist() float64 { return 0 }
func (p *Point) Move(dx int) {}
type Named struct { Point; Name string }
var pt Point
named := Named{}
ptr := &named
table := map[string][]Point{}
func helper(a int, b ...string) (int, error) { return a, nil }
const limit = 10`)
	return s
}

// cursor splits code at |.
func cursor(code string) (string, int) {
	i := strings.Index(code, "|")
	return code[:i] + code[i+1:], i
}

func TestComplete(t *testing.T) {
	s := session(t)
	for _, c := range []struct {
		code string
		want string // matches that must be there, "text:type", or -text for must not
	}{
		{"fmt.Printl|", "Println:function"},
		{"fmt.|", "Println:function Stringer:type -pp"},
		{"str.Contains|", "Contains:function ContainsAny:function"},
		{"pt.|", "X:field Y:field label:field Dist:method Move:method"},
		{"named.|", "Name:field Point:field X:field Move:method"},
		{"ptr.Po|", "Point:field"},
		{"ptr.Point.|", "X:field"},
		{"table[\"a\"][0].|", "X:field Dist:method"},
		{"for _, ps := range table {\n\tfor i, p := range ps {\n\t\tfmt.Println(i, p.|", "X:field"},
		{"x := time.Now()\nx.Un|", "Unix:method UnixNano:method"},
		{"x := time.Now()\nfmt.Println(x.Un|)\ny := 1", "Unix:method"},
		{"func g(q *Point) int {\n\tq.|\n\treturn 1\n}", "X:field Move:method"},
		{"func g(quantity int) int {\n\treturn qua|\n}", "quantity:variable"},
		{"quick := 1\nqui|", "quick:variable"},
		{"if quick := 1; qui|", "quick:variable"},
		{"hel|", "helper:function"},
		{"lim|", "limit:constant"},
		{"Poi|", "Point:type"},
		{"ret|", "return:keyword"},
		{"ap|", "append:function"},
		{"strc|", "strconv:package"},
		{"import \"enc|", "encoding/json:path -fmt"},
		{"import (\n\t\"fmt\"\n\tj \"encoding/j|", "encoding/json:path"},
		{"Point{la|", "label:field"},
		{"Point{X: 1, l|}", "label:field"},
		{"s := \"fmt.|", "-Println"},
		{"// fmt.|", "-Println"},
		{"x := 12|", "-X"},
		{"os.Std|", "Stdin:variable Stdout:variable"},
		{"unix.SIGUS|", "SIGUSR1:constant"},
		{"err := os.ErrNotExist\nerr.|", "Error:method"},
		{"helper(1, strings.Spl|", "Split:function"},
		{"}|", ""},
		{"((((|", "helper:function"},
		{"|", "helper:function pt:variable -if"},
	} {
		code, at := cursor(c.code)
		got := map[string]string{}
		completion := s.Complete(code, at)
		for _, m := range completion.Matches {
			got[m.Text] = m.Type
		}
		for _, w := range strings.Fields(c.want) {
			if text, ok := strings.CutPrefix(w, "-"); ok {
				if _, has := got[text]; has {
					t.Errorf("%q: has %s", c.code, text)
				}
				continue
			}
			text, kind, _ := strings.Cut(w, ":")
			if got[text] != kind {
				t.Errorf("%q: %s is %q, want %q, among %d", c.code, text, got[text], kind, len(got))
			}
		}
	}
}

func TestCompletionSaysWhatToReplace(t *testing.T) {
	code, at := cursor("é := 1\nfmt.Print|ln(x)")
	c := session(t).Complete(code, at)
	if code[c.Start:c.End] != "Print" {
		t.Errorf("replaces %q", code[c.Start:c.End])
	}
	for _, m := range c.Matches {
		if m.Text == "Println" && m.Signature != "(a ...any) (n int, err error)" {
			t.Errorf("signature %q", m.Signature)
		}
	}
}

func TestInspect(t *testing.T) {
	s := session(t)
	for code, want := range map[string]string{
		"fmt.Prin|tln(1)": "func fmt.Println(a ...any) (n int, err error)",
		"fmt.Println(|":   "func fmt.Println(a ...any) (n int, err error)",
		"helper(1, |":     "func helper(a int, b ...string) (int, error)",
		"helper|":         "func helper(a int, b ...string) (int, error)",
		"pt|":             "var pt Point",
		"ptr.Mo|ve(1)":    "func (*Point).Move(dx int)",
		"Poi|nt{}":        "type Point struct{X int; Y int; label string}\nfunc (*Point).Move(dx int)\nfunc (Point).Dist() float64",
		"fm|t.Println(1)": "package fmt // import \"fmt\"",
		"lim|it":          "const limit untyped int = 10",
		"time.Secon|d":    "const time.Second time.Duration = 1000000000",
		"x := 5\nx|":      "var x int",
		"named.X|":        "field X int",
		"for i, v := range []string{\"a\"} { _ = i; fmt.Println(v|) }": "var v string",
		"append|": "func append // predeclared",
	} {
		code, at := cursor(code)
		if got, ok := s.Inspect(code, at); !ok || got != want {
			t.Errorf("%q: %q %v, want %q", code, got, ok, want)
		}
	}
	if text, ok := s.Inspect("nosuchname", 3); ok {
		t.Errorf("an unknown name is %q", text)
	}
}

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
	} {
		if status, indent := cell.IsComplete(c.code); status != c.status || indent != c.indent {
			t.Errorf("%q: %s %q, want %s %q", c.code, status, indent, c.status, c.indent)
		}
	}
}

func TestCompletionIsFast(t *testing.T) {
	s := session(t)
	s.Complete("fmt.", 4)
	start := time.Now()
	for range 50 {
		s.Complete("x := table[\"a\"]\nfor _, p := range x { fmt.Println(p.", 40)
	}
	if d := time.Since(start) / 50; d > 20*time.Millisecond {
		t.Errorf("a completion takes %v", d)
	} else {
		t.Logf("a completion takes %v", d)
	}
}
