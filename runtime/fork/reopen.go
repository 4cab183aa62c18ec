//go:build linux && (amd64 || arm64) && !cgo

package fork

// Part of the conductor, in the child: only its thread exists. See doc.go.

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// openDescriptor is a descriptor that the process had when it was copied, and what it was.
type openDescriptor struct {
	fd       int32
	again    bool      // it can be opened again, and then it was
	gone     bool      // it was lost before
	what     [256]byte // as the link in /proc/self/fd says; the last byte is zero
	inode    uint64
	device   [2]uint32
	position uint64
	flags    uint64 // of open(2)
}

// memoryDevices is the major number of /dev/null, /dev/zero and the like.
const memoryDevices = 1

// description is a path below /proc/self/fdinfo, and what is read there.
var description struct {
	path line
	text [512]byte
}

const fdinfoPath = "/proc/self/fdinfo/"

// noteDescriptor notes the one with this number, for which a zero-terminated name is found in dir.
//
//go:nosplit
func noteDescriptor(dir, fd, name uintptr) {
	o := &freezer.open[freezer.nopen]
	freezer.nopen++
	o.fd, o.again, o.gone = int32(fd), false, false
	n, e := raw6(unix.SYS_READLINKAT, dir, name, uintptr(unsafe.Pointer(&o.what)), unsafe.Sizeof(o.what)-1, 0, 0)
	if e != 0 {
		n = 0
	}
	o.what[n] = 0
	file := isFile(fd)
	o.gone = !file && work.status.Ino == freezer.ended
	if n == unsafe.Sizeof(o.what)-1 || !file {
		return
	}
	o.inode, o.device = work.status.Ino, [2]uint32{work.status.Dev_major, work.status.Dev_minor}
	o.again = true
}

// notePositions notes them for what can be opened again.
//
//go:nosplit
func notePositions() {
	for i := uintptr(0); i < freezer.nopen; i++ {
		if o := &freezer.open[i]; o.again {
			o.again = notePosition(o)
		}
	}
}

// isFile reports whether work.status, which it fills in, is that of something which can be opened again
// without effect on others: a file, a folder, or a device such as /dev/null.
//
//go:nosplit
func isFile(fd uintptr) bool {
	work.status.Mode = 0
	raw6(unix.SYS_STATX, fd, uintptr(unsafe.Pointer(&noPath)), unix.AT_EMPTY_PATH, unix.STATX_BASIC_STATS,
		uintptr(unsafe.Pointer(&work.status)), 0)
	switch work.status.Mode & unix.S_IFMT {
	case unix.S_IFREG, unix.S_IFDIR:
		return true
	case unix.S_IFCHR:
		return work.status.Rdev_major == memoryDevices
	}
	return false
}

// notePosition reads where the next read or write will be, and the flags, which begin what
// /proc/self/fdinfo/FD says:
//
//	pos:	4096
//	flags:	02100000
//
//go:nosplit
func notePosition(o *openDescriptor) bool {
	path := &description.path
	path.n = 0
	path.text(fdinfoPath)
	path.number(uintptr(o.fd))
	path.add(0)
	fd, e := openRaw(&path.bytes[0], 0)
	if e != 0 {
		return false
	}
	text := uintptr(unsafe.Pointer(&description.text))
	got, e := raw(unix.SYS_READ, fd, text, unsafe.Sizeof(description.text))
	closeRaw(fd)
	if e != 0 {
		return false
	}
	work.cursor = cursor{text, text + got}
	return field("pos:", 10, &o.position) && field("flags:", 8, &o.flags)
}

// field reads the line at work.cursor: a name, a tab and a number.
//
//go:nosplit
func field(name string, base uint64, value *uint64) bool {
	ok := work.cursor.literal(name)
	work.cursor.at++ // the tab
	ok = ok && work.cursor.number(base, value)
	work.cursor.skipLine()
	return ok
}

// reopen opens what was open again, at the same position, if it is still the same.
//
//go:nosplit
func reopen(o *openDescriptor) {
	if !o.again {
		return
	}
	o.again = false
	flags := uintptr(o.flags) &^ (unix.O_CREAT | unix.O_EXCL | unix.O_TRUNC | unix.O_CLOEXEC)
	fd, e := raw6(unix.SYS_OPENAT, atFdcwd, uintptr(unsafe.Pointer(&o.what)), flags|unix.O_CLOEXEC, 0, 0, 0)
	if e != 0 {
		return
	}
	if isFile(fd) && work.status.Ino == o.inode && work.status.Dev_major == o.device[0] && work.status.Dev_minor == o.device[1] {
		raw(unix.SYS_LSEEK, fd, uintptr(o.position), unix.SEEK_SET)
		_, e = raw(unix.SYS_DUP3, fd, uintptr(o.fd), uintptr(o.flags)&unix.O_CLOEXEC)
		o.again = e == 0
	}
	closeRaw(fd)
}
