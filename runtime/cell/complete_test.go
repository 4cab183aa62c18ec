package cell_test

import (
	"slices"
	"strings"
	"testing"

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
		// Members of packages.
		{"fmt.Printl|", "Println:function"},
		{"fmt.|", "Println:function Stringer:type -pp"},
		{"str.Contains|", "Contains:function ContainsAny:function"},
		{"os.Std|", "Stdin:variable Stdout:variable"},
		{"unix.SIGUS|", "SIGUSR1:constant"},
		{"import c \"crypto/rand\"\nc.Rea|", "Reader:variable"},
		{"helper(1, strings.Spl|", "Split:function"},
		{"type T struct {\n\tmu sync.Mu|", "Mutex:type"},
		{"func f(mu *sync.Mu|", "Mutex:type"},

		// Members of values and of the results of expressions.
		{"pt.|", "X:field Y:field label:field Dist:method Move:method"},
		{"named.|", "Name:field Point:field X:field Move:method"},
		{"ptr.Po|", "Point:field"},
		{"ptr.Point.|", "X:field"},
		{"table[\"a\"][0].|", "X:field Dist:method Move:method"},
		{"(&pt).|", "X:field Move:method"},
		{"(*ptr).|", "Name:field Move:method"},
		{"Point{}.|", "X:field Dist:method -Move"},
		{"f := func() Point { return pt }\nf().|", "X:field Dist:method -Move"},
		{"m := map[string]Point{}\nm[\"a\"].|", "X:field -Move"},
		{"time.Now().UTC().Un|", "Unix:method UnixNano:method"},
		{"x := time.Now()\nx.Un|", "Unix:method UnixNano:method"},
		{"err := os.ErrNotExist\nerr.|", "Error:method"},
		{"Point.|", "Dist:method -Move -X"},
		{"(*Point).|", "Dist:method Move:method -X"},
		{"func g[T fmt.Stringer](x T) {\n\tx.|", "String:method"},
		{"var l struct{ Left, Right int }\nl.|", "Left:field Right:field"},
		{"s := []Point{{}}\nfor _, p := range s {\n\tp.|", "X:field Move:method"},
		{"var p atomic.Pointer[Point]\np.Load().|", "X:field Move:method"},

		// In unfinished statements.
		{"y := pt.|", "X:field"},
		{"var y = pt.|", "X:field"},
		{"pt := pt.|", "X:field"},
		{"if pt.|", "X:field"},
		{"switch {\ncase pt.|", "X:field"},
		{"return pt.|", "X:field"},
		{"defer pt.|", "Move:method"},
		{"go pt.|", "Move:method"},
		{"pt.| = 5", "X:field"},
		{"pt.X, pt.| = 1, 2", "Y:field"},
		{"a := pt.|; b := 2", "X:field"},
		{"x := []int{pt.|", "X:field"},
		{"unknown(pt.|", "X:field"},
		{"x := \ny := pt.|", "X:field"},
		{"x := 'a\ny := pt.|", "X:field"},
		{"pt.X = 5 +\nunknown(\npt.|", "X:field"},
		{"named.Po|int.X = 5", "Point:field"},
		{"for _, ps := range table {\n\tfor i, p := range ps {\n\t\tfmt.Println(i, p.|", "X:field"},
		{"x := time.Now()\nfmt.Println(x.Un|)\ny := 1", "Unix:method"},
		{"func g(q *Point) int {\n\tq.|\n\treturn 1\n}", "X:field Move:method"},
		{"func (p *Point) Later(other Named) {\n\tother.|\n}", "Name:field"},
		{"func (p *Point) Later() {\n\tp.|", "X:field"},
		{"go func() {\n\tpt.|\n}()", "X:field"},
		{"select {\ncase p := <-make(chan Point):\n\tp.|", "X:field"},
		{"x := 1\r\n/* a\r\nb */ pt.|\r\n", "X:field"},
		{"é := \"世界\"\npt.|", "X:field"},

		// Names.
		{"func g(quantity int) int {\n\treturn qua|\n}", "quantity:variable"},
		{"func (p *Point) Later(quantity int) {\n\tqua|\n}", "quantity:variable"},
		{"quick := 1\nqui|", "quick:variable"},
		{"qua|\nquasi := 1", "-quasi"},
		{"quick := 1\nfunc g() { qui| }", "quick:variable"},
		{"func g() { qui| }\nquick := 1", "quick:variable"},
		{"if quick := 1; qui|", "quick:variable"},
		{"hel|\nfunc helperLater() {}", "helper:function helperLater:function"},
		{"hel|", "helper:function"},
		{"lim|", "limit:constant"},
		{"Poi|", "Point:type"},
		{"ret|", "return:keyword"},
		{"ap|", "append:function"},
		{"tru|", "true:constant"},
		{"strc|", "strconv:package"},
		{"((((|", "helper:function"},
		{"|", "helper:function pt:variable -if"},
		{"import . \"strings\"\nToUp|", "ToUpper:function"},
		{"func hel|", "-helper"},
		{"type Poi|", "-Point"},

		// Fields of a literal, labels, import paths.
		{"Point{|", "X:field Y:field label:field"},
		{"Point{la|", "label:field"},
		{"Point{X: 1, l|}", "label:field"},
		{"Point{\n\tX: 1,\n\t|\n}", "Y:field -X"},
		{"Point{X: l|}", "limit:constant -label"},
		{"Point{1, l|}", "limit:constant -label"},
		{"[]Point{{l|", "label:field"},
		{"[]*Point{{l|", "label:field"},
		{"Named{Point: Point{|}}", "X:field -Name"},
		{"outer:\nfor {\n\tfor {\n\t\tbreak o|\n\t}\n}", "outer:label -os"},
		{"func g() {\n\tgoto e|\n\tfor {\n\t}\nend:\n}", "end:label"},
		{"import \"enc|", "encoding/json:path -fmt"},
		{"import (\n\t\"fmt\"\n\tj \"encoding/j|", "encoding/json:path"},
		{"import \"golang.org/x|", "golang.org/x/sys/unix:path"},

		// Where no name can stand.
		{"s := \"fmt.|", "-Println"},
		{"s := `raw\r\nfmt.|", "-Println"},
		{"// fmt.|", "-Println"},
		{"x := 12|", "-X"},
		{"pt.Dist().|", "-X"},
		{"}|", ""},
	} {
		code, at := cursor(c.code)
		got := map[string]string{}
		for _, m := range s.Complete(code, at).Matches {
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

// TestCompletionHasWhatIsNearFirst holds the order: fields of the literal, local
// names, those of cells, predeclared ones, packages, keywords.
func TestCompletionHasWhatIsNearFirst(t *testing.T) {
	s := session(t)
	prepared(t, s, "cell2", "floor := 1\nFlat := 2")
	code, at := cursor("func g(flow int) {\n\tprintln(struct{ fly int }{f|")
	want := "fly flow floor Flat false flag fmt for"
	var got []string
	for _, m := range s.Complete(code, at).Matches {
		if slices.Contains(strings.Fields(want), m.Text) {
			got = append(got, m.Text)
		}
	}
	if strings.Join(got, " ") != want {
		t.Errorf("got %q, want %q", got, want)
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

// TestCompletionForgetsWhatFailed holds that a method which only a cell with
// errors defined is not offered.
func TestCompletionForgetsWhatFailed(t *testing.T) {
	s := session(t)
	if _, err := s.Prepare("cell2", "func (p *Point) Ghost() { return 1 }"); err == nil {
		t.Fatal("no error")
	}
	for _, m := range s.Complete("pt.", 3).Matches {
		if m.Text == "Ghost" {
			t.Error("offered")
		}
	}
}
