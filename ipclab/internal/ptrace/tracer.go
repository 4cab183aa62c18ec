package ptrace

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/signame"
)

// Mark is the first argument of prctl(2) by which the traced process says to the tracer, with Begin or Finish as the second,
// what is to be recorded. For the kernel it means nothing, and fails.
const (
	Mark   = 0x6970634c
	Begin  = 1
	Finish = 2
)

const options = unix.PTRACE_O_TRACESYSGOOD | unix.PTRACE_O_TRACEFORK | unix.PTRACE_O_TRACEVFORK | unix.PTRACE_O_TRACECLONE | unix.PTRACE_O_TRACEEXEC

// A tracer follows processes.
type tracer struct {
	tasks     map[int]*task
	recording bool
	begun     time.Time
	most      int
	report    Report
	look      Look
	hidden    map[int]bool // processes that work for this program, not for its user; those that have ended too
}

// A task is a thread that is traced.
type task struct {
	tid, pid int
	program  string
	foreign  bool  // it runs another program than the tracer does
	call     *call // the call it is in, if that is recorded
	schedule *os.File
	last     usage // as read last
}

// Run attaches to all threads of a process, calls attached, and follows it from the mark Begin to the mark Finish, or until
// nothing is left to follow. It keeps at most so many events.
// On return all that was attached still is: it goes on when the calling process ends.
func Run(pid, most int, look Look, attached func()) Report {
	runtime.LockOSThread()
	t := &tracer{tasks: map[int]*task{}, most: most, look: look, hidden: map[int]bool{}}
	if err := t.attach(pid); err != nil {
		t.report.Error = err.Error()
		t.report.Errno, _ = errors.AsType[unix.Errno](err)
		return t.report
	}
	attached()
	t.follow()
	t.unfinished()
	return t.report
}

// attach seizes the threads of a process until there are no more, and has them stop so that they can be followed.
func (t *tracer) attach(pid int) error {
	for found := true; found; {
		found = false
		entries, err := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid))
		if err != nil {
			return err
		}
		for _, e := range entries {
			tid, err := strconv.Atoi(e.Name())
			if err != nil || t.tasks[tid] != nil {
				continue
			}
			switch err := seize(tid, options); {
			case err == unix.ESRCH: // it has ended
			case err == unix.EPERM && t.tasks[pid] != nil: // a thread that was made meanwhile is attached already
				t.task(tid)
				found = true
			case err != nil:
				return fmt.Errorf("ptrace: attach to thread %d of process %d: %w", tid, pid, err)
			default:
				t.task(tid)
				found = true
				_ = unix.PtraceInterrupt(tid)
			}
		}
	}
	return nil
}

// task returns what is known of a thread.
func (t *tracer) task(tid int) *task {
	k := t.tasks[tid]
	if k == nil {
		k = &task{tid: tid, pid: process(tid)}
		t.inherit(k)
		k.program, k.foreign = programOf(k.pid)
		t.tasks[tid] = k
	}
	return k
}

// follow handles one stop after another.
func (t *tracer) follow() {
	for len(t.tasks) > 0 {
		var status unix.WaitStatus
		tid, err := unix.Wait4(-1, &status, unix.WALL, nil)
		switch {
		case err == unix.EINTR:
			continue
		case err != nil:
			return
		}
		if !status.Stopped() {
			t.ended(tid, status)
			continue
		}
		if t.stopped(t.task(tid), status) {
			return
		}
	}
}

// The events of a stop that ptrace(2) encodes beside the signal.
const eventStop = unix.PTRACE_EVENT_STOP

// stopped handles the stop of a thread; finished means that nothing more is to be recorded.
func (t *tracer) stopped(k *task, status unix.WaitStatus) (finished bool) {
	signal, event := status.StopSignal(), int(status)>>16
	switch {
	case signal == unix.SIGTRAP|0x80:
		if t.atCall(k) {
			return true
		}
		signal = 0
	case event == unix.PTRACE_EVENT_EXEC:
		t.executed(k)
		signal = 0
	case event == eventStop && signal != unix.SIGTRAP:
		_ = listen(k.tid) // the process is stopped, by SIGSTOP for example: so it stays
		return false
	case event == unix.PTRACE_EVENT_FORK, event == unix.PTRACE_EVENT_VFORK, event == unix.PTRACE_EVENT_CLONE:
		t.made(k)
		signal = 0
	case event != 0:
		signal = 0
	default:
		t.signal(k, signal)
	}
	_ = unix.PtraceSyscall(k.tid, int(signal))
	return false
}

// executed forgets the threads that the new program does not have. The thread that executed it has the number of the first
// one now; the calls of the others do not return.
func (t *tracer) executed(k *task) {
	former, err := unix.PtraceGetEventMsg(k.tid)
	for tid, other := range t.tasks {
		if other.pid != k.pid || tid == k.tid {
			continue
		}
		if err == nil && tid == int(former) {
			k.call, other.call = other.call, k.call
			k.forget()
		}
		t.leave(other)
		other.forget()
		delete(t.tasks, tid)
	}
	k.program, k.foreign = programOf(k.pid)
}

// ended forgets a thread.
func (t *tracer) ended(tid int, status unix.WaitStatus) {
	k := t.tasks[tid]
	if k == nil {
		return
	}
	delete(t.tasks, tid)
	t.leave(k)
	k.forget()
	if tid != k.pid {
		return
	}
	e := k.event(End, time.Since(t.begun))
	e.Inside = t.hidden[k.pid]
	switch {
	case status.Signaled():
		e.Text = "killed by " + signame.Of(status.Signal())
	default:
		e.Text = fmt.Sprintf("exited with status %d", status.ExitStatus())
	}
	t.keep(e)
}

// keep adds an event.
func (t *tracer) keep(e Event) {
	switch {
	case !t.recording:
	case len(t.report.Events) >= t.most:
		t.report.Lost++
	default:
		t.report.Events = append(t.report.Events, e)
	}
}
