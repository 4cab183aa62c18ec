package execute

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"ipclab/kernel/notebook"
)

// fakeMode comes before the mode and the connection file on the command line of
// a fake kernel.
const fakeMode = "fake-kernel"

func TestMain(m *testing.M) {
	if len(os.Args) == 4 && os.Args[1] == fakeMode {
		os.Exit(fakeKernel(os.Args[2], os.Args[3]))
	}
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		if err := os.RemoveAll(realKernel.folder); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
		os.Exit(code)
	}))
}

// patience is how long something may take that takes milliseconds on an idle
// machine; brief is for what must not happen at all.
const (
	patience = 30 * time.Second
	brief    = 100 * time.Millisecond
)

// rig runs notebooks in fake kernels, or in real ones.
type rig struct {
	t       *testing.T
	options Options
	out     strings.Builder
	folder  string // where all temporary files are
}

func newRig(t *testing.T, mode string) *rig {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{t: t, folder: t.TempDir()}
	t.Setenv("TMPDIR", r.folder)
	t.Setenv("XDG_RUNTIME_DIR", "")
	r.options = Options{
		Name: "test.ipynb", Command: []string{self, fakeMode, mode}, Out: &r.out,
		Patience: Patience{Start: patience, Idle: patience, Interrupt: patience, Shutdown: patience},
	}
	return r
}

// code makes a code cell; tags may follow.
func code(source string, tags ...string) map[string]any {
	return map[string]any{
		"cell_type": "code", "source": source, "metadata": map[string]any{"tags": append([]string{}, tags...)},
		"outputs": []any{}, "execution_count": nil,
	}
}

// run runs cells and gives what was printed, the notebook and Run's error.
func (r *rig) run(ctx context.Context, cells ...map[string]any) (string, *notebook.Notebook, error) {
	r.t.Helper()
	raw, err := json.Marshal(map[string]any{"nbformat": 4, "nbformat_minor": 5, "metadata": map[string]any{}, "cells": append([]map[string]any{}, cells...)})
	if err != nil {
		r.t.Fatal(err)
	}
	n, err := notebook.Parse(raw)
	if err != nil {
		r.t.Fatal(err)
	}
	err = Run(ctx, n, r.options)
	if left, _ := filepath.Glob(filepath.Join(r.folder, "*")); len(left) > 0 {
		r.t.Errorf("left behind: %v", left)
	}
	return r.out.String(), n, err
}

// mustRun is run for what must succeed.
func (r *rig) mustRun(cells ...map[string]any) (string, *notebook.Notebook) {
	r.t.Helper()
	out, n, err := r.run(r.t.Context(), cells...)
	if err != nil {
		r.t.Fatalf("%v\n%s", err, out)
	}
	return out, n
}

// outputsOf gives the outputs of a cell as compact JSON.
func outputsOf(t *testing.T, n *notebook.Notebook, cell int) string {
	t.Helper()
	raw, err := json.Marshal(n.Cells()[cell].Outputs())
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func expect(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s:\ngot  %s\nwant %s", what, got, want)
	}
}

func expectAll(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		before, after, ok := strings.Cut(text, p)
		if !ok {
			t.Fatalf("no %q, in this order, in:\n%s", p, before)
		}
		text = after
	}
}
