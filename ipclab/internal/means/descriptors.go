package means

import (
	"runtime"
	"slices"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/rawcall"
)

// descriptors is a Line of descriptors that are open before the fork: what each side reads from and writes to, by Side.
type descriptors struct {
	reads, writes [2]int
	others        []int // what neither side uses once it has joined
	end           func(in, out int) (End, error)
}

// Join closes the descriptors of the other side.
func (d *descriptors) Join(side Side) (End, error) {
	mine := []int{d.reads[side], d.writes[side]}
	for _, fd := range d.all() {
		if !slices.Contains(mine, fd) {
			unix.Close(fd)
		}
	}
	return d.end(mine[0], mine[1])
}

// Close closes all descriptors.
func (d *descriptors) Close() error {
	for _, fd := range d.all() {
		unix.Close(fd)
	}
	return nil
}

// all returns each descriptor once.
func (d *descriptors) all() []int {
	all := slices.Concat(d.reads[:], d.writes[:], d.others)
	slices.Sort(all)
	return slices.Compact(all)
}

// crossed makes the Line of two one-way channels, each given as {what is read from, what is written to}.
func crossed(there, back [2]int, end func(in, out int) (End, error)) *descriptors {
	return &descriptors{reads: [2]int{back[0], there[0]}, writes: [2]int{there[1], back[1]}, end: end}
}

// paired makes the Line of one channel that goes both ways.
func paired(client, server int, end func(in, out int) (End, error)) *descriptors {
	both := [2]int{client, server}
	return &descriptors{reads: both, writes: both, end: end}
}

// twice opens two of what open opens, or none.
func twice(open func() ([2]int, error)) (there, back [2]int, err error) {
	if there, err = open(); err != nil {
		return there, back, err
	}
	if back, err = open(); err != nil {
		closeBoth(there)
	}
	return there, back, err
}

func closeBoth(fds [2]int) {
	unix.Close(fds[0])
	if fds[1] != fds[0] {
		unix.Close(fds[1])
	}
}

// bytesEnd sends and receives with write(2) and read(2), as often as that takes.
type bytesEnd struct{ in, out int }

func newBytesEnd(in, out int) (End, error) {
	ownTable()
	return &bytesEnd{in, out}, nil
}

func (e *bytesEnd) Send(message []byte) error    { return rawcall.WriteFull(e.out, message) }
func (e *bytesEnd) Receive(message []byte) error { return rawcall.ReadFull(e.in, message) }

// ownTable gives the calling thread, on which the goroutine stays, a table of descriptors of its own: a copy. A C program
// with one thread has its table to itself, and Linux need not count who uses a file while a call goes on; with a table that
// threads share, this costs some 5 % of a round trip. What is to be closed has to be closed before, for all threads. Where
// the system refuses, calls are that much slower.
func ownTable() {
	runtime.LockOSThread()
	_ = unix.Unshare(unix.CLONE_FILES)
}
