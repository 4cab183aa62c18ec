package cell_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// TestCompiledPrograms holds that what is recorded of the programs is what they
// print when the Go toolchain compiles them. With -update-go it records that.
func TestCompiledPrograms(t *testing.T) {
	folder := t.TempDir()
	bin := build(t, folder, allPrograms(t))
	for _, file := range programFiles(t) {
		a := txtar.Archive{}
		for _, p := range readPrograms(t, file) {
			out := ended(outcome(t, exec.Command(filepath.Join(bin, p.name))))
			if out != p.out && !*updateGo {
				t.Errorf("%s: %s", p.name, firstDifference(p.out, out))
			}
			a.Files = append(a.Files,
				txtar.File{Name: p.name + ".go", Data: []byte(p.source)},
				txtar.File{Name: p.name + ".out", Data: []byte(out)})
		}
		if !*updateGo {
			continue
		}
		if err := os.WriteFile(file, txtar.Format(&a), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// build compiles all programs at once, as one module, and gives the folder with
// their binaries.
func build(t *testing.T, folder string, list []program) string {
	write(t, filepath.Join(folder, "go.mod"), "module programs\n\ngo 1.26\n")
	seen := map[string]bool{}
	for _, p := range list {
		if seen[p.name] {
			t.Fatalf("two programs are named %s", p.name)
		}
		seen[p.name] = true
		write(t, filepath.Join(folder, p.name, "main.go"), p.source)
	}
	bin := t.TempDir()
	cmd := exec.Command("go", "build", "-ldflags=-s -w", "-o", bin, "./...")
	cmd.Dir = folder
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", cmd, err, out)
	}
	return bin
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// outcome runs a command and gives what a program's record says of it.
func outcome(t *testing.T, cmd *exec.Cmd) string {
	t.Helper()
	var out, problems bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &problems
	err := cmd.Run()
	var status *exec.ExitError
	switch {
	case errors.As(err, &status):
		for line := range strings.Lines(problems.String()) {
			if strings.HasPrefix(line, "panic: ") {
				out.WriteString(line)
				break
			}
		}
		fmt.Fprintf(&out, "exit status %d\n", status.ExitCode())
	case err != nil:
		t.Fatal(err)
	}
	return out.String()
}
