package cell_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/rogpeppe/go-internal/txtar"

	"ipclab/runtime/cell"
	"ipclab/runtime/exportdata"
)

// fiftyCells is a session with fifty cells, as a long lesson leaves it.
func fiftyCells(tb testing.TB) *cell.Session {
	imp, err := exportdata.NewImporter()
	if err != nil {
		tb.Fatal(err)
	}
	s := cell.NewSession(imp)
	for i := range 50 {
		prepared(tb, s, fmt.Sprint("cell", i), fmt.Sprintf(`// A Message%[1]d goes through pipe %[1]d.
type Message%[1]d struct {
	Number int
	Text   string
	sent   time.Time
}

// Send%[1]d writes a message.
func Send%[1]d(w ipclab.FD, m *Message%[1]d) (int, error) {
	m.sent = time.Now()
	return fmt.Fprintf(w, "%%d %%s\n", m.Number, m.Text)
}

func (m *Message%[1]d) Age() time.Duration { return time.Since(m.sent) }

messages%[1]d := []Message%[1]d{{Number: %[1]d, Text: strings.Repeat("x", %[1]d)}}
latest%[1]d := &messages%[1]d[0]`, i))
	}
	return s
}

// lesson is a cell as it is when somebody writes in its middle.
const lesson = `r, w, err := ipclab.Pipe()
if err != nil {
	log.Fatal(err)
}
for i, m := range messages25 {
	go func() {
		n, err := Send25(w, &m)
		fmt.Println(i, n, err)
	}()
	fmt.Fprintln(os.Stderr, m.|
}
buffer := make([]byte, 100)
n, err := r.Read(buffer)`

func BenchmarkComplete(b *testing.B) {
	s := fiftyCells(b)
	for name, code := range map[string]string{
		"member":  lesson,
		"name":    strings.Replace(lesson, "m.|", "mess|", 1),
		"package": strings.Replace(lesson, "m.|", "strings.|", 1),
		"path":    `import "net/|"`,
	} {
		code, at := cursor(code)
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				s.Complete(code, at)
			}
		})
	}
}

func BenchmarkInspect(b *testing.B) {
	s := fiftyCells(b)
	for name, code := range map[string]string{
		"call":    lesson,
		"field":   strings.Replace(lesson, "m.|", "m.Te|xt)", 1),
		"type":    "Message2|5{}",
		"package": "htt|p.Get",
	} {
		code, at := cursor(code)
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				in, ok := s.Inspect(code, at, 1)
				if !ok || in.Text() == "" || in.Markdown() == "" {
					b.Fatal("nothing found")
				}
			}
		})
	}
}

// nameSeeds are cells in which names are asked for, beside those of seeds.
var nameSeeds = []string{
	lesson, "pt.", "x := pt.\r\ny := `a\r\nb`.", "世界 := 1\n世", "\xff\xfe.", "a\x00b.", "pt.Move(", "Point{X: ", "break L", "import \"", "((((((((", "}}}}",
	"func (p *Point) M() { p.", "ˑcursor.", "xˑearlier", "//line x:1\npt.", "/* a */ pt./* b */X",
	"type Q[P any] struct { *Q[Q[P]]; A int }\nvar q Q[int]\nq.", "type A struct { *B }\ntype B struct { *A }\nvar a A\na.", "x.(type).", "[...]int{1 << 40: 0}.", "struct{}{}.", "func() { L: goto ", "// a\nfunc f() {}\nf",
}

// answerLimit is when a fuzzed answer counts as a hang, however busy the machine.
const answerLimit = 20 * time.Second

// FuzzNames holds that no text and no cursor makes Complete or Inspect panic,
// hang or answer with offsets outside the text or within a character.
func FuzzNames(f *testing.F) {
	for _, s := range append(nameSeeds, seeds...) {
		for _, at := range []int{0, len(s) / 2, len(s), len(s) + 5, -3} {
			f.Add(s, at)
		}
	}
	s := documented(f)
	f.Fuzz(func(t *testing.T, code string, at int) {
		hung := time.AfterFunc(answerLimit, func() { panic(fmt.Sprintf("no answer for %q at %d", code, at)) })
		defer hung.Stop()
		c, in, ok := s.Names(code, at)
		if c.Start < 0 || c.Start > c.End || c.End > len(code) {
			t.Fatalf("%q at %d: replaces %d to %d", code, at, c.Start, c.End)
		}
		if utf8.ValidString(code) && (at < 0 || at >= len(code) || utf8.RuneStart(code[at])) && !utf8.ValidString(code[c.Start:c.End]) {
			t.Fatalf("%q at %d: replaces %q", code, at, code[c.Start:c.End])
		}
		for _, m := range c.Matches {
			if m.Text == "" || m.Type == "" {
				t.Fatalf("%q at %d: match %+v", code, at, m)
			}
		}
		if ok && (in.Text() == "" || in.Markdown() == "") {
			t.Fatalf("%q at %d: found, but there is no text", code, at)
		}
	})
}

// TestNamesAnywhereInPrograms asks at places spread over many programs, whole and
// cut off there, and with every colon gone. Nothing may panic on the way.
func TestNamesAnywhereInPrograms(t *testing.T) {
	files, err := filepath.Glob("testdata/*/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no programs: %v", err)
	}
	texts := append(nameSeeds[:len(nameSeeds):len(nameSeeds)], seeds...)
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range archive.Files {
			texts = append(texts, string(f.Data))
		}
	}
	s := documented(t)
	found := 0
	for i, text := range texts {
		step := 1 + len(text)/6
		for at := i % step; at <= len(text); at += step {
			for _, code := range []string{text, text[:at], strings.ReplaceAll(text, ":", "")} {
				if c, _, ok := s.Names(code, at); ok || len(c.Matches) > 0 {
					found++
				}
			}
		}
	}
	t.Logf("%d answers in %d texts", found, len(texts))
	if found < len(texts) {
		t.Errorf("only %d answers in %d texts", found, len(texts))
	}
}
