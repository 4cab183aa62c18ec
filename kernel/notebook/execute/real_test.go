package execute

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// realKernel is the program itself, built when the first test wants it.
var realKernel struct {
	once   sync.Once
	folder string
	binary string
	err    error
}

func buildRealKernel() {
	k := &realKernel
	if k.folder, k.err = os.MkdirTemp("", "ipclab-test-"); k.err != nil {
		return
	}
	k.binary = filepath.Join(k.folder, "ipclab")
	build := exec.Command("go", "build", "-trimpath", "-o", k.binary, "ipclab/kernel/cmd/ipclab")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		k.err = errors.New("go build: " + string(out))
	}
}

// newRealRig runs notebooks in real kernels.
func newRealRig(t *testing.T) *rig {
	t.Helper()
	realKernel.once.Do(buildRealKernel)
	if realKernel.err != nil {
		t.Fatal(realKernel.err)
	}
	r := newRig(t, "")
	r.options.Command = []string{realKernel.binary, "kernel", "-f"}
	t.Setenv("XDG_STATE_HOME", filepath.Join(t.TempDir(), "state"))
	return r
}

const forkAndWait = `pid, err := ipclab.Fork()
if err != nil {
	panic(err)
}
if pid == 0 {
	fmt.Println("child")
	os.Exit(5)
}
_, status, err := ipclab.Wait()
fmt.Println("parent", status, err)`

func TestRealKernelRunsCells(t *testing.T) {
	out, n := newRealRig(t).mustRun(
		code("x := 20\nx + 1"),
		code(forkAndWait),
		code(`ipclab.Display(x)`),
		code("undefinedName", "raises-exception"),
		code("fmt.Scanln(&x)\nx"),
		code("var b [1]byte\n_, err := os.Stdin.Read(b[:])\nerr"),
	)
	expect(t, "result", outputsOf(t, n, 0),
		`[{"data":{"text/plain":["21"]},"execution_count":1,"metadata":{},"output_type":"execute_result"}]`)
	expectAll(t, outputsOf(t, n, 1), `"name":"stdout"`, `"child\n"`, `"parent `)
	expectAll(t, outputsOf(t, n, 2), `"20"`, `"display_data"`)
	expectAll(t, outputsOf(t, n, 3), `"ename":`, "undefinedName", `"output_type":"error"`)
	expectAll(t, outputsOf(t, n, 4), "standard input is at its end")
	expectAll(t, out, "test.ipynb: 6 cells", "[1/6] x := 20\n21\n", "child\nparent", "\n20\n", "undefined: undefinedName", "[6/6] done")
	if strings.Contains(out, "\x1b") {
		t.Error("colours were printed")
	}
}

func TestRealKernelOutlivesItsRuntime(t *testing.T) {
	r := newRealRig(t)
	r.options.AllowErrors = true
	out, n := r.mustRun(code("os.Exit(3)"), code(`"alive"`))
	expectAll(t, outputsOf(t, n, 0), `"output_type":"error"`, "3")
	expectAll(t, outputsOf(t, n, 1), "alive")
	expectAll(t, out, "FAILED", "alive", "[2/2] done")
}

func TestRealKernelIsInterrupted(t *testing.T) {
	r := newRealRig(t)
	interrupt := make(chan struct{}, 1)
	r.options.Interrupt = interrupt
	r.options.Out = writeHook{r, func(text string) {
		if text == "endless\n" {
			interrupt <- struct{}{}
		}
	}}
	out, n, err := r.run(t.Context(), code("fmt.Println(\"endless\")\nfor {\n}"), code(`"not run"`))
	if !errors.Is(err, ErrInterrupted) {
		t.Fatalf("got %v\n%s", err, out)
	}
	expectAll(t, outputsOf(t, n, 0), "endless", `"output_type":"error"`)
	expect(t, "cell after it", outputsOf(t, n, 1), "[]")
}

// Long output comes whole up to the kernel's bound, and is printed as it comes.
func TestRealKernelsLongOutput(t *testing.T) {
	out, _ := newRealRig(t).mustRun(code("for i := range 100000 {\n\tfmt.Println(\"line\", i)\n}"))
	if !strings.Contains(out, "\nline 0\nline 1\n") || !strings.Contains(out, "\nline 99998\nline 99999\n") {
		t.Error("the first or the last lines are missing")
	}
	if lines := strings.Count(out, "\nline "); lines != 100000 {
		t.Errorf("got %d lines, want 100000", lines)
	}
}
