//go:build linux && (amd64 || arm64) && !cgo

package fork

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// While the threads are stopped, nothing may call the runtime: not a write barrier, which the collector may
// have switched on, nor what grows a stack or allocates. Calls for a bad index are there, and never made.
func TestConductorDoesNotCallTheRuntime(t *testing.T) {
	conductor := conductorFiles(t)
	build := exec.Command("go", "build", "-gcflags=-S", ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	listing, err := build.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, listing)
	}
	call := regexp.MustCompile(`\((\S+\.go):(\d+)\)\s+(?:CALL|JMP)\s+(runtime\.\S+)\(SB\)`)
	checked := 0
	for line := range bytes.Lines(listing) {
		if bytes.Contains(line, []byte("/runtime/fork/")) && bytes.Contains(line, []byte("raw.go:")) {
			checked++
		}
		m := call.FindSubmatch(line)
		if m != nil && !bytes.HasPrefix(m[3], []byte("runtime.panic")) && conductor[filepath.Base(string(m[1]))] && strings.Contains(string(m[1]), "/runtime/fork/") {
			t.Errorf("%s:%s calls %s", filepath.Base(string(m[1])), m[2], m[3])
		}
	}
	if checked == 0 {
		t.Error("the listing does not have the code of this package")
	}
}

// conductorFiles are those that say at their top that the conductor runs them.
func conductorFiles(t *testing.T) map[string]bool {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(text, []byte("onductor: runs while all other threads are stopped")) ||
			bytes.Contains(text, []byte("// Part of the conductor, in the child")) {
			found[file] = true
		}
	}
	if len(found) < 7 {
		t.Errorf("only %v", found)
	}
	return found
}
