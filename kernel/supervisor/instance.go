package supervisor

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"

	"ipclab/runtime/process"
	"ipclab/runtime/reap"
	"ipclab/runtime/wire"
)

// An instance is one runtime process.
type instance struct {
	pid      int
	requests *wire.Conn
	events   *wire.Conn
	ready    chan struct{} // closed when the runtime can run cells
	prepared chan struct{} // closed when cells that had to be run again have been
	came     Kept          // of what the process before it left; valid once that is replaced
	lost     []string      // descriptors that it does not have any more, if it is a woken copy; valid once ready is closed
	ended    chan struct{} // closed when it is gone and its output is read
	status   <-chan unix.WaitStatus
	exit     unix.WaitStatus // valid once ended is closed
	replaced chan struct{}   // closed when the supervisor has dealt with its end
	next     *instance       // what has taken its place; valid once replaced is closed, as is kept
	kept     Kept
	orphans  bool // processes below it were ended after its death
	told     bool // a cell has ended with its death; guarded by the supervisor's mu

	// using is held for reading while the pump's descriptors are used by
	// another goroutine, for writing while they are closed: a number that is
	// closed may at once belong to something else.
	using sync.RWMutex
	fds   instanceFDs
	gone  bool // the descriptors are closed

	looks looks

	// mu guards what follows. The pump holds it while it deals with output,
	// the runner of a cell while it begins one.
	mu         sync.Mutex
	text       textBuffer
	output     Output
	done       chan wire.Done // where the running cell's end is awaited; nil between cells
	cell       uint64         // id of the running or last cell
	stdinSpent bool           // standard input is at its end
}

// instanceFDs is the kernel's ends of the connections to a runtime process.
type instanceFDs struct {
	stdin, stdout, stderr      int
	requests, events, lifeline int
	pidfd                      int
}

func (f *instanceFDs) close() {
	for _, fd := range []int{f.stdin, f.stdout, f.stderr, f.requests, f.events, f.lifeline, f.pidfd} {
		if fd >= 0 {
			unix.Close(fd)
		}
	}
}

// pipeCapacity is that of the pipes for output: the more fits, the seldomer
// the runtime waits for the kernel.
const pipeCapacity = 1 << 20

// startInstance starts a runtime process with nothing defined.
func startInstance(o Options, r *reaper) (*instance, error) {
	ours, theirs, err := connect()
	if err != nil {
		return nil, err
	}
	defer func() {
		for _, fd := range theirs {
			unix.Close(int(fd))
		}
	}()
	attributes := &syscall.ProcAttr{
		Env: append(os.Environ(), reap.MarkVariable+"="+o.Mark, process.LeftoversVariable+"="+o.Leftovers),
		// Its own process group: what the terminal sends to Jupyter's group
		// is not for cells, and an interrupt reaches all of a cell's children.
		Sys:   &syscall.SysProcAttr{Setpgid: true},
		Files: theirs,
	}
	// Before the reaper may have its status, for then the number is no one's.
	pid, status, err := r.start(func() (pid int, err error) {
		if pid, err = syscall.ForkExec(o.Path, o.Args, attributes); err != nil {
			return 0, fmt.Errorf("start the runtime process %s: %w", o.Path, err)
		}
		if ours.pidfd, err = unix.PidfdOpen(pid, 0); err != nil {
			_ = unix.Kill(pid, unix.SIGKILL)
			return 0, fmt.Errorf("watch the runtime process: %w", os.NewSyscallError("pidfd_open", err))
		}
		return pid, nil
	})
	if err != nil {
		ours.close()
		return nil, err
	}
	return newInstance(o, pid, ours, status), nil
}

// newInstance begins to take what comes from a runtime process.
func newInstance(o Options, pid int, fds instanceFDs, status <-chan unix.WaitStatus) *instance {
	in := &instance{
		pid: pid, fds: fds, status: status,
		requests: wire.NewConn(fds.requests), events: wire.NewConn(fds.events),
		ready: make(chan struct{}), prepared: make(chan struct{}), ended: make(chan struct{}), replaced: make(chan struct{}),
		text: textBuffer{limit: o.TextLimit, dir: o.KeptTexts},
	}
	go in.pump()
	return in
}

