package ipclab_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab"
	"ipclab/ipclab/internal/proc"
	"ipclab/ipclab/internal/shm"
)

// staleLock makes a lock file whose owner has ended.
func staleLock(t *testing.T, path string) {
	t.Helper()
	p := spawn(t, func() {
		if _, err := ipclab.NewLockFile(path); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	})
	if status, err := p.Wait(); err != nil || status.ExitCode() != 0 {
		t.Fatal(status, err)
	}
}

// TestStaleLockHasOneTaker lets many processes take over a stale lock file at once. Those that win stay alive until all
// have tried, so that nobody finds the lock stale again.
func TestStaleLockHasOneTaker(t *testing.T) {
	const rounds, takers = 12, 8
	path := lockPath(t)
	for round := range rounds {
		if round%3 > 0 {
			staleLock(t, path)
		}
		if round%3 == 2 { // whoever made it was killed before it wrote its name
			if err := os.Truncate(path, 0); err != nil {
				t.Fatal(err)
			}
		}
		if won := raceForLock(t, path, takers); won != 1 {
			t.Fatalf("round %d: %d of %d processes took the lock", round, won, takers)
		}
		if left, err := ipclab.ReadLockFile(path); err != nil || left.State != "gone" {
			t.Fatalf("round %d: %v, %v; want the winner's lock, stale by now", round, left, err)
		}
		os.Remove(path)
	}
}

// raceForLock lets processes try to get the lock at path at one moment, and returns how many did.
func raceForLock(t *testing.T, path string, takers int) (won int) {
	t.Helper()
	startR, startW := pipe(t)
	triedR, triedW := pipe(t)
	overR, overW := pipe(t)
	var all []*ipclab.Process
	for range takers {
		all = append(all, spawn(t, func() {
			startW.Close()
			overW.Close()
			startR.Read(make([]byte, 1)) // end of file, for all at once
			_, err := ipclab.NewLockFile(path)
			triedW.Write([]byte{1})
			overR.Read(make([]byte, 1))
			switch {
			case err == nil:
				os.Exit(10)
			case !errors.Is(err, unix.EEXIST):
				fmt.Fprintln(os.Stderr, err)
				os.Exit(20)
			}
		}))
	}
	within(t, func() {
		startW.Close()
		for range takers {
			triedR.Read(make([]byte, 1))
		}
		overW.Close()
	})
	for _, p := range all {
		status, err := p.Wait()
		if err != nil || status.ExitCode()%10 != 0 || status.ExitCode() == 20 {
			t.Fatalf("a taker %v, %v", status, err)
		}
		won += status.ExitCode() / 10
	}
	startR.Close()
	triedR.Close()
	triedW.Close()
	overR.Close()
	return won
}

// TestLockFileKeepsOthersOut lets processes take and give back a lock while they are killed at random places, the lock
// held or not. A word in shared memory says who is inside: nobody may be there together with a living process.
func TestLockFileKeepsOthersOut(t *testing.T) {
	const processes, times, kills = 4, 60, 12
	const inside, entries, faults = 0, 8, 16
	words, err := shm.New(64, true)
	if err != nil {
		t.Fatal(err)
	}
	path := lockPath(t)
	work := func() {
		self := uint64(os.Getpid())
		for range times {
			lock, err := ipclab.NewLockFileWithin(path, 20*time.Second)
			if err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(1)
			}
			if other := words.Load64(inside); other != 0 && other != self && stillRuns(int(other)) {
				words.Add64(faults, 1)
			}
			words.Store64(inside, self)
			words.Add64(entries, 1)
			unix.Syscall(unix.SYS_SCHED_YIELD, 0, 0, 0)
			if words.Load64(inside) != self {
				words.Add64(faults, 1)
			}
			words.Store64(inside, 0)
			if err := lock.Unlock(); err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(1)
			}
		}
	}
	var all []*ipclab.Process
	for range processes {
		all = append(all, spawn(t, work))
	}
	for i := range kills {
		before := words.Load64(entries)
		for words.Load64(entries) < before+uint64(i%3) && stillRuns(all[i%processes].Pid()) { // at another place each time
			runtime.Gosched()
		}
		victim := i % processes
		all[victim].Kill()
		all[victim].Wait()
		all[victim] = spawn(t, work)
	}
	within(t, func() {
		for _, p := range all {
			if status, err := p.Wait(); err != nil || status.ExitCode() != 0 {
				t.Error(status, err)
			}
		}
	})
	if n := words.Load64(faults); n > 0 || words.Load64(entries) < processes*times {
		t.Errorf("%d times two processes held the lock; it was taken %d times", n, words.Load64(entries))
	}
}

