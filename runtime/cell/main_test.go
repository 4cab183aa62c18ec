package cell_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"ipclab/runtime/eval"
)

// programVariable names a program's file to a process that is to run it.
const programVariable = "IPCLAB_TEST_PROGRAM"

// TestMain lets the test binary run one program as a cell, for programs that end
// their process.
func TestMain(m *testing.M) {
	if file := os.Getenv(programVariable); file != "" {
		os.Unsetenv(programVariable)
		os.Exit(runProgram(file))
	}
	os.Exit(m.Run())
}

// runProgram runs a program as a cell in this process and gives its exit status.
func runProgram(file string) int {
	source, err := os.ReadFile(file)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	n := newNotebook()
	p, err := n.session.Prepare("cell1", string(source))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	o := n.interp.Run(eval.Program{Name: p.Name, Source: p.Source, Entry: p.Entry, Text: string(source)})
	switch {
	case o.Rejected != nil:
		fmt.Fprintln(os.Stderr, o.Rejected)
		return 1
	case o.Failure != nil:
		fmt.Fprintln(os.Stderr, o.Failure)
		return 2 // as of a Go program that panics
	}
	return 0
}

// inOwnProcess runs a program as a cell in a process of its own.
func inOwnProcess(t *testing.T, p program) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "program.go")
	write(t, file, p.source)
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(binary)
	cmd.Env = append(os.Environ(), programVariable+"="+file)
	return outcome(t, cmd)
}
