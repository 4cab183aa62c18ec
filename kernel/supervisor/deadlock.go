package supervisor

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/runtime/reap"
)

// The Go runtime reports a deadlock when no goroutine can ever go on. In the
// runtime process it never does: there, one goroutine always waits for requests.
// So the kernel looks, from outside, whether anything could still wake the cell.

const (
	deadlockFirst = time.Second            // a cell that runs so long is looked at
	deadlockAgain = 250 * time.Millisecond // and so often,
	deadlockLooks = 3                      // and was asleep at so many looks, without having run between them
)

// watchDeadlock interrupts a cell that can never go on. It ends with the cell.
func (s *Supervisor) watchDeadlock(r *run) {
	look := time.NewTimer(deadlockFirst)
	defer look.Stop()
	var before string
	for asleep := 0; ; {
		select {
		case <-r.cell.Done():
			return
		case <-look.C:
			look.Reset(deadlockAgain)
		}
		now, ok := asleepForEver(r.in.pid)
		switch {
		case !ok:
			asleep = 0
		case now != before:
			asleep = 1
		default:
			asleep++
		}
		if before = now; asleep == deadlockLooks {
			if !r.in.hasEnded(r.id) { // and is asleep between two cells
				s.endDeadlock(r)
			}
			return
		}
	}
}

// endDeadlock interrupts a cell that can never go on, if it is still running.
func (s *Supervisor) endDeadlock(r *run) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running == r {
		r.deadlock = !r.interrupted
		s.interrupt(r)
	}
}

// asleepForEver tells whether a runtime process waits for nothing but requests:
// it has no child, no timer, no file that the network poller watches, and every
// thread is in a wait of the Go runtime's own. work is what its threads have done
// so far; what is the same a while later has not run.
func asleepForEver(pid int) (work string, ok bool) {
	tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*", pid))
	if err != nil || len(tasks) == 0 {
		return "", false
	}
	polling, receiving := 0, 0
	var done strings.Builder
	for _, task := range tasks {
		call, _ := os.ReadFile(task + "/syscall")
		status, _ := os.ReadFile(task + "/status")
		switch waitOf(call) {
		case waitForWork:
		case waitInPoller:
			polling++
		case waitForRequest:
			receiving++
		default:
			return "", false
		}
		if !blocksNothing(status) { // os/signal, which may report a signal to the cell
			return "", false
		}
		done.Write(call)
		done.Write(switches(status))
	}
	asleep := polling == 1 && receiving == 1 && watched(pid) <= ownWatched && len(reap.Descendants(pid, true)) == 0
	return done.String(), asleep
}

// Waits of a thread.
type wait int

const (
	waitOther      wait = iota
	waitForWork         // for another thread of the process
	waitInPoller        // in the network poller, without a timer
	waitForRequest      // for a packet
)

// waitOf reads /proc/PID/task/TID/syscall: the number of the call and its
// arguments, in hexadecimal. See proc_pid_syscall(5).
func waitOf(call []byte) wait {
	fields := strings.Fields(string(call))
	if len(fields) < 6 {
		return waitOther // it runs
	}
	argument := func(i int) uint64 {
		n, _ := strconv.ParseUint(strings.TrimPrefix(fields[i], "0x"), 16, 64)
		return n
	}
	const futexPrivate = 128 // FUTEX_PRIVATE_FLAG
	switch number, _ := strconv.Atoi(fields[0]); {
	case number == unix.SYS_FUTEX && argument(2) == futexPrivate: // FUTEX_WAIT
		return waitForWork
	case number == unix.SYS_EPOLL_PWAIT && int32(argument(4)) == -1:
		return waitInPoller
	case number == unix.SYS_RECVMSG:
		return waitForRequest
	}
	return waitOther
}

// line returns what stands behind a name in /proc/PID/task/TID/status.
func line(status []byte, name string) []byte {
	_, rest, _ := bytes.Cut(status, []byte("\n"+name+":"))
	value, _, _ := bytes.Cut(rest, []byte("\n"))
	return bytes.TrimSpace(value)
}

func blocksNothing(status []byte) bool {
	return len(bytes.Trim(line(status, "SigBlk"), "0")) == 0
}

// switches is how often a thread has waited, or was preempted.
func switches(status []byte) []byte {
	return bytes.Join([][]byte{line(status, "voluntary_ctxt_switches"), line(status, "nonvoluntary_ctxt_switches")}, []byte(" "))
}

// ownWatched is how many descriptors the network poller watches for the runtime
// itself: its wake-up and the lifeline.
const ownWatched = 2

// watched counts the descriptors that a process's epoll instances watch.
func watched(pid int) (n int) {
	links, _ := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", pid))
	for _, link := range links {
		if what, _ := os.Readlink(link); what == "anon_inode:[eventpoll]" {
			info, _ := os.ReadFile(fmt.Sprintf("/proc/%d/fdinfo/%s", pid, filepath.Base(link)))
			n += bytes.Count(info, []byte("tfd:"))
		}
	}
	return n
}
