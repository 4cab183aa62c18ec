package stuck_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"ipclab/runtime/fork"
)

// helperVariable names, in the environment, the program that the test binary plays instead of running tests. Only there
// has a process no timer, as the limit on the time of tests is one.
const helperVariable = "IPCLAB_TEST_HELPER"

// helpers are these programs.
var helpers = map[string]func(){}

func TestMain(m *testing.M) {
	if name := os.Getenv(helperVariable); name != "" {
		if err := fork.Init(); err != nil {
			fmt.Fprintln(os.Stderr, "fork.Init:", err)
			os.Exit(1)
		}
		helpers[name]()
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// play runs a helper program, as the leader of a process group, and returns what it wrote.
func play(t *testing.T, name string) (stdout, stderr string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 40*time.Second)
	defer cancel()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	program := exec.CommandContext(ctx, exe)
	program.Env = append(os.Environ(), helperVariable+"="+name)
	program.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	var out, errs bytes.Buffer
	program.Stdout, program.Stderr = &out, &errs
	if err := program.Run(); err != nil {
		t.Fatalf("helper %q: %v\n%s%s", name, err, out.String(), errs.String())
	}
	return out.String(), errs.String()
}
