package perf

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// of returns the calls of a number.
func of(calls []Call, number uint64) []Call {
	return slices.DeleteFunc(slices.Clone(calls), func(c Call) bool { return c.Number != number })
}

// permitted reports whether calls may be recorded here. Where they may not, the error has to say so, and nothing is called.
func permitted(t *testing.T) bool {
	t.Helper()
	called := false
	_, err := Calls(func() { called = true })
	if err != nil && (called || !errors.Is(err, fs.ErrPermission) && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, unix.ENOSYS)) {
		t.Fatalf("called %v, %v", called, err)
	}
	return err == nil
}

func record(t *testing.T, f func()) []Call {
	t.Helper()
	calls, err := Calls(f)
	if err != nil {
		t.Fatal(err)
	}
	return calls
}

func TestCallsAreRecordedExactly(t *testing.T) {
	if !permitted(t) {
		return
	}
	for _, n := range []int{0, 1, 1000} {
		calls := of(record(t, func() {
			for i := range n {
				_, _ = unix.Getpgid(i)
			}
		}), unix.SYS_GETPGID)
		if len(calls) != n {
			t.Fatalf("%d calls, want %d", len(calls), n)
		}
		for i, c := range calls {
			if c.Pid != os.Getpid() || c.Tid == 0 || c.Args[0] != uint64(i) || c.Foreign {
				t.Fatalf("call %d: %+v", i, c)
			}
		}
	}
}

func TestStacksNameTheFunction(t *testing.T) {
	if !permitted(t) {
		return
	}
	calls := of(record(t, func() { _, _ = unix.Getpgid(1) }), unix.SYS_GETPGID)
	frames := runtime.CallersFrames(calls[0].Stack)
	for {
		f, more := frames.Next()
		if strings.Contains(f.Function, "TestStacksNameTheFunction") {
			return
		}
		if !more {
			t.Fatalf("%v", calls[0].Stack)
		}
	}
}

func TestProgramsAreFollowed(t *testing.T) {
	if !permitted(t) {
		return
	}
	_ = exec.Command("/bin/true").Run() // the first time, package os tries a fork
	calls := record(t, func() { _ = exec.Command("/bin/sh", "-c", "/bin/true; exit 3").Run() })
	pids := map[int]bool{}
	for _, c := range of(calls, unix.SYS_EXIT_GROUP) {
		if c.Pid == os.Getpid() || !c.Foreign {
			t.Errorf("%+v", c)
		}
		pids[c.Pid] = true
	}
	if len(pids) != 2 {
		t.Errorf("%d processes have ended", len(pids))
	}
}

func TestTooManyCalls(t *testing.T) {
	if !permitted(t) {
		return
	}
	id, err := tracepoint()
	if err != nil {
		t.Fatal(err)
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var all events
	defer func() { all.close() }()
	cpus, err := online()
	if err != nil {
		t.Fatal(err)
	}
	for _, cpu := range cpus {
		e, err := open(id, cpu, os.Getpagesize())
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, e)
	}
	if err := all.enable(unix.PERF_EVENT_IOC_ENABLE); err != nil {
		t.Fatal(err)
	}
	for range 1000 {
		_, _ = unix.Getpgid(1)
	}
	if calls, err := all.calls(); !errors.Is(err, ErrLost) {
		t.Errorf("%d calls, %v", len(calls), err)
	}
}

// In a process that was forked meanwhile the memory is not there.
func TestMemoryThatIsGone(t *testing.T) {
	if !permitted(t) {
		return
	}
	id, err := tracepoint()
	if err != nil {
		t.Fatal(err)
	}
	e, err := open(id, 0, os.Getpagesize())
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(e.fd)
	if err := unix.Munmap(e.memory); err != nil {
		t.Fatal(err)
	}
	if b, err := e.records(); b != nil || err == nil {
		t.Errorf("%d bytes, %v", len(b), err)
	}
}

// Whatever stands in memory is read without going beyond it.
func FuzzParse(f *testing.F) {
	f.Add([]byte{9, 0, 0, 0, 0, 0, 16, 0, 1, 2, 3, 4, 5, 6, 7, 8})
	f.Add([]byte{3, 0, 0, 0, 0, 0x20, 24, 0, 1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8})
	f.Fuzz(func(_ *testing.T, b []byte) { _, _, _ = parse(b) })
}

func TestListOfProcessors(t *testing.T) {
	cpus, err := online()
	if err != nil || len(cpus) == 0 || !slices.IsSorted(cpus) {
		t.Errorf("%v, %v", cpus, err)
	}
	for n, want := range map[int]int{1: 8 << 20, 16: 4 << 20, 128: 512 << 10, 4096: 256 << 10} {
		if got := roomFor(n); got != want {
			t.Errorf("%d processors: %d bytes each, want %d", n, got, want)
		}
	}
}
