//go:build linux && (amd64 || arm64) && !cgo

package fork

// Part of the conductor, in the child: only its thread exists. See doc.go.

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

const (
	maxPlaces   = 16
	lowestPlace = 64   // descriptors that come with the waking message have lower numbers
	maxOpen     = 1024 // descriptors that are remembered as lost
)

// freezer is what a copy that stands still needs. The parent sets the first part before the request.
var freezer struct {
	asked    bool // the request is Freeze's
	control  uintptr
	places   [maxPlaces]int32
	nplaces  uintptr
	standard [3]int32

	ended   uint64 // the inode of the last of places
	open    [maxOpen]openDescriptor
	nopen   uintptr
	message message
	packet  [8]byte
	vector  [2]uintptr // struct iovec: address and length of packet
	rights  [16 + 4*maxPlaces]byte
	name    [16]byte // of the thread
	limit   [2]uint64
	highest [2]uint64
	line    line
}

// message is struct msghdr. Addresses are numbers, as in control.
type message struct {
	name     uintptr
	namelen  uint64
	vector   uintptr
	nvector  uintptr
	rights   uintptr
	nrights  uintptr
	flags    int32
	reserved int32
}

var (
	descriptorsPath = [...]byte{'/', 'p', 'r', 'o', 'c', '/', 's', 'e', 'l', 'f', '/', 'f', 'd', 0}
	nullPath        = [...]byte{'/', 'd', 'e', 'v', '/', 'n', 'u', 'l', 'l', 0}
	frozenName      = [16]byte{'i', 'p', 'c', 'l', 'a', 'b', ' ', 'f', 'r', 'o', 'z', 'e', 'n'}
)

// standStill is the life of a frozen copy: it gives up its descriptors, says so, and returns when it is woken
// and has those that it was sent. Where there is nobody to wake it any more, it ends.
//
//go:nosplit
func standStill() {
	raw(unix.SYS_SETPGID, 0, 0, 0)
	raw(unix.SYS_PRCTL, unix.PR_GET_NAME, uintptr(unsafe.Pointer(&freezer.name)), 0)
	raw(unix.SYS_PRCTL, unix.PR_SET_NAME, uintptr(unsafe.Pointer(&frozenName)), 0)
	noteDescriptors()
	notePositions()
	closeAllBut(freezer.control)
	pid, _ := raw(unix.SYS_GETPID, 0, 0, 0)
	freezer.line.n = 0
	freezer.line.text(frozenBegins)
	freezer.line.number(pid)
	raw(unix.SYS_WRITE, freezer.control, uintptr(unsafe.Pointer(&freezer.line.bytes)), freezer.line.n)
	takeWritten()
	awaitWaking()
	allowHighNumbers()
	takePlaces()
	fillLost()
	closeRaw(freezer.control)
	raw6(unix.SYS_PRLIMIT64, 0, unix.RLIMIT_NOFILE, uintptr(unsafe.Pointer(&freezer.limit)), 0, 0, 0)
	raw(unix.SYS_PRCTL, unix.PR_SET_NAME, uintptr(unsafe.Pointer(&freezer.name)), 0)
}

// thaw makes the copy, whose descriptors are there again, the process that it is a copy of.
//
//go:nosplit
func thaw() {
	renewPoller()
	was := work.parent
	work.parent = shared.main
	pid, _ := raw(unix.SYS_GETPID, 0, 0, 0)
	shared.main = uint32(pid)
	reviveThreads()
	work.parent = was
}

// noteDescriptors remembers what is open, beside what the waking message brings again.
//
//go:nosplit
func noteDescriptors() {
	freezer.nopen = 0
	freezer.ended = inode(uintptr(freezer.places[freezer.nplaces-1]))
	dir, e := openRaw(&descriptorsPath[0], unix.O_DIRECTORY)
	if e != 0 {
		return
	}
	for {
		n, e := raw(unix.SYS_GETDENTS64, dir, work.entries, entriesSize)
		if e != 0 || n == 0 {
			break
		}
		// As in signalNew.
		for p := work.entries; p < work.entries+n; p += uintptr(*(*uint16)(at(p + 16))) {
			fd := uintptr(threadNamed(p + 19))
			if fd > 2 && fd != dir && !isOwn(fd) && freezer.nopen < maxOpen {
				noteDescriptor(dir, fd, p+19)
			}
		}
	}
	closeRaw(dir)
}

//go:nosplit
func isOwn(fd uintptr) bool {
	if fd == freezer.control || fd == poller.epoll || fd == poller.event {
		return true
	}
	for i := uintptr(0); i < freezer.nplaces; i++ {
		if fd == uintptr(freezer.places[i]) {
			return true
		}
	}
	return false
}

