package supervisor

import (
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/runtime/fork"
	"ipclab/runtime/process"
	"ipclab/runtime/wire"
)

// State is what the kernel process knows of what cells have defined. It goes
// back together with the runtime process.
type State interface {
	// Snapshot returns something by which Restore finds the present state.
	Snapshot() any
	// Restore takes the state back to a snapshot, or to nothing at all if that is
	// nil. It may be called at any time.
	Restore(snapshot any)
}

// A frozenCopy is a copy of a runtime process that stands still until it is
// woken to go on in that one's place.
type frozenCopy struct {
	control  int // this end of the socket by which it is woken
	pid      int
	pidfd    int
	status   <-chan unix.WaitStatus
	snapshot any // of State, at the time of the copy
	log      []logged
}

// state is the snapshot that belongs to the copy once its log has been run again.
func (c *frozenCopy) state() any {
	if n := len(c.log); n > 0 {
		return c.log[n-1].snapshot
	}
	return c.snapshot
}

// maxLog is how many cells are run again at most.
const maxLog = 16

// copies are the frozen copies of the runtime process, as far as there are any.
type copies struct {
	base     *frozenCopy // with nothing defined
	previous *frozenCopy // as it was before the last cell
	current  *frozenCopy // as it is between cells
}

// all lists the places of the copies.
func (c *copies) all() []**frozenCopy { return []**frozenCopy{&c.base, &c.previous, &c.current} }

// pids lists their processes.
func (c *copies) pids() []int {
	var list []int
	for _, place := range c.all() {
		if *place != nil {
			list = append(list, (*place).pid)
		}
	}
	return list
}

// discard ends a copy, and forgets it.
func discard(place **frozenCopy) {
	c := *place
	*place = nil
	if c == nil {
		return
	}
	_ = unix.PidfdSendSignal(c.pidfd, unix.SIGKILL, nil, 0)
	unix.Close(c.control)
	unix.Close(c.pidfd)
}

// freezeLimit bounds the wait for a copy. It is longer than fork.Freeze takes in
// the worst case.
const freezeLimit = 20 * time.Second

// askCopy asks a runtime process for a frozen copy, which it makes before it does
// what it is asked next. It returns this end of the copy's control socket.
func (in *instance) askCopy() (control int, err error) {
	ours, theirs, err := wire.Pair()
	if err != nil {
		return -1, err
	}
	err = in.request(wire.KindFreeze, wire.Freeze{}, theirs)
	unix.Close(theirs)
	if err != nil {
		unix.Close(ours)
		return -1, err
	}
	return ours, nil
}

// awaitCopy waits for the copy at the other end of control.
func awaitCopy(control int, r *reaper, snapshot any) (*frozenCopy, error) {
	err := waitReadable(control, freezeLimit)
	packet, n := make([]byte, 512), 0
	if err == nil {
		n, err = unix.Read(control, packet)
	}
	c := &frozenCopy{control: control, snapshot: snapshot}
	if err == nil {
		c.pid, err = fork.FrozenPID(packet[:n])
	}
	if err == nil {
		err = c.watch(r)
	}
	if err != nil {
		unix.Close(control)
		return nil, fmt.Errorf("copy the runtime process: %w", err)
	}
	return c, nil
}

// waitReadable waits until fd can be read or is at its end.
func waitReadable(fd int, limit time.Duration) error {
	fds := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
	for end := time.Now().Add(limit); ; {
		n, err := unix.Poll(fds, int(time.Until(end).Milliseconds())+1)
		switch {
		case err == unix.EINTR:
		case err != nil:
			return os.NewSyscallError("poll", err)
		case n == 0:
			return fmt.Errorf("no answer in %v: %w", limit, unix.ETIMEDOUT)
		default:
			return nil
		}
	}
}

// watch makes sure that the process is a child of this one, as the copy of a
// child is, and has its status kept when it ends.
func (c *frozenCopy) watch(r *reaper) (err error) {
	_, c.status, err = r.start(func() (int, error) {
		if err := unix.Waitid(unix.P_PID, c.pid, nil, unix.WEXITED|unix.WNOHANG|unix.WNOWAIT, nil); err != nil {
			return 0, os.NewSyscallError("waitid", err)
		}
		fd, err := unix.PidfdOpen(c.pid, 0)
		c.pidfd = fd
		return c.pid, os.NewSyscallError("pidfd_open", err)
	})
	return err
}

// wake lets the copy go on as a runtime process of its own.
func (c *frozenCopy) wake(o Options) (*instance, error) {
	ours, theirs, err := connect()
	if err != nil {
		return nil, err
	}
	fds := make([]int, len(theirs))
	for i, fd := range theirs {
		fds[i] = int(fd)
		defer unix.Close(fds[i])
	}
	ended, other, err := wire.Pair()
	if err == nil {
		unix.Close(other)
		defer unix.Close(ended)
		err = unix.SetNonblock(fds[5], true)
	}
	if err == nil {
		err = fork.Wake(c.control, process.HandOver(fds[0], fds[1], fds[2], fds[3], fds[4], fds[5], ended))
	}
	if err != nil {
		ours.close()
		return nil, fmt.Errorf("wake the copy of the runtime process: %w", err)
	}
	unix.Close(c.control)
	ours.pidfd = c.pidfd
	return newInstance(o, c.pid, ours, c.status), nil
}