// connect makes the pipes and sockets; theirs are the runtime's ends in the
// order of their numbers there.
func connect() (ours instanceFDs, theirs []uintptr, err error) {
	ours = instanceFDs{-1, -1, -1, -1, -1, -1, -1}
	defer func() {
		if err != nil {
			ours.close()
			for _, fd := range theirs {
				unix.Close(int(fd))
			}
		}
	}()
	add := func(mine *int, own, other int, e error) {
		if e != nil {
			err = e
			return
		}
		*mine, theirs = own, append(theirs, uintptr(other))
	}
	r, w, e := pipe()
	add(&ours.stdin, w, r, e)
	r, w, e = pipe()
	add(&ours.stdout, r, w, e)
	r, w, e = pipe()
	add(&ours.stderr, r, w, e)
	a, b, e := wire.Pair()
	add(&ours.requests, a, b, e)
	a, b, e = wire.Pair()
	add(&ours.events, a, b, e)
	r, w, e = pipe()
	add(&ours.lifeline, w, r, e)
	if err != nil {
		return ours, theirs, err
	}
	for _, fd := range []int{ours.stdout, ours.stderr} {
		// A smaller pipe is slower, no more: an unprivileged user may have
		// used up his share (pipe(7), pipe-user-pages-soft).
		_, _ = unix.FcntlInt(uintptr(fd), unix.F_SETPIPE_SZ, pipeCapacity)
		if err = unix.SetNonblock(fd, true); err != nil {
			return ours, theirs, os.NewSyscallError("fcntl", err)
		}
	}
	return ours, theirs, nil
}

func pipe() (r, w int, err error) {
	var p [2]int
	err = unix.Pipe2(p[:], unix.O_CLOEXEC)
	return p[0], p[1], os.NewSyscallError("pipe2", err)
}

// begin prepares the instance for a cell: what was put out before goes to the
// cell before, what comes from now on to this one.
func (in *instance) begin(o Output, id uint64) <-chan wire.Done {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.drain()
	in.text.begin(o)
	in.output, in.cell = o, id
	in.done = make(chan wire.Done, 1)
	return in.done
}

// finish puts out the last text of a cell that has ended.
func (in *instance) finish() {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.done = nil
	in.text.end()
}

// hasEnded reports whether a cell has ended, as the runtime process says or by its
// death: that may not be known yet, where a slow client has not taken what the cell
// has put out before. It waits until that is taken.
func (in *instance) hasEnded(cell uint64) bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	if !in.gone {
		in.receiveEvents()
	}
	return in.gone || in.done == nil || in.cell != cell
}

// flush puts out what the cell has written so far.
func (in *instance) flush() {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.drain()
	in.text.flush(true)
}

func (in *instance) lastWords() string {
	in.mu.Lock()
	defer in.mu.Unlock()
	return lastWords(in.text.lastErr)
}

// errGone is the error of using a runtime process that has ended.
var errGone = errors.New("the runtime process has ended")

// isGone tells the errors of sending to a process that has ended.
func isGone(err error) bool {
	return errors.Is(err, errGone) || errors.Is(err, unix.EPIPE) || errors.Is(err, unix.ECONNRESET)
}

// use runs f with the descriptors, which stay open meanwhile. Every goroutine
// but the pump goes through it.
func (in *instance) use(f func(*instanceFDs) error) error {
	in.using.RLock()
	defer in.using.RUnlock()
	if in.gone {
		return errGone
	}
	return f(&in.fds)
}

// change is use for what replaces or closes a descriptor.
func (in *instance) change(f func(*instanceFDs) error) error {
	in.using.Lock()
	defer in.using.Unlock()
	if in.gone {
		return errGone
	}
	return f(&in.fds)
}

// request sends a frame to the runtime process.
func (in *instance) request(kind wire.Kind, body any, fds ...int) error {
	return in.use(func(*instanceFDs) error { return in.requests.Send(kind, body, fds...) })
}

// kill ends the runtime process at once.
func (in *instance) kill() {
	_ = in.use(func(f *instanceFDs) error { return unix.PidfdSendSignal(f.pidfd, unix.SIGKILL, nil, 0) })
}
