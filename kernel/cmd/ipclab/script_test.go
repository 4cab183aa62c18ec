package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain makes the test binary serve as ipclab, also where ipclab starts
// itself as a kernel or as a runtime process.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"ipclab": main})
}

// TestScripts runs testdata/script. Beyond the commands of testscript there are
//
//	exits STATUS PROGRAM ARGS…   runs a program, which must end with this status
//	refuses PATTERN ARGS…        ipclab ARGS must end with status 2 and one line
//	                             on standard error, which matches PATTERN
//	clean                        no process with this script's environment and
//	                             no temporary file is there
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("HOME", filepath.Join(e.WorkDir, "home"))
			e.Setenv(markVariable, e.WorkDir)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "refuses": refuses, "clean": clean,
		},
	})
}

// exits is a command of the scripts.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits STATUS PROGRAM ARGS...")
	}
	status, err := strconv.Atoi(args[0])
	ts.Check(err)
	var ended *exec.ExitError
	switch err := ts.Exec(args[1], args[2:]...); {
	case err == nil && status != 0, errors.As(err, &ended) && ended.ExitCode() != status:
		ts.Fatalf("%v, want exit status %d", err, status)
	case err != nil && ended == nil:
		ts.Fatalf("%v", err)
	}
}

// refuses is a command of the scripts.
func refuses(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: refuses PATTERN ARGS...")
	}
	exits(ts, false, append([]string{"2", "ipclab"}, args[1:]...))
	said := ts.ReadFile("stderr")
	if ts.ReadFile("stdout") != "" || strings.Count(said, "\n") != 1 || !strings.HasSuffix(said, "\n") {
		ts.Fatalf("want one line on standard error and nothing on standard output")
	}
	ts.Check(matches(args[0], said))
}

// clean is a command of the scripts.
func clean(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) > 0 {
		ts.Fatalf("usage: clean")
	}
	ts.Check(awaitNoProcess(ts.Getenv("WORK")))
	left, err := os.ReadDir(ts.Getenv("TMPDIR"))
	ts.Check(err)
	if len(left) > 0 {
		ts.Fatalf("left behind in %s: %v", ts.Getenv("TMPDIR"), left)
	}
}
