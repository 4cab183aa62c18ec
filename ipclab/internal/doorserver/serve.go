package doorserver

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/doorwire"
	"ipclab/runtime/fork"
)

// linger is how long a connection that was just served is waited on by its own goroutine, which spares a caller that
// calls again at once the way through the hub. It holds no server thread meanwhile.
const linger = 2 * time.Millisecond

// A conn is a connection: calls and answers, one after another.
type conn struct {
	link   *link
	from   *reference
	caller Caller // without real ids
}

// serve answers the call that has come, and more, until none comes for a while.
func (c *conn) serve() {
	for {
		m, err := doorwire.Receive(c.link.fd, unix.MSG_DONTWAIT)
		switch {
		case err == unix.EINTR:
			continue
		case err == unix.EAGAIN:
		case err == unix.EMFILE:
			(&Call{conn: c}).failed(unix.EMFILE)
		case err != nil:
			c.end()
			return
		default:
			c.take(m)
		}
		if !pollBriefly(c.link.fd) {
			c.link.arm()
			return
		}
	}
}

// pollBriefly reports whether something is there to receive, the end included, within the time to linger.
func pollBriefly(fd int) bool {
	fds := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN | unix.POLLRDHUP}}
	n, err := unix.Poll(fds, int(linger.Milliseconds()))
	return n > 0 || err == unix.EINTR
}

// end drops the connection.
func (c *conn) end() {
	c.from.forget(c)
	c.link.drop()
}

// take checks a message and has the procedure answer it, or says what is wrong with it.
func (c *conn) take(m *doorwire.Message) {
	if call := c.admit(m); call != nil {
		c.from.door.run(call, c.serve)
	}
}

// admit makes a message a call, for which a thread was taken. It returns nil if that was not to be, which the client was told
// if it is still there.
func (c *conn) admit(m *doorwire.Message) *Call {
	d := c.from.door
	call := &Call{Door: d, Caller: c.caller, conn: c, pid: d.hub.pid}
	if m.Kind != doorwire.Call || m.Sender == nil || int(m.Sender.Pid) != c.caller.PID {
		m.Close()
		c.link.shutdown(unix.SHUT_RDWR) // no client of ours does that
		return nil
	}
	call.Caller.RUID, call.Caller.RGID = int(m.Sender.Uid), int(m.Sender.Gid)
	if errno := d.check(m); errno != 0 {
		m.Close()
		call.failed(errno)
		return nil
	}
	if waited := d.threads.take(); waited && c.left() || os.Getpid() != d.hub.pid { // in a child, the call is the parent's
		m.Close()
		d.threads.give()
		return nil
	}
	errno := d.state()
	if errno == 0 && m.Load(nil) != nil {
		errno = unix.EINVAL
	}
	if errno != 0 {
		m.Close()
		d.threads.give()
		call.failed(errno)
		return nil
	}
	call.Data, call.Files = m.Data, m.Files
	return call
}

// left reports whether the client is gone, or has given the call up.
func (c *conn) left() bool {
	fds := []unix.PollFd{{Fd: int32(c.link.fd), Events: unix.POLLRDHUP}}
	n, _ := unix.Poll(fds, 0)
	return n > 0
}

// Returned is what a procedure panics with to end when it has answered. It is no runtime.Goexit, for a new goroutine would
// have to go on, and to start that takes several times as long as the call.
type Returned struct{}

// DoorReturned tells it from other panics, also for packages that do not know this one.
func (Returned) DoorReturned() {}

// run calls the procedure with the thread that was taken, and gives that back. If the procedure ends its goroutine,
// another goes on with what comes next.
func (d *Door) run(call *Call, next func()) {
	runtime.LockOSThread()
	here, generation := thread(), forks.Load()
	running.Store(here, call)
	ended := true // the goroutine, unless it turns out otherwise
	defer func() {
		value := recover()
		running.Delete(here)
		if forks.Load() != generation && forker.Load() == int64(thread()) {
			endChild(value)
		}
		runtime.UnlockOSThread()
		if value != nil {
			d.panics(value)
			ended = false
		}
		call.failed(unix.EINTR)
		d.threads.give()
		if ended {
			go next()
		}
	}()
	debug.SetPanicOnFault(true)
	d.procedure(call)
	ended = false
	call.Reply(nil, nil) // unless it has answered
}

// panics tells of a panic that was not meant.
func (d *Door) panics(value any) {
	if _, ok := value.(Returned); !ok {
		d.panicked(value)
	}
}

// forks counts how often this process and its forebears were forked; forker is the thread that made the last fork, by its
// number in the child. A procedure keeps its thread, so that it can see whether it was the one: what other threads were
// in the middle of goes on in the child, as all goroutines do.
var (
	forks  atomic.Uint32
	forker atomic.Int64
)

func init() {
	fork.OnChild(func() {
		forker.Store(int64(thread()))
		forks.Add(1)
	})
}

func thread() int { return unix.Gettid() }

// endChild ends a process that the procedure has forked and that came to its end.
func endChild(panicked any) {
	if _, ok := panicked.(Returned); panicked != nil && !ok {
		fmt.Fprintf(os.Stderr, "panic in process %d: %v\n", os.Getpid(), panicked)
		unix.Exit(2)
	}
	unix.Exit(0)
}
