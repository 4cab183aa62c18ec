package cell_test

import (
	"strings"
	"testing"

	"ipclab/runtime/cell"
)

// documented has definitions with comments.
func documented(tb testing.TB) *cell.Session {
	s := session(tb)
	prepared(tb, s, "cell2", `// Answer adds to the answer.
//
// See [fmt.Println].
func Answer(n int) int {
	return 42 + n
}

/* A Box has
two sides. */
type Box struct {
	Width int // from left to right
	// Height is from bottom to top.
	Height int
}

// Area multiplies.
func (b Box) Area() int { return b.Width * b.Height }

// A Shape has an area.
type Shape interface {
	// Area is in square metres.
	Area() int
}

// nearly is near three.
nearly := 3.14

plain := 5
var box Box
var shape Shape = box
const (
	// First is the first.
	First = iota
	Second
)`)
	return s
}

func TestInspect(t *testing.T) {
	s := documented(t)
	for code, want := range map[string]string{
		// Declarations.
		"fmt.Prin|tln(1)":   "func fmt.Println(a ...any) (n int, err error)",
		"helper|":           "func helper(a int, b ...string) (int, error)",
		"pt|":               "var pt Point",
		"ptr.Mo|ve(1)":      "func (p *Point) Move(dx int)",
		"fm|t.Println(1)":   `package fmt // import "fmt"`,
		"lim|it":            "const limit untyped int = 10",
		"time.Secon|d":      "const time.Second time.Duration = 1000000000",
		"x := 5\nx|":        "var x int",
		"named.X|":          "field X int",
		"append|":           "func append(slice []Type, elems ...Type) []Type",
		"var e erro|r":      "type error interface{Error() string}",
		"in|t(5)":           "type int",
		"x := tru|e":        "const true untyped bool = true",
		"var p *int = ni|l": "nil",
		"Poi|nt{}":          "type Point struct {\n\tX int\n\tY int\n\tlabel string\n}",
		"strings.Build|er":  "type strings.Builder struct {\n\t// unexported fields\n}",
		"for i, v := range []string{\"a\"} { _ = i; fmt.Println(v|) }": "var v string",
		"func g(Answer int) { Ans|wer }":                               "var Answer int",

		// The function whose arguments are being written.
		"fmt.Println(|":                      "func fmt.Println(a ...any) (n int, err error)",
		"helper(1, |":                        "func helper(a int, b ...string) (int, error)",
		"helper(1, \"a|b\")":                 "func helper(a int, b ...string) (int, error)",
		"for {\n\tx := helper(1, |":          "func helper(a int, b ...string) (int, error)",
		"fmt.Println(helper(1), |":           "func fmt.Println(a ...any) (n int, err error)",
		"slices.Index[[]int](|":              "func slices.Index[S ~[]E, E comparable](s S, v E) int",
		"ptr.Move(|)":                        "func (p *Point) Move(dx int)",
		"x := 'a\nfmt.Println(|":             "func fmt.Println(a ...any) (n int, err error)",
		"func (p *Point) L() { p.Mo|ve(1) }": "func (p *Point) Move(dx int)",
	} {
		code, at := cursor(code)
		if got, ok := s.Inspect(code, at, 0); !ok || got.Declaration != want {
			t.Errorf("%q: %q %v, want %q", code, got.Declaration, ok, want)
		}
	}
	for _, code := range []string{"nosuchna|me", "pt.le|n", "|", "// fm|t", "\"fm|t\"", "5|", "|)"} {
		code, at := cursor(code)
		if in, ok := s.Inspect(code, at, 0); ok {
			t.Errorf("%q is %q", code, in.Text())
		}
	}
}