// stillRuns reports whether a process has not ended. One that is just being waited for is dead for a moment, 'X', and no zombie
// any more.
func stillRuns(pid int) bool {
	s, err := proc.ReadStat(pid)
	return err == nil && s.State != 'Z' && s.State != 'X'
}

// TestLockFileWaits: who waits goes on when the owner unlocks, and when it is killed.
func TestLockFileWaits(t *testing.T) {
	path := lockPath(t)
	for _, c := range []struct {
		name string
		end  func(p *ipclab.Process, goOn ipclab.FD)
	}{
		{"unlocked", func(p *ipclab.Process, goOn ipclab.FD) { goOn.Write([]byte{1}) }},
		{"killed", func(p *ipclab.Process, goOn ipclab.FD) { p.Kill() }},
	} {
		r, w := pipe(t)
		goOnR, goOnW := pipe(t)
		holder := spawn(t, func() {
			lock, _ := ipclab.NewLockFile(path)
			w.Write([]byte{1})
			goOnR.Read(make([]byte, 1))
			lock.Unlock()
			unix.Ppoll(nil, nil, nil)
		})
		waiter := spawn(t, func() {
			r.Read(make([]byte, 1))
			if lock, err := ipclab.NewLockFileWithin(path, 20*time.Second); err != nil || lock.Unlock() != nil {
				os.Exit(1)
			}
		})
		awaitCallOf(t, waiter.Pid(), unix.SYS_PPOLL)
		c.end(holder, goOnW)
		within(t, func() {
			if status, err := waiter.Wait(); err != nil || status.ExitCode() != 0 {
				t.Errorf("%s: the waiter %v, %v", c.name, status, err)
			}
		})
		holder.Kill()
		holder.Wait()
	}
}

// awaitCallOf waits until a thread of the process sits in a system call.
func awaitCallOf(t *testing.T, pid, call int) {
	t.Helper()
	within(t, func() {
		for {
			tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/syscall", pid))
			for _, name := range tasks {
				text, _ := os.ReadFile(name)
				if strings.HasPrefix(string(text), fmt.Sprint(call)+" ") {
					return
				}
			}
			runtime.Gosched()
		}
	})
}

// TestTakerComesTooLate: between a taker's look at a stale file and its lock on it, another has made the file anew.
func TestTakerComesTooLate(t *testing.T) {
	path := lockPath(t)
	staleLock(t, path)
	stale, err := ipclab.Open(path, unix.O_RDWR|unix.O_CLOEXEC)
	if err != nil {
		t.Fatal(err)
	}
	defer stale.Close()
	if err := stale.Flock(unix.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	taker := spawn(t, func() {
		if _, err := ipclab.NewLockFile(path); errors.Is(err, unix.EEXIST) {
			os.Exit(3)
		}
	})
	awaitCallOf(t, taker.Pid(), unix.SYS_FLOCK)
	os.Remove(path)
	held, err := ipclab.NewLockFile(path)
	if err != nil {
		t.Fatal(err)
	}
	stale.Flock(unix.LOCK_UN)
	if status, err := taker.Wait(); err != nil || status.ExitCode() != 3 {
		t.Errorf("the taker %v, %v; want that the lock is held", status, err)
	}
	if err := held.Unlock(); err != nil {
		t.Error(err)
	}
}