// closeAllBut closes every other descriptor: the write end of a pipe that this copy held open would keep its
// reader from the end of file.
//
//go:nosplit
func closeAllBut(fd uintptr) {
	_, e := raw(unix.SYS_CLOSE_RANGE, 0, fd-1, 0)
	if e == 0 {
		_, e = raw(unix.SYS_CLOSE_RANGE, fd+1, uintptr(^uint32(0)), 0)
	}
	if e != 0 {
		freezer.line.text("close_range: errno ")
		freezer.line.number(uintptr(e))
		raw(unix.SYS_WRITE, fd, uintptr(unsafe.Pointer(&freezer.line.bytes)), freezer.line.n)
		raw(unix.SYS_EXIT_GROUP, failedStatus, 0, 0)
	}
}

// takeWritten takes copies of the pages that the process which goes on will write to, most likely: what that has
// alone it need not copy. MADV_POPULATE_WRITE came with Linux 5.14; without, nothing happens.
//
//go:nosplit
func takeWritten() {
	for i := 0; i < written.n; i++ {
		r := &written.runs[i]
		raw(unix.SYS_MADVISE, r.at, r.size, unix.MADV_POPULATE_WRITE)
	}
}

// awaitWaking returns when the waking message is there.
//
//go:nosplit
func awaitWaking() {
	freezer.vector = [2]uintptr{uintptr(unsafe.Pointer(&freezer.packet)), unsafe.Sizeof(freezer.packet)}
	for {
		freezer.message = message{
			vector: uintptr(unsafe.Pointer(&freezer.vector)), nvector: 1,
			rights: uintptr(unsafe.Pointer(&freezer.rights)), nrights: unsafe.Sizeof(freezer.rights),
		}
		n, e := raw(unix.SYS_RECVMSG, freezer.control, uintptr(unsafe.Pointer(&freezer.message)), unix.MSG_CMSG_CLOEXEC)
		switch {
		case e == unix.EINTR:
		case e != 0 || n == 0:
			raw(unix.SYS_EXIT_GROUP, 0, 0, 0)
		case *(*uint64)(at(freezer.message.rights)) == uint64(16+4*freezer.nplaces):
			return
		default: // not the descriptors that were agreed upon
			raw(unix.SYS_EXIT_GROUP, failedStatus, 0, 0)
		}
	}
}

// takePlaces puts the descriptors that came under the numbers they had.
//
//go:nosplit
func takePlaces() {
	for i := uintptr(0); i < freezer.nplaces; i++ {
		place(received(i), uintptr(freezer.places[i]), unix.O_CLOEXEC)
	}
	for i := uintptr(0); i < freezer.nplaces; i++ {
		closeRaw(received(i))
	}
	for i := range freezer.standard {
		place(uintptr(freezer.standard[i]), uintptr(i), 0)
	}
}

// allowHighNumbers undoes for a moment what a cell may have done to the limit of descriptors.
//
//go:nosplit
func allowHighNumbers() {
	raw6(unix.SYS_PRLIMIT64, 0, unix.RLIMIT_NOFILE, 0, uintptr(unsafe.Pointer(&freezer.limit)), 0, 0)
	freezer.highest = [2]uint64{freezer.limit[1], freezer.limit[1]}
	raw6(unix.SYS_PRLIMIT64, 0, unix.RLIMIT_NOFILE, uintptr(unsafe.Pointer(&freezer.highest)), 0, 0, 0)
}

// received is the descriptor for places[i].
//
//go:nosplit
func received(i uintptr) uintptr {
	return uintptr(*(*int32)(unsafe.Pointer(&freezer.rights[16+4*i])))
}

//go:nosplit
func place(from, to, flags uintptr) {
	if _, e := raw(unix.SYS_DUP3, from, to, flags); e != 0 {
		die(stepPlace, e)
	}
}

// fillLost puts something under the number of each descriptor that is lost: whoever had it may still close that
// number, which must not be another's. What the poller watches becomes a socket whose other side is gone, so
// that who waits for it goes on; the rest becomes one with which nothing can be done.
//
//go:nosplit
func fillLost() {
	useless, e := openRaw(&nullPath[0], unix.O_PATH)
	if e != 0 {
		return
	}
	keep := false // it has a number that it should have
	for i := uintptr(0); i < freezer.nopen; i++ {
		switch o := &freezer.open[i]; {
		case uintptr(o.fd) == useless:
			keep = true
		default:
			raw(unix.SYS_DUP3, useless, uintptr(o.fd), unix.O_CLOEXEC)
		}
	}
	fillWatched()
	for i := uintptr(0); i < freezer.nopen; i++ {
		reopen(&freezer.open[i])
	}
	if !keep {
		closeRaw(useless)
	}
}

// fillWatched puts the last of the places, a socket whose other side is gone, under the numbers of lost
// descriptors that the poller watches.
//
//go:nosplit
func fillWatched() {
	ended := uintptr(freezer.places[freezer.nplaces-1])
	work.cursor = cursor{work.watches, work.watches + work.nwatches}
	for work.cursor.next(&work.watch) == oneWatch {
		for i := uintptr(0); i < freezer.nopen; i++ {
			if uint64(freezer.open[i].fd) == work.watch.fd {
				raw(unix.SYS_DUP3, ended, uintptr(work.watch.fd), unix.O_CLOEXEC)
			}
		}
	}
}
