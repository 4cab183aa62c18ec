package ipclab_test

import (
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"ipclab/ipclab"
	"ipclab/ipclab/internal/proc"
	"ipclab/runtime/fork"
)

// helperVariable names, in the environment, the program that the test binary plays instead of running tests.
const helperVariable = "IPCLAB_TEST_HELPER"

// TestMain prepares for Fork, and fails the run if a test leaves a process or a descriptor behind.
func TestMain(m *testing.M) {
	if err := fork.Init(); err != nil {
		fmt.Fprintln(os.Stderr, "fork.Init:", err)
		os.Exit(1)
	}
	if name := os.Getenv(helperVariable); name != "" {
		helpers[name]()
		os.Exit(0)
	}
	if err := keepOutputs(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	before := open()
	code := m.Run()
	left := leftovers(before)
	for end := time.Now().Add(10 * time.Second); left != "" && time.Now().Before(end); left = leftovers(before) {
		time.Sleep(time.Millisecond) // what serves a door ends by itself, a moment after its last call
	}
	if left != "" && code == 0 {
		fmt.Fprint(os.Stderr, left)
		code = 1
	}
	os.Exit(code)
}

// open returns the descriptors that this process has open.
func open() []proc.Descriptor {
	ipclab.FD(-1).Close() // the Go runtime's descriptors are opened when first needed; let that be now
	ipclab.FD(1 << 20).Close()
	fds, err := proc.Descriptors(os.Getpid())
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	return fds
}

// leftovers describes children and descriptors that were not there before.
func leftovers(before []proc.Descriptor) string {
	text := ""
	for _, d := range open() {
		known := func(b proc.Descriptor) bool { return b.Number == d.Number && b.Target == d.Target }
		if !slices.ContainsFunc(before, known) {
			text += fmt.Sprintf("descriptor left open: %d %s\n", d.Number, d.Target)
		}
	}
	all, err := proc.All()
	if err != nil {
		return text + err.Error() + "\n"
	}
	for _, s := range proc.Descendants(all, os.Getpid())[1:] {
		text += fmt.Sprintf("process left: %d, parent %d, state %c, %s\n", s.Pid, s.PPid, s.State, proc.Command(s))
	}
	return text
}
