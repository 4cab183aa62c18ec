package ipclab

import (
	"encoding/binary"
	"maps"
	"slices"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/rawcall"
)

// eventSize is what one read or write of an eventfd takes: a 64-bit number. See eventfd(2).
const eventSize = 8

// A line is what connects client and server, as descriptors: what each reads from and writes to.
type line struct {
	clientReads, clientWrites int
	serverReads, serverWrites int
}

// mechanisms are the built-in ones, by name.
var mechanisms = map[string]func() (line, error){
	"pipe":       openPipes,
	"socketpair": openSockets,
	"eventfd":    openEvents,
}

// mechanismNames lists them.
func mechanismNames() []string { return slices.Sorted(maps.Keys(mechanisms)) }

// openPipes makes a pipe for each direction.
func openPipes() (line, error) {
	var there, back [2]int
	if err := unix.Pipe2(there[:], unix.O_CLOEXEC); err != nil {
		return line{}, err
	}
	if err := unix.Pipe2(back[:], unix.O_CLOEXEC); err != nil {
		unix.Close(there[0])
		unix.Close(there[1])
		return line{}, err
	}
	return line{clientReads: back[0], clientWrites: there[1], serverReads: there[0], serverWrites: back[1]}, nil
}

// openSockets makes a pair of connected sockets.
func openSockets() (line, error) {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	return line{clientReads: pair[0], clientWrites: pair[0], serverReads: pair[1], serverWrites: pair[1]}, err
}

// openEvents makes an event counter for each direction.
func openEvents() (line, error) {
	there, err := unix.Eventfd(0, unix.EFD_CLOEXEC)
	if err != nil {
		return line{}, err
	}
	back, err := unix.Eventfd(0, unix.EFD_CLOEXEC)
	if err != nil {
		unix.Close(there)
		return line{}, err
	}
	return line{clientReads: back, clientWrites: there, serverReads: there, serverWrites: back}, nil
}

// close closes all descriptors.
func (l line) close() {
	all := []int{l.clientReads, l.clientWrites, l.serverReads, l.serverWrites}
	slices.Sort(all)
	for _, fd := range slices.Compact(all) {
		unix.Close(fd)
	}
}

// client returns the function that makes a round trip with messages of size bytes.
func (l line) client(size int) func() error {
	out, in := message(size), make([]byte, size)
	return func() error {
		if err := rawcall.WriteFull(l.clientWrites, out); err != nil {
			return err
		}
		return rawcall.ReadFull(l.clientReads, in)
	}
}

// server returns the function that answers a message of size bytes.
func (l line) server(size int) func() error {
	out, in := message(size), make([]byte, size)
	return func() error {
		if err := rawcall.ReadFull(l.serverReads, in); err != nil {
			return err
		}
		return rawcall.WriteFull(l.serverWrites, out)
	}
}

// message returns what is sent: as a number, it is 1, which an eventfd adds to its counter.
func message(size int) []byte {
	m := make([]byte, max(size, eventSize))
	binary.NativeEndian.PutUint64(m, 1)
	return m[:size]
}
