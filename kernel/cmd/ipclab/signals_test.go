package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// running is an ipclab run whose notebook does not end by itself.
type running struct {
	t          *testing.T
	cmd        *exec.Cmd
	folder     string
	said, told text // on standard output, on standard error
}

// text collects what a process writes.
type text struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (x *text) Write(p []byte) (int, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.b.Write(p)
}

func (x *text) String() string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.b.String()
}

// start runs a notebook with one cell, which must print "begun", and waits until
// it has.
func start(t *testing.T, cell string) *running {
	t.Helper()
	r := &running{t: t, folder: t.TempDir()}
	source := `{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [
		{"cell_type": "code", "id": "a", "metadata": {}, "outputs": [], "source": "` + cell + `"}]}`
	if err := os.WriteFile(filepath.Join(r.folder, "n.ipynb"), []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(r.folder, "tmp"), 0o700); err != nil {
		t.Fatal(err)
	}
	r.cmd = exec.Command("/proc/self/exe", "run", "n.ipynb")
	r.cmd.Args[0] = "ipclab"
	r.cmd.Dir = r.folder
	r.cmd.Env = append(os.Environ(), "HOME="+r.folder, "TMPDIR="+filepath.Join(r.folder, "tmp"),
		"XDG_RUNTIME_DIR=", "XDG_STATE_HOME=", markVariable+"="+r.folder)
	r.cmd.Stdout, r.cmd.Stderr = &r.said, &r.told
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, pid := range processes(r.folder, "") { // none, unless the test failed
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
	})
	if !await(func() bool { return strings.Contains(r.said.String(), "\nbegun\n") }) {
		t.Fatalf("the cell has not begun: %s%s", r.said.String(), r.told.String())
	}
	return r
}

func (r *running) signal(pid int, s syscall.Signal) {
	r.t.Helper()
	if err := syscall.Kill(pid, s); err != nil {
		r.t.Fatal(err)
	}
}

// ends waits for the end, and checks the status, what was said on standard
// error, and that no process and no temporary file is left.
func (r *running) ends(status int, pattern string) {
	r.t.Helper()
	ended := make(chan error, 1)
	go func() { ended <- r.cmd.Wait() }()
	if !await(func() bool { return len(ended) > 0 }) {
		r.t.Fatalf("it does not end: %s%s", r.said.String(), r.told.String())
	}
	if got := r.cmd.ProcessState.ExitCode(); got != status {
		r.t.Errorf("ended by %v, want status %d", r.cmd.ProcessState, status)
	}
	if err := matches(pattern, r.told.String()); err != nil {
		r.t.Error(err)
	}
	if err := awaitNoProcess(r.folder); err != nil {
		r.t.Error(err)
	}
	left, err := os.ReadDir(filepath.Join(r.folder, "tmp"))
	if err != nil || len(left) > 0 {
		r.t.Errorf("left behind: %v, %v", left, err)
	}
}

// written checks that the notebook was written with what there was.
func (r *running) written() {
	r.t.Helper()
	data, err := os.ReadFile(filepath.Join(r.folder, "n.executed.ipynb"))
	if err != nil || !bytes.Contains(data, []byte(`"begun\n"`)) || !bytes.Contains(data, []byte(`"output_type": "error"`)) {
		r.t.Errorf("%v\n%s", err, data)
	}
}

const (
	begun   = `fmt.Println(\"begun\")\n`
	forEver = begun + `for {\n}`
	sleeps  = begun + `time.Sleep(time.Hour)`
)

func TestCtrlCEndsTheCell(t *testing.T) {
	r := start(t, forEver)
	r.signal(r.cmd.Process.Pid, syscall.SIGINT)
	r.ends(1, `^ipclab: run n.ipynb: interrupted\n$`)
	r.written()
}

func TestSecondSignalEndsTheRun(t *testing.T) {
	r := start(t, sleeps)
	// While it is stopped both come, and the first has not ended the cell. Two SIGINT would become one.
	for _, s := range []syscall.Signal{syscall.SIGSTOP, syscall.SIGINT, syscall.SIGTERM, syscall.SIGCONT} {
		r.signal(r.cmd.Process.Pid, s)
	}
	r.ends(1, `^ipclab: run n.ipynb: cell 1 of 1: ended by SIGTERM\n$`)
	r.written()
}

func TestSIGTERMEndsTheRun(t *testing.T) {
	r := start(t, sleeps)
	r.signal(r.cmd.Process.Pid, syscall.SIGTERM)
	r.ends(1, `^ipclab: run n.ipynb: cell 1 of 1: ended by SIGTERM\n$`)
	r.written()
}

// Nobody can clean up after a run that was killed but its kernel.
func TestNothingOutlivesARunThatIsKilled(t *testing.T) {
	for name, cell := range map[string]string{
		"a cell": forEver,
		"children": `if pid, err := ipclab.Fork(); err == nil && pid == 0 {\nfor {\n}\n}\n` +
			`if err := exec.Command(\"sleep\", \"3600\").Start(); err != nil {\npanic(err)\n}\n` + sleeps,
	} {
		t.Run(name, func(t *testing.T) {
			r := start(t, cell)
			r.signal(r.cmd.Process.Pid, syscall.SIGKILL)
			r.ends(-1, `^$`)
		})
	}
}

func TestKernelThatIsKilled(t *testing.T) {
	r := start(t, forEver)
	kernels := processes(r.folder, "kernel -f")
	if len(kernels) != 1 {
		t.Fatalf("got kernels %v of %q", kernels, marked(r.folder))
	}
	r.signal(kernels[0], syscall.SIGKILL)
	r.ends(1, `^ipclab: run n.ipynb: cell 1 of 1: the kernel died: signal: killed\n$`)
	r.written()
}
