package ipclab_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab"
)

func ExampleFork() {
	r, w, _ := ipclab.Pipe()
	x := 1
	pid, err := ipclab.Fork()
	if err != nil {
		fmt.Println(err)
		return
	}
	if pid == 0 {
		x += 10 // the child's x
		r.Close()
		fmt.Fprintln(w, "in the child x is", x)
		os.Exit(3)
	}
	w.Close()
	said, _ := io.ReadAll(r)
	r.Close()
	_, status, err := ipclab.Wait()
	fmt.Print(string(said))
	fmt.Println("in the parent x is", x)
	fmt.Println("the child", status, err)
	// Output:
	// in the child x is 11
	// in the parent x is 1
	// the child exited with status 3 <nil>
}

func ExampleWaitPid() {
	pid, err := ipclab.Fork()
	if pid == 0 {
		os.Exit(7)
	}
	if err != nil {
		fmt.Println(err)
		return
	}
	status, err := ipclab.WaitPid(pid)
	fmt.Println(status.Exited(), status.ExitCode(), status.Signaled(), err)
	// Output: true 7 false <nil>
}

func ExampleSpawn() {
	sleeper, err := ipclab.Spawn(func() { select {} })
	if err != nil {
		fmt.Println(err)
		return
	}
	sleeper.Signal(unix.SIGTERM)
	status, err := sleeper.Wait()
	fmt.Println(status, err)
	// Output: killed by SIGTERM <nil>
}

// spawn starts f in a child; the test's end kills it if it still runs.
func spawn(t *testing.T, f func()) *ipclab.Process {
	t.Helper()
	p, err := ipclab.Spawn(f)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, ended := p.Status(); !ended {
			p.Kill()
			p.Wait()
		}
	})
	return p
}

// within fails the test if f takes too long. It is for calls that would block for ever were they wrong.
func within(t *testing.T, f func()) {
	t.Helper()
	done := make(chan struct{})
	go func() { defer close(done); f() }()
	select {
	case <-done:
	case <-time.After(20 * time.Second):
		t.Fatal("still blocked after 20 s")
	}
}

func TestSpawnEnds(t *testing.T) {
	for _, c := range []struct {
		name string
		f    func()
		want string
	}{
		{"returns", func() {}, "exited with status 0"},
		{"os.Exit", func() { os.Exit(3) }, "exited with status 3"},
		{"kills itself", func() { unix.Kill(os.Getpid(), unix.SIGKILL); select {} }, "killed by SIGKILL"},
		{"real-time signal", func() { unix.Kill(os.Getpid(), 47); select {} }, "killed by SIGRTMIN+13"},
		{"spawns", func() {
			p, err := ipclab.Spawn(func() { os.Exit(4) })
			if err != nil {
				os.Exit(1)
			}
			status, _ := p.Wait()
			os.Exit(status.ExitCode() + 1)
		}, "exited with status 5"},
	} {
		p := spawn(t, c.f)
		within(t, func() {
			for range 2 { // the second time, it is remembered
				if status, err := p.Wait(); err != nil || status.String() != c.want {
					t.Errorf("%s: %v, %v; want %s", c.name, status, err, c.want)
				}
			}
		})
		if text := p.String(); !strings.HasSuffix(text, ", "+c.want) {
			t.Errorf("%s: String() = %q", c.name, text)
		}
	}
}

func TestSpawnPanic(t *testing.T) {
	out, errs := play(t, "end of panic")
	if out != "exited with status 2 <nil>\n" || !regexp.MustCompile(`^panic in process \d+: as asked\n$`).MatchString(errs) {
		t.Errorf("printed %q and %q", out, errs)
	}
}

func TestSpawnGoexit(t *testing.T) {
	r, w := pipe(t)
	p := spawn(t, func() {
		ipclab.Dup2(w, 1) // go test -json makes os.Stderr the same as os.Stdout
		ipclab.Dup2(w, 2)
		runtime.Goexit()
	})
	w.Close()
	said, _ := io.ReadAll(r)
	status, err := p.Wait()
	if err != nil || status.ExitCode() != 2 || !strings.Contains(string(said), "without returning") {
		t.Errorf("Goexit: %v, %v, %q", status, err, said)
	}
}

func TestWaitTakesOnlyItsOwn(t *testing.T) {
	other := exec.Command("true")
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	p := spawn(t, func() { os.Exit(9) })
	within(t, func() {
		pid, status, err := ipclab.Wait()
		if err != nil || pid != p.Pid() || status.ExitCode() != 9 {
			t.Errorf("Wait: %d, %v, %v; want process %d with status 9", pid, status, err, p.Pid())
		}
		if _, _, err := ipclab.Wait(); !errors.Is(err, unix.ECHILD) || !strings.HasPrefix(err.Error(), "wait: ") {
			t.Errorf("Wait without children: %v, want ECHILD", err)
		}
	})
	if err := other.Wait(); err != nil {
		t.Errorf("os/exec lost its child: %v", err)
	}
	// The handle knows what Wait collected.
	if status, err := p.Wait(); err != nil || status.ExitCode() != 9 {
		t.Errorf("handle after Wait: %v, %v", status, err)
	}
}

