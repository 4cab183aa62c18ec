package cell_test

import (
	"flag"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

var updateGo = flag.Bool("update-go", false, "write what the Go toolchain's programs print into testdata/programs")

// A program is a complete one, with what it prints when it is compiled: standard
// output, then the first line of a panic and the exit status if that is not 0.
type program struct {
	name, source, out string
}

// ends tells whether the process of the program ends with an error.
func (p program) ends() bool { return strings.Contains(p.out, "exit status ") }

// programFiles lists the files of programs: parts NAME.go, each followed by
// NAME.out.
func programFiles(tb testing.TB) []string {
	files, err := filepath.Glob("testdata/programs/*.txtar")
	if err != nil || len(files) == 0 {
		tb.Fatalf("no programs: %v", err)
	}
	return files
}

func readPrograms(tb testing.TB, file string) (list []program) {
	a, err := txtar.ParseFile(file)
	if err != nil {
		tb.Fatal(err)
	}
	for i, f := range a.Files {
		name, ok := strings.CutSuffix(f.Name, ".go")
		if !ok {
			continue
		}
		p := program{name: name, source: string(f.Data)}
		if i+1 < len(a.Files) && a.Files[i+1].Name == name+".out" {
			p.out = string(a.Files[i+1].Data)
		} else if !*updateGo {
			tb.Fatalf("%s: no output recorded for %s", file, f.Name)
		}
		list = append(list, p)
	}
	return list
}

func allPrograms(tb testing.TB) (list []program) {
	for _, file := range programFiles(tb) {
		list = append(list, readPrograms(tb, file)...)
	}
	return list
}

// TestPrograms runs whole programs as cells: the text of the file is one cell.
func TestPrograms(t *testing.T) {
	for _, p := range allPrograms(t) {
		t.Run(p.name, func(t *testing.T) {
			var got string
			if p.ends() {
				got = inOwnProcess(t, p)
			} else {
				got = newNotebook().run(p.source)
			}
			if got = ended(got); got != p.out {
				t.Errorf("%s", firstDifference(got, p.out))
			}
		})
	}
}

// ended ends a text with a line feed, as txtar has it.
func ended(s string) string {
	if s != "" && !strings.HasSuffix(s, "\n") {
		return s + "\n"
	}
	return s
}

// firstDifference shows the first lines that differ.
func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	i := 0
	for i < len(g) && i < len(w) && g[i] == w[i] {
		i++
	}
	return fmt.Sprintf("line %d:\n got: %q\nwant: %q", i+1, g[i:min(i+2, len(g))], w[i:min(i+2, len(w))])
}