func TestInspectShowsComments(t *testing.T) {
	s := documented(t)
	for code, want := range map[string]string{
		"strings.Spl|it":                         "Split slices s into all substrings separated by sep",
		"strin|gs.Split":                         "Package strings implements simple functions",
		"os.O_RDON|LY":                           "Exactly one of O_RDONLY",
		"var b strings.Builder\nb.WriteStr|ing":  "WriteString appends the contents of s",
		"http.Server{Ad|dr: \"\"}":               "Addr optionally specifies the TCP address",
		"ipclab.Fo|rk()":                         "Fork makes a copy of this process",
		"unix.ReadDire|nt":                       "ReadDirent reads directory entries",
		"var r io.Reader\nr.Rea|d":               "Reader is the interface that wraps",
		"var p atomic.Pointer[int]\np.Loa|d()":   "Load atomically loads",
		"appen|d":                                "The append built-in function",
		"ni|l":                                   "nil is a predeclared identifier",
		"Ans|wer(1)":                             "Answer adds to the answer.",
		"Answer(1, |":                            "Answer adds to the answer.",
		"Bo|x{}":                                 "A Box has\ntwo sides.",
		"box.Wid|th":                             "from left to right",
		"Box{Hei|ght: 1}":                        "Height is from bottom to top.",
		"box.Are|a()":                            "Area multiplies.",
		"shape.Are|a()":                          "Area is in square metres.",
		"near|ly":                                "nearly is near three.",
		"Fir|st":                                 "First is the first.",
		"// new\nfunc fresh() {}\nfre|sh()":      "new",
		"// other\nfunc Answer() {}\nAns|wer()":  "other",
		"// crlf\r\nfunc fresh() {}\r\nfre|sh()": "crlf",
		"func (b *Box) Later() { b.Are|a() }":    "Area multiplies.",
		// None of these has a comment.
		"pla|in":                                         "",
		"func g() { Answer := 5; Ans|wer }":              "",
		"func g(nearly int) { near|ly }":                 "",
		"x := 1 // not above\nfunc fresh() {}\nfre|sh()": "",
	} {
		code, at := cursor(code)
		in, ok := s.Inspect(code, at, 0)
		if !ok || !strings.HasPrefix(in.Doc, want) || want == "" && in.Doc != "" {
			t.Errorf("%q: %q %v, want %q", code, in.Doc, ok, want)
		}
	}
}

func TestInspectForgetsAnEarlierComment(t *testing.T) {
	s := documented(t)
	before := s.Snapshot()
	prepared(t, s, "cell3", "nearly := 2.0\n\nfunc Answer() {}")
	for _, name := range []string{"nearly", "Answer"} {
		if in, ok := s.Inspect(name, 1, 0); !ok || in.Doc != "" {
			t.Errorf("%s still has %q (%v)", name, in.Doc, ok)
		}
	}
	s.Restore(before)
	for _, name := range []string{"nearly", "Answer"} {
		if in, ok := s.Inspect(name, 1, 0); !ok || in.Doc == "" {
			t.Errorf("%s has no comment after going back (%v)", name, ok)
		}
	}
}

func TestInspectionAsTextAndMarkdown(t *testing.T) {
	s := documented(t)
	in, _ := s.Inspect("Answer", 1, 1)
	text := `func Answer(n int) int

Answer adds to the answer.

See fmt.Println.

func Answer(n int) int {
	return 42 + n
}`
	if in.Text() != text {
		t.Errorf("text:\n%s", in.Text())
	}
	markdown := "```go\nfunc Answer(n int) int\n```\n\nAnswer adds to the answer.\n\n" +
		"See [fmt.Println](https://pkg.go.dev/fmt#Println).\n\n```go\nfunc Answer(n int) int {\n\treturn 42 + n\n}\n```\n"
	if in.Markdown() != markdown {
		t.Errorf("Markdown:\n%s", in.Markdown())
	}
	in, _ = s.Inspect("Box", 1, 0)
	if want := "two sides.\n\nfunc (b Box) Area() int"; !strings.HasSuffix(in.Text(), want) || in.Source != "" {
		t.Errorf("a type's text ends in %q, want %q; source %q", in.Text(), want, in.Source)
	}
	if in, _ = s.Inspect("fmt", 1, 0); strings.Contains(in.Doc, "\n\n") {
		t.Error("the short form has the package's whole comment")
	}
	if in, _ = s.Inspect("fmt", 1, 1); !strings.Contains(in.Doc, "%v") {
		t.Error("the long form lacks the package's whole comment")
	}
}
