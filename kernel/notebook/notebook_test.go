package notebook

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// testdata/jupyter.ipynb was written by nbformat 5.11, with every kind of cell
// and output, and with all characters and numbers that are written specially.
func jupyterFile(t testing.TB) []byte {
	t.Helper()
	data, err := os.ReadFile("testdata/jupyter.ipynb")
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func parse(t testing.TB, data []byte) *Notebook {
	t.Helper()
	n, err := Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func same(t *testing.T, got, want []byte) {
	t.Helper()
	if bytes.Equal(got, want) {
		return
	}
	at := 0
	for at < min(len(got), len(want)) && got[at] == want[at] {
		at++
	}
	from := max(0, at-40)
	t.Fatalf("differs at byte %d:\ngot  %q\nwant %q", at, got[from:min(len(got), at+40)], want[from:min(len(want), at+40)])
}

func TestUnchangedNotebookKeepsItsBytes(t *testing.T) {
	data := jupyterFile(t)
	same(t, parse(t, data).Marshal(), data)
}

func TestResultIsSplitAsJupyterDoes(t *testing.T) {
	data := jupyterFile(t)
	n := parse(t, data)
	for i, c := range n.Cells() {
		if c.Type() != Code {
			continue
		}
		var joined []map[string]any
		for _, o := range c.Outputs() {
			joined = append(joined, join(o))
		}
		c.SetResult(map[bool]int{true: 3}[i == 1], joined)
	}
	same(t, n.Marshal(), data)
}

// join undoes split.
func join(output map[string]any) map[string]any {
	o := map[string]any{}
	for k, v := range output {
		if text, ok := Join(v); ok && k == "text" {
			v = text
		}
		if bundle, ok := v.(map[string]any); ok && k == "data" {
			for mime, part := range bundle {
				if text, ok := Join(part); ok && splits(mime) {
					bundle[mime] = text
				}
			}
		}
		o[k] = v
	}
	return o
}

func TestSplitLines(t *testing.T) {
	// Python's "…".splitlines(True) of the same text.
	want := []string{"a\n", "b\r\n", "c\r", "d\v", "e\f", "f\x1c", "g\x1d", "h\x1e", "i\u0085", "j\u2028", "k\u2029", "l\n", "\n", "m"}
	got := splitLines(strings.Join(want, ""))
	if len(got) != len(want) {
		t.Fatalf("got %d lines %q, want %d", len(got), got, len(want))
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("line %d: got %q, want %q", i, got[i], want[i])
		}
	}
}

func TestCells(t *testing.T) {
	cells := parse(t, jupyterFile(t)).Cells()
	if len(cells) != 4 || cells[1].Type() != Code || cells[0].Type() != "markdown" {
		t.Fatalf("got %v", cells)
	}
	if !cells[1].Tagged("raises-exception") || cells[1].Tagged("skip-execution") || cells[0].Tagged("x") {
		t.Error("tags are not read")
	}
	if want := `fmt.Println("\t tab\\ back")`; cells[1].FirstLine() != want {
		t.Errorf("got first line %q, want %q", cells[1].FirstLine(), want)
	}
}

func TestLanguage(t *testing.T) {
	n := parse(t, []byte(`{"nbformat":4,"nbformat_minor":5,"metadata":{},"cells":[]}`))
	if n.Language() != "" {
		t.Errorf("got language %q of a notebook that names none", n.Language())
	}
	spec := map[string]any{"name": "ipclab", "language": "go"}
	n.SetLanguage(map[string]any{"name": "go"}, spec)
	n.SetLanguage(map[string]any{"name": "go"}, map[string]any{"name": "other"})
	want := "{\n \"cells\": [],\n \"metadata\": {\n  \"kernelspec\": {\n   \"language\": \"go\",\n   \"name\": \"ipclab\"\n  },\n" +
		"  \"language_info\": {\n   \"name\": \"go\"\n  }\n },\n \"nbformat\": 4,\n \"nbformat_minor\": 5\n}\n"
	same(t, n.Marshal(), []byte(want))
}

func TestSetProvenance(t *testing.T) {
	n, err := Parse([]byte(`{"nbformat":4,"nbformat_minor":5,"cells":[]}`))
	if err != nil {
		t.Fatal(err)
	}
	when := time.Date(2020, 2, 3, 4, 5, 6, 7, time.FixedZone("", 3600))
	if err := n.SetProvenance(when, struct {
		CPUs int `json:"cpus"`
	}{2}); err != nil {
		t.Fatal(err)
	}
	same(t, n.Marshal(), []byte("{\n \"cells\": [],\n \"metadata\": {\n  \"ipclab\": {\n   \"executed\": \"2020-02-03T03:05:06Z\",\n"+
		"   \"machine\": {\n    \"cpus\": 2\n   }\n  }\n },\n \"nbformat\": 4,\n \"nbformat_minor\": 5\n}\n"))
	if err := n.SetProvenance(when, func() {}); err == nil {
		t.Error("a function was recorded")
	}
}

func TestBadNotebooksAreRefused(t *testing.T) {
	for content, want := range map[string]string{
		"":                           "nothing in it",
		"[]":                         "not an object",
		"{":                          "unexpected EOF",
		`{"nbformat":4`:              "EOF",
		`{"nbformat":NaN}`:           "invalid character 'N'",
		`{"cells":[]}`:               `"nbformat"`,
		`{"nbformat":3}`:             "expected 4",
		`{"nbformat":4,"cells":1}`:   `"cells"`,
		`{"nbformat":4,"cells":[1]}`: "cell 1: it is not an object",
		`{"nbformat":4,"cells":[{"cell_type":"code","source":[1]}]}`:        `cell 1: its "source"`,
		`{"nbformat":4,"cells":[{"source":""}]}`:                            `"cell_type"`,
		`{"nbformat":4,"cells":[]} {}`:                                      "more text",
		`{"nbformat":4,"cells":` + strings.Repeat("[", 100_000):             "depth",
		`{"nbformat":4,"cells":[{"cell_type":"code","source":""}]}garbage}`: "more text",
	} {
		_, err := Parse([]byte(content))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60s: got error %v, want one with %q", content, err, want)
		}
	}
}

