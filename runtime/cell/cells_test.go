package cell_test

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"ipclab/ipclab/mime"
	"ipclab/runtime/cell"
	"ipclab/runtime/eval"
)

var update = flag.Bool("update", false, "write what the cells printed into testdata")

// notebook runs cells as the kernel and the runtime do together.
type notebook struct {
	session *cell.Session
	interp  *eval.Interpreter
	count   int
}

func newNotebook() *notebook {
	return &notebook{cell.NewSession(shared), eval.New(func(*eval.Failure) {}), 0}
}

// run gives everything that a cell shows: output, then "= result" or the error.
func (n *notebook) run(source string) string {
	n.count++
	p, err := n.session.Prepare(fmt.Sprintf("cell%d", n.count), source)
	var problems *cell.Error
	if errors.As(err, &problems) {
		return problemText(problems)
	}
	if p.Source == "" {
		n.session.Commit(p)
		return ""
	}
	var o eval.Outcome
	stop := time.AfterFunc(time.Minute, n.interp.Interrupt)
	defer stop.Stop()
	out := captured(func() {
		o = n.interp.Run(eval.Program{Name: p.Name, Source: p.Source, Entry: p.Entry, Text: source})
	})
	if o.Rejected != nil {
		return out + "rejected: " + o.Rejected.Error() + "\n" + p.Source
	}
	n.session.Commit(p)
	if o.Failure != nil {
		return out + o.Failure.Report()
	}
	if text, ok := o.Result[mime.Plain].(string); ok {
		out += "= " + text + "\n"
	}
	return out
}

// problemText shows problems as a notebook does, with a caret.
func problemText(e *cell.Error) string {
	var b strings.Builder
	for _, p := range e.Problems {
		fmt.Fprintf(&b, "%s:%d:%d: %s\n", e.Name, p.Line, p.Column, p.Message)
		fmt.Fprintf(&b, "\t%s\n\t%s^\n", p.Text, strings.Repeat(" ", p.Column-1))
	}
	return b.String()
}

// captured gives what f writes to standard output. Tests that use it must not
// run in parallel.
func captured(f func()) string {
	r, w, err := os.Pipe()
	if err != nil {
		panic(err)
	}
	text := make(chan string)
	go func() {
		b, _ := io.ReadAll(r)
		text <- string(b)
	}()
	old := os.Stdout
	os.Stdout = w
	f()
	os.Stdout = old
	w.Close()
	defer r.Close()
	return <-text
}

// TestCells runs the notebooks in testdata: in each file every part named cell
// is run in turn and must show the part named shows after it.
func TestCells(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no test data: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) { runNotebook(t, file) })
	}
}

func runNotebook(t *testing.T, file string) {
	a, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	n := newNotebook()
	var out []txtar.File
	for i, f := range a.Files {
		if f.Name == "new" {
			n = newNotebook()
		}
		if f.Name == "shows" {
			continue
		}
		out = append(out, f)
		if f.Name != "cell" {
			continue
		}
		want := ""
		if i+1 < len(a.Files) && a.Files[i+1].Name == "shows" {
			want = string(a.Files[i+1].Data)
		}
		got := n.run(strings.TrimSuffix(string(f.Data), "\n"))
		if got != want && !*update {
			t.Errorf("%s, cell %d:\n%s--- shows:\n%s--- want:\n%s", file, n.count, f.Data, got, want)
		}
		if got != "" {
			out = append(out, txtar.File{Name: "shows", Data: []byte(got)})
		}
	}
	if *update {
		a.Files = out
		if err := os.WriteFile(file, txtar.Format(a), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
