//go:build linux && (amd64 || arm64) && !cgo

package fork

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func init() { helpers["writing"] = writing }

const writtenPages = 200

// writing makes two frozen copies and writes to the same pages before and after each. It prints how many faults
// that took after each, and the copies' process ids.
func writing(args []string) int {
	if err := Init(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	pages := make([]byte, writtenPages*os.Getpagesize())
	write := func() int64 {
		before := faults()
		for at := 0; at < len(pages); at += os.Getpagesize() {
			pages[at]++
		}
		return faults() - before
	}
	write()
	var pids []int
	for range 2 {
		pid, err := freezeOnce()
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		pids = append(pids, pid)
		if len(args) > 0 {
			Own(func() bool { return args[0] == "stopped" })
		}
		fmt.Println(write())
	}
	fmt.Println(pids[0], pids[1])
	return 0
}

func faults() int64 {
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return u.Minflt
}

// freezeOnce makes a copy that ends with this process.
func freezeOnce() (pid int, err error) {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return 0, err
	}
	control, err := unix.FcntlInt(uintptr(pair[0]), unix.F_DUPFD_CLOEXEC, 200)
	if err != nil {
		return 0, err
	}
	unix.Close(pair[0])
	if _, err := Freeze(control, []int{300}, [3]int{}); err != nil {
		return 0, err
	}
	unix.Close(control)
	packet := make([]byte, 100)
	n, err := unix.Read(pair[1], packet)
	if err != nil {
		return 0, err
	}
	return FrozenPID(packet[:n])
}

// Pages that were written between two copies are the process's own after the second, if it asks for that.
func TestOwn(t *testing.T) {
	for arg, few := range map[string]bool{"": false, "owned": true, "stopped": false} {
		cmd := exec.Command("/proc/self/exe", strings.Fields(arg)...)
		cmd.Env = append(os.Environ(), helperVariable+"=writing")
		cmd.Stderr = os.Stderr
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		var first, second, one, other int
		if _, err := fmt.Sscan(string(out), &first, &second, &one, &other); err != nil {
			t.Fatalf("%v: %q", err, out)
		}
		for _, pid := range []int{one, other} {
			waitFor(t, pid)
		}
		if (first < writtenPages/2) != few || (second < writtenPages/2) != few {
			t.Errorf("%q: %d and %d faults for %d pages", arg, first, second, writtenPages)
		}
	}
}
