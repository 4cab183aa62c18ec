package doorwire

import (
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// NameMark is in the names of the sockets of doors, before the door's id in hexadecimal. Linux keeps the name to which a
// socket was bound, whatever becomes of the file, and tells it to the peer.
const NameMark = "ipclab-door."

const idDigits = 16

// Identify returns the id of the door to which a descriptor belongs; false if it is no door descriptor. It sends nothing.
func Identify(fd int) (uint64, bool) {
	kind, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TYPE)
	if err != nil || kind != unix.SOCK_SEQPACKET {
		return 0, false
	}
	peer, err := unix.Getpeername(fd)
	if err != nil {
		return 0, false
	}
	address, ok := peer.(*unix.SockaddrUnix)
	if !ok {
		return 0, false
	}
	name := address.Name
	if !strings.HasPrefix(name, "@") {
		name = filepath.Base(name)
	}
	_, digits, ok := strings.Cut(name, NameMark)
	if !ok || len(digits) != idDigits {
		return 0, false
	}
	id, err := strconv.ParseUint(digits, 16, 64)
	return id, err == nil
}

// pathMost is how long the path of a socket may be.
const pathMost = 107

// Path is the path of a name in an open folder for a socket's address: the plain one, of a sibling, if that is short
// enough.
func Path(folder int, sibling, name string) string {
	if plain := filepath.Join(filepath.Dir(sibling), name); len(plain) <= pathMost {
		return plain
	}
	return through(folder) + "/" + name
}

// through is the path of what a descriptor refers to.
func through(fd int) string { return "/proc/self/fd/" + strconv.Itoa(fd) }

// Dial makes a socket and connects it to the one that a path names, which may be longer than an address. The socket is
// close-on-exec. flags are those of open(2) and, for the socket, SOCK_NONBLOCK, which has the same number as O_NONBLOCK.
func Dial(folder int, path string, flags int) (int, error) {
	at, err := unix.Openat(folder, path, unix.O_PATH|unix.O_CLOEXEC|flags&^unix.O_NONBLOCK, 0)
	if err != nil {
		return -1, err
	}
	defer unix.Close(at)
	fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC|flags&unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return -1, err
	}
	if err := unix.Connect(fd, &unix.SockaddrUnix{Name: through(at)}); err != nil {
		unix.Close(fd)
		return -1, err
	}
	return fd, nil
}
