package sheet_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"ipclab/ipclab/mime"
	"ipclab/ipclab/sheet"
)

func ExampleSheet() {
	fmt.Println(sheet.Sheet{
		Header:  []string{"", "name"},
		Numeric: []bool{true, false},
		Rows:    [][]string{{"0", "first"}, {"1", "second\nline"}, {"9999", "last"}},
		Gap:     2, Missing: 9997,
	})
	// Output:
	//       name
	// ───────────────────
	//    0  first
	//    1  second line
	//    …  …
	// 9999  last
	// 9997 of 10000 rows are not shown.
}

func TestSheetHasEveryForm(t *testing.T) {
	b := sheet.Sheet{Header: []string{"a"}, Numeric: []bool{false}, Rows: [][]string{{"<b>\x1b&_"}}, Notes: []string{"note"}}.MIMEBundle()
	for kind, want := range map[string]string{
		mime.Plain: `<b>\u001b&_`, mime.HTML: `&lt;b&gt;\u001b&amp;_</td>`,
		mime.Markdown: `&lt;b&gt;\\u001b&amp;\_`, mime.LaTeX: `\textless{}b\textgreater{}\textbackslash{}u001b\&\_`,
	} {
		if text, _ := b[kind].(string); !strings.Contains(text, want) || !strings.Contains(text, "note") {
			t.Errorf("%s: %q lacks %q or the note", kind, text, want)
		}
	}
}

func TestSheetLeavesItsRowsAlone(t *testing.T) {
	s := sheet.Sheet{Header: []string{"a"}, Numeric: []bool{false}, Rows: [][]string{{"x\ty"}, {"z"}}, Gap: 1, Missing: 3}
	_ = s.String()
	if !slices.Equal(s.Rows[0], []string{"x\ty"}) || len(s.Rows) != 2 {
		t.Errorf("rows are now %q", s.Rows)
	}
}
