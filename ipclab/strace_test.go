package ipclab_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"golang.org/x/sys/unix"

	"ipclab/ipclab"
)

// straced calls f under Strace.
func straced(t *testing.T, f func()) *ipclab.SyscallTrace {
	t.Helper()
	trace, err := ipclab.Strace(f)
	if err != nil {
		t.Fatal(err)
	}
	return trace
}

func ExampleStrace() {
	r, w, _ := ipclab.Pipe()
	trace, err := ipclab.Strace(func() {
		child, _ := ipclab.Spawn(func() {
			w.Write([]byte("hello"))
		})
		r.Read(make([]byte, 100))
		child.Wait()
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, e := range trace.Only("write", "exit_group").Events() {
		fmt.Println(e.Process+":", e.Name, e.Args[len(e.Args)-1], "=", e.Text)
	}
	r.Close()
	w.Close()
	// Output:
	// child: write 5 = 5
	// child: exit_group 0 = ?
}

func TestStraceCountsExactly(t *testing.T) {
	r, w, err := ipclab.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	buffer := make([]byte, 10)
	for _, n := range []int{0, 1, 100} {
		trace := straced(t, func() {
			for range n {
				w.Write(buffer)
				r.Read(buffer)
			}
		})
		if writes, reads, all := trace.Count("write"), trace.Count("read"), trace.Count(""); writes != n || reads != n || all != 2*n {
			t.Errorf("%d round trips: %d writes, %d reads, %d calls\n%s", n, writes, reads, all, trace)
		}
	}
}

func TestStraceRunsTheFunctionHere(t *testing.T) {
	x := 0
	straced(t, func() { x = 5 })
	if x != 5 {
		t.Errorf("x is %d", x)
	}
}

func TestStraceFollows(t *testing.T) {
	for name, c := range map[string]struct {
		f    func()
		want []string
	}{
		"a goroutine": {func() {
			var group sync.WaitGroup
			group.Go(func() { _, _ = unix.Getpgid(1) })
			group.Wait()
		}, []string{"getpgid(1) = "}},
		"a child of a child": {func() {
			child, _ := ipclab.Spawn(func() {
				inner, _ := ipclab.Spawn(func() { _, _ = unix.Getpgid(1) })
				inner.Wait()
			})
			child.Wait()
		}, []string{"clone(SIGCHLD", "getpgid(1) = ", "exit_group(0) = ?", "+++ exited with status 0 +++", "wait4("}},
		"a program": {func() {
			ended := make(chan os.Signal, 1)
			signal.Notify(ended, unix.SIGCHLD)
			defer signal.Stop(ended)
			_ = exec.Command("/bin/sh", "-c", "kill -9 $$").Run()
			<-ended // another thread gets it, maybe later than this one learns of the end
		},
			[]string{`execve("/bin/sh", ["/bin/sh", "-c", "kill -9 $$"], `, "SIGKILL) = ", "+++ killed by SIGKILL +++", "--- SIGCHLD from "}},
		"an error": {func() { _ = unix.Rmdir("/nonexistent") },
			[]string{"-1 ENOENT (no such file or directory)"}},
	} {
		t.Run(name, func(t *testing.T) {
			trace := straced(t, c.f)
			var lines []string
			for _, e := range trace.Events() {
				lines = append(lines, e.Call())
			}
			all := strings.Join(lines, "\n")
			for _, want := range c.want {
				if !strings.Contains(all, want) {
					t.Errorf("no %q in\n%s", want, all)
				}
			}
		})
	}
}

// What the collector has cleaned up happens when it likes, not because the traced function asks for it.
func TestStraceLeavesOutWhatTheCollectorCalls(t *testing.T) {
	type garbage struct{ p *int }
	cleaned := make(chan bool, 1)
	g := &garbage{new(int)}
	runtime.AddCleanup(g, func(pid int) {
		_, _ = unix.Getpgid(pid)
		cleaned <- true
	}, 1)
	trace := straced(t, func() {
		g = nil
		runtime.GC()
		<-cleaned
	})
	if trace.Count("getpgid") != 0 || trace.All().Count("getpgid") != 1 {
		t.Errorf("%s", trace.All().Only("getpgid"))
	}
}

func TestStraceLeavesNothingTraced(t *testing.T) {
	straced(t, func() {})
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(status), "TracerPid:\t0\n") {
		t.Errorf("%s", status)
	}
}

func TestStraceShowsTheRuntimesCallsWhenAsked(t *testing.T) {
	trace := straced(t, func() {
		child, _ := ipclab.Spawn(func() {})
		child.Wait()
	})
	if hidden := trace.All().Count("") - trace.Count(""); hidden <= 0 {
		t.Errorf("%d calls are hidden", hidden)
	}
	if trace.Count("futex") != 0 {
		t.Errorf("calls of the Go runtime are shown:\n%s", trace)
	}
	if !strings.Contains(trace.String(), "All shows them") {
		t.Errorf("nothing says that calls are left out:\n%s", trace)
	}
}

func TestStraceOfAPanic(t *testing.T) {
	defer func() {
		if v := recover(); v != "as asked" {
			t.Errorf("recovered %v", v)
		}
	}()
	_, err := ipclab.Strace(func() { panic("as asked") })
	t.Errorf("returned %v", err)
}

func TestStraceErrors(t *testing.T) {
	if _, err := ipclab.Strace(nil); !errors.Is(err, unix.EINVAL) {
		t.Errorf("no function: %v", err)
	}
	straced(t, func() {
		called := false
		if _, err := ipclab.Strace(func() { called = true }); !errors.Is(err, unix.EBUSY) || called {
			t.Errorf("a trace within a trace: %v, called %v", err, called)
		}
	})
	stop, err := ipclab.StartStrace()
	if err != nil {
		t.Fatal(err)
	}
	if trace, err := stop(); trace == nil || err != nil {
		t.Errorf("stop: %v, %v", trace, err)
	}
	if trace, err := stop(); trace != nil || !errors.Is(err, unix.EINVAL) || !strings.Contains(err.Error(), "stopped already") {
		t.Errorf("stop again: %v, %v", trace, err)
	}
}

// Beside a trace there cannot be another in the same process; afterwards there can.
func TestStraceInSeveralGoroutines(t *testing.T) {
	begun := make(chan bool)
	var others sync.WaitGroup
	for range 3 {
		others.Go(func() {
			<-begun
			if _, err := ipclab.Strace(func() {}); !errors.Is(err, unix.EBUSY) {
				t.Errorf("beside another trace: %v", err)
			}
		})
	}
	trace := straced(t, func() {
		close(begun)
		others.Wait()
		unix.Getppid()
	})
	if n := trace.Count("getppid"); n != 1 {
		t.Errorf("getppid is called %d times in\n%v", n, trace)
	}
	straced(t, func() {})
}

// Goroutines that begin at the same time exist in the first one's watcher too. If one went on there and traced the watcher,
// nothing would ever end.
func TestStraceBegunAtOnce(t *testing.T) {
	if lines, _ := play(t, "traces at once"); lines != strings.Repeat("traced or busy\n", 4) {
		t.Errorf("printed\n%s", lines)
	}
}

// tracesAtOnce traces in goroutines that are let go together.
func tracesAtOnce() {
	asked := os.Getpid()
	for range 2 {
		var both sync.WaitGroup
		begin := make(chan bool)
		for range 2 {
			both.Go(func() {
				<-begin
				_, err := ipclab.Strace(func() { unix.Getppid() })
				switch {
				case os.Getpid() != asked:
					fmt.Println("in another process:", err)
				case err == nil || errors.Is(err, unix.EBUSY):
					fmt.Println("traced or busy")
				default:
					fmt.Println(err)
				}
			})
		}
		close(begin)
		both.Wait()
	}
}

// What the package does on its own, before the first Close, is not among the user's calls.
func TestStraceOfTheFirstClose(t *testing.T) {
	if calls, _ := play(t, "first close"); calls != "pipe2 close close\n" {
		t.Errorf("the calls are %q", calls)
	}
}

func init() {
	helpers["first close"] = firstClose
	helpers["traces at once"] = tracesAtOnce
}

// firstClose prints the calls of a pipe that is closed, where nothing was closed before.
func firstClose() {
	trace, err := ipclab.Strace(func() {
		r, w, _ := ipclab.Pipe()
		r.Close()
		w.Close()
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	var names []string
	for _, e := range trace.Events() {
		names = append(names, e.Name)
	}
	fmt.Println(strings.Join(names, " "))
}

func TestStraceSummary(t *testing.T) {
	trace := straced(t, func() {
		for range 3 {
			_ = unix.Rmdir("/nonexistent")
		}
		_, _ = unix.Getpgid(1)
	})
	summary := trace.Summary()
	if summary.Len() != 3 { // two calls, and all
		t.Fatalf("%s", summary)
	}
	removed := slices.ContainsFunc(strings.Split(summary.String(), "\n"), func(line string) bool {
		f := strings.Fields(line)
		return len(f) > 2 && (f[0] == "rmdir" || f[0] == "unlinkat") && f[1] == "3" && f[2] == "3" // calls, failed
	})
	if !removed {
		t.Errorf("%s", summary)
	}
}
