package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// module lists the packages of this module with what they import themselves.
func module(t *testing.T) map[string][]string {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports", "ipclab/...")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %v", cmd, err)
	}
	imports := map[string][]string{}
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p struct {
			ImportPath string
			Imports    []string
		}
		err := d.Decode(&p)
		if errors.Is(err, io.EOF) {
			return imports
		}
		if err != nil {
			t.Fatal(err)
		}
		imports[p.ImportPath] = p.Imports
	}
}

func under(path string, folders ...string) bool {
	return slices.ContainsFunc(folders, func(f string) bool { return path == f || strings.HasPrefix(path, f+"/") })
}

// TestImportsPointOneWay holds the architecture: the kernel knows the runtime's
// packages, the runtime knows ipclab, and ipclab knows neither.
func TestImportsPointOneWay(t *testing.T) {
	for path, imports := range module(t) {
		for _, i := range imports {
			switch {
			case under(path, "ipclab/ipclab") && under(i, "ipclab/kernel", "ipclab/runtime") && i != "ipclab/runtime/fork",
				under(path, "ipclab/runtime") && under(i, "ipclab/kernel"),
				under(path, "ipclab/runtime/fork") && under(i, "ipclab/ipclab"):
				t.Errorf("%s imports %s", path, i)
			}
		}
	}
}

// TestEachDependencyHasItsPlace keeps what may be replaced one day behind one
// package.
func TestEachDependencyHasItsPlace(t *testing.T) {
	places := map[string][]string{
		"github.com/traefik/yaegi":  {"ipclab/runtime/eval"},
		"github.com/go-zeromq/zmq4": {"ipclab/kernel/zmtp", "ipclab/kernel/notebook"},
		"github.com/spf13/cobra":    {"ipclab/kernel/cmd/ipclab"},
		"gonum.org/v1/plot":         {"ipclab/ipclab/internal/chart"},
	}
	for path, imports := range module(t) {
		for _, i := range imports {
			for dependency, allowed := range places {
				if under(i, dependency) && !under(path, allowed...) {
					t.Errorf("%s imports %s", path, i)
				}
			}
		}
	}
}

// TestServerDoesNotEvaluate keeps users' code out of the kernel.
func TestServerDoesNotEvaluate(t *testing.T) {
	for _, i := range module(t)["ipclab/kernel/server"] {
		if under(i, "ipclab/runtime/symbols", "ipclab/runtime/eval") {
			t.Errorf("the server imports %s", i)
		}
	}
}
