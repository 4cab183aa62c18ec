package ipclab

import (
	"encoding/gob"
	"fmt"
	"io"
	"os"
	"sync"
	"sync/atomic"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/proc"
	"ipclab/ipclab/internal/ptrace"
)

// straceMost is how many events Strace keeps.
const straceMost = 100_000

// Strace calls f and returns the system calls that it made meanwhile: those of this process, and of all processes that f
// starts, with their arguments, results and times, as strace(1) shows them.
//
//	ipclab.Strace(func() {
//		fmt.Println("hello")
//	})
//
// f runs here, as if it were called without Strace: what it assigns stays. A process of its own, which is gone when
// Strace returns, watches through ptrace(2). It stops the traced process twice at each call, some 50 µs in all: use it to
// see which calls there are, not how fast they are.
//
// The calls that the Go runtime makes for its scheduler, collector and poller, and Fork beside its clone, are left out;
// All shows them. Calls that other goroutines make meanwhile are there too. Of the events, the first 100,000 are kept.
//
// A program is traced by starting it in f, with Spawn and Exec, Pipeline or os/exec. Processes that f leaves running go on
// untraced.
//
// If f panics, so does Strace. Errors, before f is called: EBUSY if a trace of this process has not ended yet, one in f or in
// another goroutine for example; EPERM where processes may not be traced, in a container without the capability SYS_PTRACE for
// example, or under a debugger; ENOSYS where Linux is older than 5.3.
func Strace(f func()) (t *SyscallTrace, err error) {
	if f == nil {
		return nil, &Error{Call: "Strace", Arg: "f", Err: because(unix.EINVAL, "there is no function to call")}
	}
	stop, err := StartStrace()
	if err != nil {
		return nil, err
	}
	func() {
		defer func() { t, err = stop() }() // also if f panics
		f()
	}()
	return t, err
}

// StartStrace begins what Strace does, and returns the function that ends it and gives the trace: for code that is not one
// call of a function. Between the two nothing else may be traced. The errors are those of Strace; those of stop are EINVAL
// if it is called again and, in a forked child, which cannot end its parent's trace, ECHILD.
func StartStrace() (stop func() (*SyscallTrace, error), err error) {
	starting.Lock()
	defer starting.Unlock()
	if traced.Swap(int64(os.Getpid())) == int64(os.Getpid()) {
		return nil, &Error{Call: "Strace", Err: because(unix.EBUSY, "a trace of this process has not ended yet, and there can be one at a time; the function that StartStrace returned ends it")}
	}
	defer func() {
		if stop == nil { // also if the cell is interrupted here
			traced.Store(0)
		}
	}()
	w, err := startWatcher()
	if err != nil {
		return nil, err
	}
	mark(ptrace.Begin)
	return w.finish, nil
}

// traced is the number of the process whose trace was begun last; 0 when that has ended. A forked child inherits that of its
// parent, which does not stand in its way.
var traced atomic.Int64

// starting is held while a watcher is forked. In the watcher, which has all goroutines too, it stays locked, so that none of
// them starts a trace there: that would stop the watcher.
var starting sync.Mutex

// A watcher is the process that traces this one.
type watcher struct {
	owner  int // the process that it traces
	child  *child
	report *os.File // where it leaves what it has seen
	ended  atomic.Bool
}

// startWatcher forks it and waits until it has attached to this process.
func startWatcher() (*watcher, error) {
	fd, err := unix.MemfdCreate("strace", unix.MFD_CLOEXEC)
	if err != nil {
		return nil, &Error{Call: "memfd_create", Err: err}
	}
	w := &watcher{owner: os.Getpid(), report: os.NewFile(uintptr(fd), "strace")}
	var ready [2]int
	if err := unix.Pipe2(ready[:], unix.O_CLOEXEC); err != nil {
		w.report.Close()
		return nil, &Error{Call: "pipe2", Err: err}
	}
	w.child, err = forkLone()
	if err == nil && w.child == nil {
		w.watch(os.Getppid(), ready[1])
	}
	unix.Close(ready[1])
	defer unix.Close(ready[0])
	if err != nil {
		w.report.Close()
		return nil, err
	}
	// Where only ancestors may trace (Yama), the watcher may all the same; elsewhere this fails, and is not needed.
	_ = unix.Prctl(unix.PR_SET_PTRACER, uintptr(w.child.pid), 0, 0, 0)
	if n, _ := retry(func() (int, error) { return unix.Read(ready[0], make([]byte, 1)) }); n == 1 {
		return w, nil
	}
	report, err := w.collect()
	if err == nil {
		err = notTraced(report)
	}
	return nil, err
}

// notTraced is the error of a watcher that could not attach.
func notTraced(r ptrace.Report) error {
	if r.Errno == unix.EPERM {
		return &Error{Call: "Strace", Err: because(unix.EPERM, "%s; a process may be traced by one tracer at a time, and in a container only with the capability SYS_PTRACE (docker run --cap-add=SYS_PTRACE)", r.Error)}
	}
	return &Error{Call: "Strace", Err: fmt.Errorf("%s: %w", r.Error, r.Errno)}
}

// watch is what the watcher does; it does not return. It is in a process group of its own, so that an interrupt, which is
// for what it watches, does not end it.
func (w *watcher) watch(pid, ready int) {
	defer unix.Exit(1)
	_ = unix.Setpgid(0, 0)
	c := new(channels)
	report := ptrace.Run(pid, straceMost, ptrace.Look{Describe: describeDescriptor, Channel: c.of, Changed: c.forget}, func() { unix.Write(ready, []byte{1}) })
	if gob.NewEncoder(w.report).Encode(report) == nil {
		unix.Exit(0)
	}
}

func describeDescriptor(pid, fd int) string {
	d, err := proc.Lookup(pid, fd)
	if err != nil {
		return ""
	}
	return d.Describe()
}

// mark tells the watcher where the part to record begins and ends.
func mark(what uintptr) {
	_ = unix.Prctl(ptrace.Mark, what, 0, 0, 0)
}

// finish ends the trace and returns what the watcher has seen.
func (w *watcher) finish() (*SyscallTrace, error) {
	if os.Getpid() != w.owner {
		return nil, &Error{Call: "Strace", Err: because(unix.ECHILD, "only the process that began a trace can end it")}
	}
	if w.ended.Swap(true) {
		return nil, &Error{Call: "Strace", Err: because(unix.EINVAL, "this trace has been stopped already; its first stop returned it")}
	}
	defer traced.Store(0)
	mark(ptrace.Finish)
	report, err := w.collect()
	if err != nil {
		return nil, err
	}
	return newSyscallTrace(report), nil
}

// collect waits for the watcher to end and reads its report.
func (w *watcher) collect() (r ptrace.Report, err error) {
	defer w.report.Close()
	status, _, err := w.child.wait()
	if err != nil {
		return r, &Error{Call: "wait", Arg: pidText(w.child.pid), Err: err}
	}
	if _, err = w.report.Seek(0, io.SeekStart); err == nil {
		err = gob.NewDecoder(w.report).Decode(&r)
	}
	if err != nil || status.ExitCode() != 0 {
		return r, &Error{Call: "Strace", Err: because(unix.EIO, "the watching process %v before it had reported", status)}
	}
	return r, nil
}