func TestWaitSeesLaterChildren(t *testing.T) {
	blocked := spawn(t, func() { select {} })
	got := make(chan int, 1)
	go func() {
		pid, _, _ := ipclab.Wait()
		got <- pid
	}()
	later := spawn(t, func() {})
	within(t, func() {
		if pid := <-got; pid != later.Pid() {
			t.Errorf("Wait returned %d, want %d, which was made while it waited", pid, later.Pid())
		}
	})
	blocked.Kill()
	blocked.Wait()
}

func TestWaitersShare(t *testing.T) {
	p := spawn(t, func() { select {} })
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			if status, err := p.Wait(); err != nil || status.Signal() != unix.SIGKILL {
				t.Errorf("one of four waiters: %v, %v", status, err)
			}
		})
	}
	if err := p.Kill(); err != nil {
		t.Error(err)
	}
	within(t, all.Wait)
}

func TestProcessErrors(t *testing.T) {
	p := spawn(t, func() {})
	if _, ended := p.Status(); ended {
		t.Error("Status before Wait says that the process was waited for")
	}
	if _, err := p.Wait(); err != nil {
		t.Fatal(err)
	}
	running := spawn(t, func() { select {} })
	var none *ipclab.Process
	for _, c := range []struct {
		name string
		err  error
		is   unix.Errno
		text string
	}{
		{"spawn nil", last(ipclab.Spawn(nil)), unix.EINVAL, "spawn: "},
		{"waitpid 0", last(ipclab.WaitPid(0)), unix.EINVAL, "waitpid: process 0: "},
		{"waitpid -1", last(ipclab.WaitPid(-1)), unix.EINVAL, "waitpid: process -1: "},
		{"waitpid 1", last(ipclab.WaitPid(1)), unix.ECHILD, "waitpid: process 1: "},
		{"waitpid again", last(ipclab.WaitPid(p.Pid())), unix.ECHILD, fmt.Sprintf("waitpid: process %d: ", p.Pid())},
		{"signal after wait", p.Signal(unix.SIGTERM), unix.ESRCH, fmt.Sprintf("kill: process %d, SIGTERM: ", p.Pid())},
		{"signal 99", running.Signal(99), unix.EINVAL, fmt.Sprintf("kill: process %d, signal 99: ", running.Pid())},
		{"signal -1", running.Signal(-1), unix.EINVAL, fmt.Sprintf("kill: process %d, signal -1: ", running.Pid())},
		{"nil wait", last(none.Wait()), unix.EINVAL, "waitpid: "},
		{"nil kill", none.Kill(), unix.EINVAL, "kill: "},
	} {
		if !errors.Is(c.err, c.is) || !strings.HasPrefix(c.err.Error(), c.text) {
			t.Errorf("%s: %v, want %s…%v", c.name, c.err, c.text, c.is)
		}
	}
	if err := running.Signal(0); err != nil {
		t.Errorf("signal 0 to a running process: %v", err)
	}
	if none.Pid() != 0 || none.String() != "no process" {
		t.Errorf("nil handle: %d, %q", none.Pid(), none.String())
	}
}

// last returns the error of a call with one other result.
func last[T any](_ T, err error) error { return err }

func TestChildrenAreNotSiblingsChildren(t *testing.T) {
	first := spawn(t, func() { select {} })
	second := spawn(t, func() {
		_, _, anyErr := ipclab.Wait()
		_, firstErr := first.Wait()
		if !errors.Is(anyErr, unix.ECHILD) || !errors.Is(firstErr, unix.ECHILD) {
			os.Exit(1)
		}
		if err := first.Kill(); err != nil { // a sibling may be signalled all the same
			os.Exit(2)
		}
	})
	within(t, func() {
		if status, err := second.Wait(); err != nil || status.ExitCode() != 0 {
			t.Errorf("in the sibling: %v, %v", status, err)
		}
		if status, err := first.Wait(); err != nil || status.Signal() != unix.SIGKILL {
			t.Errorf("signalled by its sibling: %v, %v", status, err)
		}
	})
}

func TestStatusUsage(t *testing.T) {
	const least = 30 * time.Millisecond
	p := spawn(t, func() {
		var used unix.Timespec // of a processor: on a busy machine the child has none for most of the time
		for used.Nano() < least.Nanoseconds() {
			_ = unix.ClockGettime(unix.CLOCK_PROCESS_CPUTIME_ID, &used)
		}
	})
	status, err := p.Wait()
	if err != nil {
		t.Fatal(err)
	}
	// The two parts are told in whole microseconds.
	if u := status.Usage; u.User+u.System < least-2*time.Microsecond || u.MaxResident <= 0 || u.MinorFaults <= 0 {
		t.Errorf("usage of a child that computed for %v: %+v", least, u)
	}
	if status.CoreDump() || status.Signal() != -1 {
		t.Errorf("core %v, signal %v of a process that exited", status.CoreDump(), status.Signal())
	}
}
