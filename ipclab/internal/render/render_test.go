package render

import (
	"fmt"
	"strings"
	"testing"
	"unicode"
)

// sample has everything that a format could take for markup.
func sample() Grid {
	return Grid{
		Caption: "Pipes & <friends>",
		Header:  []string{"name", "latency (µs)"},
		Numeric: []bool{false, true},
		Rows:    [][]string{{"a|b_c*d", "5.1"}, {"[x] <script>50%</script>", "12.3"}},
		Notes:   []string{"100% of $HOME #1"},
	}
}

func TestPlain(t *testing.T) {
	want := strings.Join([]string{
		"Pipes & <friends>",
		"name                      latency (µs)",
		"────────────────────────────────────────",
		"a|b_c*d                            5.1",
		"[x] <script>50%</script>          12.3",
		"100% of $HOME #1",
	}, "\n")
	if got := sample().Plain(); got != want {
		t.Errorf("Plain:\n%s\nwant:\n%s", got, want)
	}
}

func TestMarkdown(t *testing.T) {
	want := strings.Join([]string{
		"**Pipes &amp; &lt;friends&gt;**",
		"",
		"| name | latency (µs) |",
		"| --- | ---:|",
		`| a\|b\_c\*d | 5.1 |`,
		`| \[x\] &lt;script&gt;50%&lt;/script&gt; | 12.3 |`,
		"",
		`100% of \$HOME #1`,
	}, "\n")
	if got := sample().Markdown(); got != want {
		t.Errorf("Markdown:\n%s\nwant:\n%s", got, want)
	}
}

func TestHTML(t *testing.T) {
	got := sample().HTML()
	for _, want := range []string{
		"Pipes &amp; &lt;friends&gt;</caption>",
		`<th scope="col"`, "&lt;script&gt;50%&lt;/script&gt;", "text-align:right", "<p>100% of $HOME #1</p>",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("HTML lacks %q:\n%s", want, got)
		}
	}
	for _, not := range []string{"<script>", "background", "color:#"} {
		if strings.Contains(got, not) {
			t.Errorf("HTML has %q:\n%s", not, got)
		}
	}
}

func TestLaTeX(t *testing.T) {
	want := strings.Join([]string{
		`\begin{center}`,
		`Pipes \& \textless{}friends\textgreater{}\\[1ex]`,
		`\begin{tabular}{lr}`,
		`\hline`,
		`{}name & latency ($\mu$s) \\`,
		`\hline`,
		`{}a\textbar{}b\_c*d & 5.1 \\`,
		`{}[x] \textless{}script\textgreater{}50\%\textless{}/script\textgreater{} & 12.3 \\`,
		`\hline`,
		`\end{tabular}`,
		``,
		`100\% of \$HOME \#1`,
		`\end{center}`,
	}, "\n")
	if got := sample().LaTeX(); got != want {
		t.Errorf("LaTeX:\n%s\nwant:\n%s", got, want)
	}
}

func TestCut(t *testing.T) {
	g := Grid{Header: []string{"n"}, Numeric: []bool{true}}
	for i := range 100 {
		g.Rows = append(g.Rows, []string{fmt.Sprint(i)})
	}
	short := g.Cut(10)
	var got []string
	for _, r := range short.Rows {
		got = append(got, r[0])
	}
	if want := "0 1 2 3 4 5 6 … 98 99"; strings.Join(got, " ") != want {
		t.Errorf("Cut kept %v, want %s", got, want)
	}
	if len(short.Notes) != 1 || short.Notes[0] != "91 of 100 rows are not shown." {
		t.Errorf("Cut notes %q", short.Notes)
	}
	if whole := g.Cut(100); len(whole.Rows) != 100 || len(whole.Notes) != 0 {
		t.Errorf("Cut(100) of 100 rows: %d rows, notes %q; want all and none", len(whole.Rows), whole.Notes)
	}
	if len(g.Rows) != 100 || len(g.Notes) != 0 {
		t.Error("Cut changed its receiver")
	}
}

func FuzzClean(f *testing.F) {
	for _, s := range []string{"plain", "a\nb\tc", "\x1b[31mred", "\xff\xfe", strings.Repeat("é", 500), "\u202egnp"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := Clean(s)
		if n := len([]rune(got)); n > 7*maxCell {
			t.Errorf("Clean(%q) has %d runes", s, n)
		}
		for _, r := range got {
			if !unicode.IsPrint(r) && r != '\uFFFD' {
				t.Errorf("Clean(%q) keeps %U", s, r)
			}
		}
	})
}

func TestHTMLBreaksLongWords(t *testing.T) {
	long := strings.Repeat("<", longWord)
	for text, want := range map[string]string{
		long:                       strings.Repeat("&lt;", longWord),
		long + "xy":                strings.Repeat("&lt;", longWord) + "<wbr>xy",
		"short " + long + " short": "short " + strings.Repeat("&lt;", longWord) + " short",
		"ä b\nc":                   "ä b\nc",
	} {
		if got := breakable(text); got != want {
			t.Errorf("breakable(%q) is %q, want %q", text, got, want)
		}
	}
}