func TestWriteReplacesFilesAndWritesToDevices(t *testing.T) {
	n := parse(t, jupyterFile(t))
	dir := t.TempDir()
	path, link := filepath.Join(dir, "n.ipynb"), filepath.Join(dir, "link.ipynb")
	if err := os.WriteFile(path, []byte("old"), 0o640); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("n.ipynb", link); err != nil {
		t.Fatal(err)
	}
	for _, to := range []string{link, filepath.Join(dir, "new.ipynb"), os.DevNull} {
		if err := n.Write(to); err != nil {
			t.Fatal(err)
		}
	}
	again, err := Read(link)
	if err != nil {
		t.Fatal(err)
	}
	same(t, again.Marshal(), jupyterFile(t))
	if st, _ := os.Lstat(link); st.Mode().Type() != os.ModeSymlink {
		t.Error("the symbolic link was replaced")
	}
	if st, _ := os.Stat(path); st.Mode() != 0o640 {
		t.Errorf("mode became %v", st.Mode())
	}
	if st, _ := os.Stat(os.DevNull); st.Mode().IsRegular() {
		t.Fatal("the null device was replaced")
	}
	if left, _ := os.ReadDir(dir); len(left) != 3 {
		t.Errorf("left behind: %v", left)
	}
}

func TestReadNamesWhatItCannotRead(t *testing.T) {
	dir := t.TempDir()
	for path, want := range map[string]string{
		filepath.Join(dir, "none.ipynb"): "no such file",
		dir:                              "not a regular file",
		os.DevNull:                       "not a regular file",
	} {
		_, err := Read(path)
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: got %v", path, err)
		}
	}
}

// Whatever is taken for a notebook is written in a form that is read as the
// same notebook.
func FuzzParse(f *testing.F) {
	f.Add(jupyterFile(f))
	f.Add([]byte(`{"nbformat":4,"cells":[{"cell_type":"code","source":"x","outputs":[{"text":3}]}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		n, err := Parse(data)
		if err != nil {
			return
		}
		for _, c := range n.Cells() {
			c.SetResult(1, c.Outputs())
		}
		once := n.Marshal()
		same(t, parse(t, once).Marshal(), once)
	})
}
