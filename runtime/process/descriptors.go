package process

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"

	"ipclab/runtime/fork"
)

// Descriptors as the kernel hands them over.
const (
	requestsAt = 3
	eventsAt   = 4
	lifelineAt = 5
	handedOver = 6
)

// plumbingFrom is the lowest number used for descriptors of our own. Textbooks
// number a program's first pipe 3 and 4, and here it is so too.
const plumbingFrom = 200

// IsPlumbing reports whether a descriptor of a runtime process, or of a child that it has forked, has a number that is
// used for connections to the kernel.
func IsPlumbing(fd int) bool { return fd >= plumbingFrom }

// plumbing is the runtime's own descriptors, all close-on-exec.
type plumbing struct {
	requests, events, lifeline int
	kernel                     *os.File // the lifeline, watched by the network poller
	standard                   [3]int   // duplicates of 0, 1 and 2 as they are between cells
	ended                      int      // a socket that reads end of file
	unread                     [2]int   // read ends of the pipes at 1 and 2
}

// movePlumbing takes the handed-over descriptors out of the low numbers and
// initializes fork and the network poller while these are occupied, so that the
// poller's own descriptors too are above plumbingFrom.
func movePlumbing() (p plumbing, err error) {
	for _, d := range []struct {
		fd    int
		place *int
	}{{requestsAt, &p.requests}, {eventsAt, &p.events}, {lifelineAt, &p.lifeline}, {0, &p.standard[0]}, {1, &p.standard[1]}, {2, &p.standard[2]}} {
		if *d.place, err = duplicateHigh(d.fd); err != nil {
			return p, err
		}
	}
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return p, os.NewSyscallError("socketpair", err)
	}
	defer unix.Close(pair[0])
	unix.Close(pair[1])
	if p.ended, err = duplicateHigh(pair[0]); err != nil {
		return p, err
	}
	for i := range p.unread {
		if p.unread[i], err = duplicateHigh(p.ended); err != nil {
			return p, err
		}
		fork.ReplaceInChild(p.unread[i], p.ended)
	}
	p.holdReadEnds()
	for fd := handedOver; fd < plumbingFrom; fd++ {
		if _, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0); err == unix.EBADF {
			if err := unix.Dup3(requestsAt, fd, unix.O_CLOEXEC); err != nil {
				return p, os.NewSyscallError("dup3", err)
			}
			defer unix.Close(fd)
		}
	}
	_ = fork.Init() // where fork cannot work, fork.Fork says why; all else goes on
	if err := unix.SetNonblock(p.lifeline, true); err != nil {
		return p, os.NewSyscallError("fcntl", err)
	}
	p.kernel = os.NewFile(uintptr(p.lifeline), "lifeline")
	for fd := requestsAt; fd < handedOver; fd++ {
		unix.Close(fd)
	}
	fork.ReplaceInChild(p.requests, p.ended)
	return p, nil
}

func duplicateHigh(fd int) (int, error) {
	high, err := unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, plumbingFrom)
	return high, os.NewSyscallError("fcntl", err)
}

// holdReadEnds opens the read ends of standard output and standard error, under the numbers in unread. A cell that prints when
// the kernel is gone then waits, until watchLifeline has ended everything: without a reader, the write would end this process
// (package os/signal, SIGPIPE) and leave the rest. Children do not have them.
func (p *plumbing) holdReadEnds() {
	for i, fd := range p.standard[1:] {
		end, err := unix.Open(fmt.Sprintf("/proc/self/fd/%d", fd), unix.O_RDONLY|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
		if err != nil {
			continue // it is no pipe
		}
		_ = unix.Dup3(end, p.unread[i], unix.O_CLOEXEC)
		unix.Close(end)
	}
}

// setStandardInput makes fd, which it closes, standard input from now on.
func (p *plumbing) setStandardInput(fd int) error {
	if err := unix.Dup3(fd, p.standard[0], unix.O_CLOEXEC); err != nil {
		return os.NewSyscallError("dup3", err)
	}
	unix.Close(fd)
	return p.restoreStandard()
}

// restoreStandard undoes what a cell has done to descriptors 0, 1 and 2:
// redirected or closed them, or set them nonblocking, as some programs do to
// the pipe they share with us.
func (p *plumbing) restoreStandard() error {
	for fd, saved := range p.standard {
		if err := unix.Dup2(saved, fd); err != nil {
			return os.NewSyscallError("dup2", err)
		}
		flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFL, 0)
		if err == nil && flags&unix.O_NONBLOCK != 0 {
			_, err = unix.FcntlInt(uintptr(fd), unix.F_SETFL, flags&^unix.O_NONBLOCK)
		}
		if err != nil {
			return os.NewSyscallError("fcntl", err)
		}
	}
	return nil
}

// identities tells what is open as each of the runtime's own descriptors; zero is nothing.
func (p *plumbing) identities() (list [7][2]uint64) {
	for i, fd := range p.places() {
		var s unix.Stat_t
		if unix.Fstat(fd, &s) == nil {
			list[i] = [2]uint64{s.Dev, s.Ino}
		}
	}
	return list
}

// own lists the descriptors that cells are kept away from.
func (p *plumbing) own() []int {
	fds := []int{p.requests, p.events, p.lifeline, p.ended}
	return append(append(fds, p.standard[:]...), p.unread[:]...)
}

// places lists where a woken copy of this process has the descriptors of
// HandOver.
func (p *plumbing) places() []int {
	return []int{p.standard[0], p.standard[1], p.standard[2], p.requests, p.events, p.lifeline, p.ended}
}

// HandOver lists the descriptors with which the kernel wakes a frozen copy of
// a runtime process, in the order that the copy expects: as at the start, and a
// socket whose other end is closed. Reading lifeline must not block.
func HandOver(stdin, stdout, stderr, requests, events, lifeline, ended int) []int {
	return []int{stdin, stdout, stderr, requests, events, lifeline, ended}
}
