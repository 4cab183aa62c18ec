package ipclab_test

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"ipclab/ipclab"
	"ipclab/ipclab/internal/proc"
	"ipclab/runtime/fork"
)

// keepOutputs has keepOutput called.
func keepOutputs() error {
	r, w, err := ipclab.Pipe()
	if err != nil {
		return err
	}
	defer r.Close()
	w.Close()
	if output.ended, err = unix.FcntlInt(uintptr(r), unix.F_DUPFD_CLOEXEC, 100); err != nil {
		return err
	}
	fork.BeforeFork(keepOutput)
	fork.OnChild(func() { // where the goroutine is about to close the descriptor, whose number will be another's
		fork.ReplaceInChild(output.read, -1)
		output.read = -1
	})
	return nil
}

// keepOutput sees to it that an Example prints all: package testing reads what it prints from a pipe, on a goroutine that
// goes on in a child, too. There it finds the end of another pipe. It is called before each fork.
func keepOutput() {
	if os.Stdout == output.of {
		return
	}
	fork.ReplaceInChild(output.read, -1)
	output.of = os.Stdout
	if output.read = readEndOf(os.Stdout); output.read >= 0 {
		fork.ReplaceInChild(output.read, output.ended)
	}
}

// output is the pipe of an Example that runs.
var output = struct {
	of    *os.File
	read  int // its read end, -1 if os.Stdout is no pipe that this process reads
	ended int // the read end of a pipe without a write end
}{of: os.Stdout, read: -1}

// readEndOf returns the descriptor by which this process reads a pipe, -1 if there is none.
func readEndOf(f *os.File) int {
	number := -1
	if c, err := f.SyscallConn(); err == nil {
		_ = c.Control(func(fd uintptr) { number = int(fd) })
	}
	fds, _ := proc.Descriptors(os.Getpid())
	own := slices.IndexFunc(fds, func(d proc.Descriptor) bool { return d.Number == number })
	if own < 0 || !strings.HasPrefix(fds[own].Target, "pipe:") {
		return -1
	}
	for _, d := range fds {
		flags, _ := unix.FcntlInt(uintptr(d.Number), unix.F_GETFL, 0)
		if d.Target == fds[own].Target && flags&unix.O_ACCMODE == unix.O_RDONLY {
			return d.Number
		}
	}
	return -1
}

// TestOutputOfExamples prints as an Example does, whose output package testing reads from a pipe, while children live.
func TestOutputOfExamples(t *testing.T) {
	const lines, children = 1000, 20
	var want strings.Builder
	got := printed(t, func() {
		for i := range lines {
			if i%(lines/children) == 0 {
				child := spawn(t, func() { unix.Pause() })
				defer child.Wait()
				defer child.Kill()
			}
			fmt.Println("line", i)
			fmt.Fprintln(&want, "line", i)
		}
	})
	if got != want.String() {
		t.Errorf("%d of %d bytes arrived", len(got), want.Len())
	}
}

// printed returns what f prints, and takes it as package testing does for an Example.
func printed(t *testing.T, f func()) string {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	before, all := os.Stdout, make(chan string)
	os.Stdout = w
	go func() {
		var b strings.Builder
		io.Copy(&b, r)
		r.Close()
		all <- b.String()
	}()
	f()
	w.Close()
	os.Stdout = before
	return <-all
}
