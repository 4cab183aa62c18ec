//go:build linux && (amd64 || arm64) && !cgo

package fork

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// process is what this package knows about the process beside what the conductor uses.
var process = struct {
	once     sync.Once
	mu       sync.Mutex // for what follows
	unusable error      // why Fork does not work
	replace  []replacement
	before   []func()
	hooks    []func()

	turn chan struct{} // has room while nobody forks
}{
	unusable: errors.New("fork: Init has not been called"),
	turn:     make(chan struct{}, 1),
}

func initialize() error {
	process.once.Do(func() {
		err := setUp()
		process.mu.Lock()
		defer process.mu.Unlock()
		process.unusable = err
	})
	return usable()
}

func usable() error {
	process.mu.Lock()
	defer process.mu.Unlock()
	return process.unusable
}

func setUp() error {
	for _, step := range []func() error{findOffsets, findPoller, findHandling, checkCount, findMaskSize, selfCheck} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// checkCount checks that the conductor can count the threads.
func checkCount() error {
	var last error
	for range 10 { // a thread may come or go meanwhile
		entries, err := os.ReadDir("/proc/self/task")
		if err != nil {
			return fmt.Errorf("fork: %w", err)
		}
		n, err := threads()
		if err != nil || n == len(entries) {
			return err
		}
		last = fmt.Errorf("%w: /proc/self/task has %d threads and %d links", ErrUnsupported, len(entries), n+2)
	}
	return last
}

// forkProcess is Fork for a goroutine that is to fork where there were so many copies.
func forkProcess(generation uint32) (int, error) {
	if err := usable(); err != nil {
		return -1, err
	}
	callAll(&process.before)
	err := takeTurn()
	if atomic.LoadUint32(&work.generation) != generation {
		// The process was copied while this goroutine waited, or before: this is its copy, in a child of another
		// goroutine's Fork. There it must not fork as well, nor return.
		if err == nil {
			giveTurn()
		}
		select {}
	}
	if err != nil {
		return -1, err
	}
	pid, err := forkInTurn()
	giveTurn()
	if err == nil && pid == 0 {
		callAll(&process.hooks)
	}
	return pid, err
}

func takeTurn() error {
	select {
	case process.turn <- struct{}{}:
		return nil
	default:
	}
	t := time.NewTimer(turnLimit)
	defer t.Stop()
	select {
	case process.turn <- struct{}{}:
		return nil
	case <-t.C:
		return fmt.Errorf("fork: other goroutines have been forking for %v: %w", turnLimit, unix.ETIMEDOUT)
	}
}

func giveTurn() { <-process.turn }

func copied() bool { return copies() > 0 }

func copies() uint32 { return atomic.LoadUint32(&work.generation) }

func beforeFork(f func()) { addTo(&process.before, f) }

func onChild(f func()) { addTo(&process.hooks, f) }

func addTo(list *[]func(), f func()) {
	process.mu.Lock()
	defer process.mu.Unlock()
	*list = append((*list)[:len(*list):len(*list)], f)
}

func callAll(list *[]func()) {
	process.mu.Lock()
	all := *list
	process.mu.Unlock()
	for _, f := range all {
		f()
	}
}

func replaceInChild(fd, with int) {
	process.mu.Lock()
	defer process.mu.Unlock()
	var list []replacement // a new one: the conductor may be using the old one
	for _, r := range process.replace {
		if r.fd != int32(fd) {
			list = append(list, r)
		}
	}
	if with >= 0 {
		list = append(list, replacement{int32(fd), int32(with)})
	}
	process.replace = list
}
