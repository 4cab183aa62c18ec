package cell_test

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

var updateGo = flag.Bool("update-go", false, "write what the Go toolchain's programs print into testdata/programs")

// TestPrograms runs whole programs as cells. The output beside each is what the
// program prints when it is compiled, written by -update-go.
func TestPrograms(t *testing.T) {
	files, err := filepath.Glob("testdata/programs/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no programs: %v", err)
	}
	for _, file := range files {
		if *updateGo {
			compileAndRecord(t, file)
		}
		a, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for i, f := range a.Files {
			name, ok := strings.CutSuffix(f.Name, ".go")
			if !ok {
				continue
			}
			t.Run(name, func(t *testing.T) {
				if i+1 >= len(a.Files) || a.Files[i+1].Name != name+".out" {
					t.Fatalf("%s: no output recorded for %s", file, f.Name)
				}
				want := string(a.Files[i+1].Data)
				got := newNotebook().run(string(f.Data))
				if got != "" && !strings.HasSuffix(got, "\n") {
					got += "\n" // as txtar has it
				}
				if got != want {
					t.Errorf("%s", firstDifference(got, want))
				}
			})
		}
	}
}

// programSources gives the text of every program.
func programSources(tb testing.TB) []string {
	files, err := filepath.Glob("testdata/programs/*.txtar")
	if err != nil || len(files) == 0 {
		tb.Fatalf("no programs: %v", err)
	}
	var sources []string
	for _, file := range files {
		a, err := txtar.ParseFile(file)
		if err != nil {
			tb.Fatal(err)
		}
		for _, f := range a.Files {
			if strings.HasSuffix(f.Name, ".go") {
				sources = append(sources, string(f.Data))
			}
		}
	}
	return sources
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

// compileAndRecord runs each program of a file with the Go toolchain.
func compileAndRecord(t *testing.T, file string) {
	a, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var out []txtar.File
	for _, f := range a.Files {
		name, ok := strings.CutSuffix(f.Name, ".go")
		if !ok {
			continue
		}
		src := filepath.Join(t.TempDir(), f.Name)
		if err := os.WriteFile(src, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
		text, err := exec.Command("go", "run", src).Output()
		if err != nil {
			t.Errorf("go run %s: %v", f.Name, err)
			if e, ok := err.(*exec.ExitError); ok {
				t.Logf("%s", e.Stderr)
			}
		}
		out = append(out, f, txtar.File{Name: name + ".out", Data: text})
	}
	a.Files = out
	if err := os.WriteFile(file, txtar.Format(a), 0o644); err != nil {
		t.Fatal(err)
	}
}
