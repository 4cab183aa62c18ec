//go:build linux && (amd64 || arm64) && !cgo

package fork

import (
	"bytes"
	"io"
	"maps"
	"os"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestForkReturnsTwice(t *testing.T) {
	parent, value := os.Getpid(), 1
	err := run(func() int {
		if os.Getppid() != parent || os.Getpid() == parent {
			return complain("pid %d, parent %d; the parent is %d", os.Getpid(), os.Getppid(), parent)
		}
		if !InChild() {
			return complain("InChild is false")
		}
		value = 2
		return 40 + value
	}, 42)
	if err != nil {
		t.Fatal(err)
	}
	if value != 1 || InChild() {
		t.Errorf("in the parent value = %d, InChild() = %v", value, InChild())
	}
}

func TestDescriptorsAreTheSame(t *testing.T) {
	before := descriptors()
	inChild(t, func() int {
		if now := descriptors(); !maps.Equal(now, before) {
			return complain("descriptors %v, in the parent %v", now, before)
		}
		return 0
	})
	if now := descriptors(); !maps.Equal(now, before) {
		t.Errorf("descriptors %v, before %v", now, before)
	}
}

// A child of a child of a child: each has its poller, thread ids and handler from a copy.
func TestForkInChild(t *testing.T) {
	const depth = 6
	var descend func(level int) int
	descend = func(level int) int {
		if err := workOut(); err != nil {
			return complain("level %d: %v", level, err)
		}
		if level == depth {
			return depth
		}
		if err := run(func() int { return descend(level + 1) }, depth); err != nil {
			return complain("level %d: %v", level, err)
		}
		return depth
	}
	if err := run(func() int { return descend(1) }, depth); err != nil {
		t.Error(err)
	}
}

// Of goroutines that fork at once, each gets a child of its own.
func TestForkFromManyGoroutines(t *testing.T) {
	const goroutines, each = 8, 20
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	parent := os.Getpid()
	var wg sync.WaitGroup
	for g := range goroutines {
		wg.Go(func() {
			for range each {
				err := run(func() int {
					// A copy of this goroutine may have been about to fork in another's child.
					if os.Getppid() == parent {
						w.Write([]byte{byte(g)})
					}
					return 0
				}, 0)
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	w.Close()
	children, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	for g := range goroutines {
		if n := bytes.Count(children, []byte{byte(g)}); n != each {
			t.Errorf("goroutine %d had %d children, want %d", g, n, each)
		}
	}
}

// Goroutines that wait for their turn while another forks do not fork in its child, nor return there.
func TestCopiesOfWaitingGoroutinesStay(t *testing.T) {
	const goroutines = 4
	process.turn <- struct{}{}
	errs := make(chan error)
	for range goroutines {
		go func() { errs <- run(func() int { return 0 }, 0) }()
	}
	awaitStacks(t, "fork.takeTurn(", goroutines)
	var err error
	c := child{generation: work.generation}
	c.pid, err = forkInTurn()
	if err == nil && c.pid == 0 {
		giveTurn()
		awaitStacks(t, "[select (no cases)", goroutines)
		if t.Failed() {
			unix.Exit(1)
		}
		unix.Exit(0)
	}
	giveTurn()
	if err == nil {
		err = c.expect(0)
	}
	if err != nil {
		t.Error(err)
	}
	for range goroutines {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
}

// awaitStacks waits until what occurs n times in the stacks of all goroutines.
func awaitStacks(t *testing.T, what string, n int) {
	buffer := make([]byte, 1<<20)
	for end := time.Now().Add(stepLimit); ; runtime.Gosched() {
		all := buffer[:runtime.Stack(buffer, true)]
		if bytes.Count(all, []byte(what)) == n {
			return
		}
		if time.Now().After(end) {
			t.Errorf("%q is not in %d stacks of:\n%s", what, n, all)
			return
		}
	}
}

// The stop-the-world of GOMAXPROCS and of the collector needs every thread of the child, and a loop
// without calls needs a signal sent to the thread by its new id.
func TestCollectorBesideLoopWithoutCalls(t *testing.T) {
	for range 20 {
		inChild(t, func() int {
			for range 2 {
				go loop()
			}
			runtime.Gosched()
			for range 3 { // where a thread does not stop, this never ends, and the child is killed
				runtime.GC()
				runtime.GOMAXPROCS(runtime.GOMAXPROCS(0) + 1)
			}
			return 0
		})
	}
}

// loop is a loop without calls, which only a signal interrupts.
func loop() {
	for x := uint64(1); x != 0; x += 2 {
	}
}

// The loops run in the parent: the child's collector has to stop copies of threads that a preemption
// signal may have been on its way to.
func TestCollectorBesideCopiesOfLoops(t *testing.T) {
	stopLoops := meanwhile(2, func() {
		x := 1
		for range 1_000_000 {
			x += x>>3 ^ 5
		}
	})
	defer stopLoops()
	stopCollector := meanwhile(1, runtime.GC)
	defer stopCollector()
	for range 50 {
		inChild(t, func() int {
			runtime.GC()
			return 0
		})
	}
}

func TestOnChild(t *testing.T) {
	runHelper(t, childLimit, "hooks")
}

func init() {
	helpers["hooks"] = func([]string) int {
		if err := Init(); err != nil {
			return complain("%v", err)
		}
		var calls []string
		OnChild(func() { calls = append(calls, "first") })
		OnChild(func() {
			calls = append(calls, "second")
			if len(calls) > 2 {
				return
			}
			if err := run(func() int { return len(calls) }, 4); err != nil {
				unix.Exit(complain("fork in a hook: %v", err))
			}
		})
		err := run(func() int {
			if want := []string{"first", "second"}; !slices.Equal(calls, want) {
				return complain("calls %q, want %q", calls, want)
			}
			return 0
		}, 0)
		if err != nil || len(calls) != 0 {
			return complain("calls in the parent %q, %v", calls, err)
		}
		return 0
	}
}

// Functions of BeforeFork run in who forks, before there is a child, and what they replace is replaced in that child.
func TestBeforeFork(t *testing.T) {
	runHelper(t, childLimit, "before")
}

func init() {
	helpers["before"] = func([]string) int {
		if err := Init(); err != nil {
			return complain("%v", err)
		}
		var pipe [2]int
		if err := unix.Pipe2(pipe[:], unix.O_CLOEXEC); err != nil {
			return complain("%v", err)
		}
		calls := 0
		BeforeFork(func() {
			calls++
			ReplaceInChild(pipe[0], pipe[1])
		})
		err := run(func() int {
			flags, err := unix.FcntlInt(uintptr(pipe[0]), unix.F_GETFL, 0)
			if calls != 1 || err != nil || flags&unix.O_ACCMODE != unix.O_WRONLY {
				return complain("%d calls, flags %#x, %v", calls, flags, err)
			}
			return 0
		}, 0)
		if err != nil || calls != 1 {
			return complain("%d calls in the parent, %v", calls, err)
		}
		return 0
	}
}
