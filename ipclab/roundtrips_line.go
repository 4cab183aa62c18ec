package ipclab

import (
	"encoding/binary"
	"maps"
	"slices"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/means"
	"ipclab/ipclab/internal/rawcall"
)

// eventSize is what one read or write of an eventfd takes: a 64-bit number. See eventfd(2).
const eventSize = 8

// ownMeans are means of RoundTrips by the names that it has always had; those of package means come before them.
var ownMeans = map[string]*means.Means{
	"pipe":       {Name: "pipe", Least: 1, Most: sizeMost, Copies: 2, OneWay: true, Open: openPipes},
	"socketpair": {Name: "socketpair", Least: 1, Most: sizeMost, Copies: 2, OneWay: true, Open: openSockets},
	"eventfd":    {Name: "eventfd", Least: eventSize, Most: eventSize, Copies: 2, Open: openEvents},
}

// mechanismNames lists them.
func mechanismNames() []string { return slices.Sorted(maps.Keys(ownMeans)) }

// A line is what connects client and server, as descriptors: what each reads from and writes to.
type line struct {
	reads, writes [2]int // of client and server
}

// openPipes makes a pipe for each direction.
func openPipes(int) (means.Line, error) {
	var there, back [2]int
	if err := unix.Pipe2(there[:], unix.O_CLOEXEC); err != nil {
		return nil, err
	}
	if err := unix.Pipe2(back[:], unix.O_CLOEXEC); err != nil {
		unix.Close(there[0])
		unix.Close(there[1])
		return nil, err
	}
	return line{reads: [2]int{back[0], there[0]}, writes: [2]int{there[1], back[1]}}, nil
}

// openSockets makes a pair of connected sockets.
func openSockets(int) (means.Line, error) {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	return line{reads: pair, writes: pair}, nil
}

// openEvents makes an event counter for each direction.
func openEvents(int) (means.Line, error) {
	there, err := unix.Eventfd(0, unix.EFD_CLOEXEC)
	if err != nil {
		return nil, err
	}
	back, err := unix.Eventfd(0, unix.EFD_CLOEXEC)
	if err != nil {
		unix.Close(there)
		return nil, err
	}
	return line{reads: [2]int{back, there}, writes: [2]int{there, back}}, nil
}

// Close closes all descriptors.
func (l line) Close() error {
	all := append(l.reads[:], l.writes[:]...)
	slices.Sort(all)
	for _, fd := range slices.Compact(all) {
		unix.Close(fd)
	}
	return nil
}

// Join closes what a side does not use, so that the end of one process is end of file for the other.
func (l line) Join(s means.Side) (means.End, error) {
	other := 1 - s
	used := [2]int{l.reads[s], l.writes[s]}
	for _, fd := range [2]int{l.reads[other], l.writes[other]} {
		if !slices.Contains(used[:], fd) {
			unix.Close(fd)
		}
	}
	return lineEnd{used[0], used[1]}, nil
}

// A lineEnd is one end, of two descriptors or twice the same.
type lineEnd struct{ reads, writes int }

func (e lineEnd) Send(message []byte) error    { return rawcall.WriteFull(e.writes, message) }
func (e lineEnd) Receive(message []byte) error { return rawcall.ReadFull(e.reads, message) }

// message returns what is sent: as a number, it is 1, which an eventfd adds to its counter.
func message(size int) []byte {
	m := make([]byte, max(size, eventSize))
	binary.NativeEndian.PutUint64(m, 1)
	return m[:size]
}
