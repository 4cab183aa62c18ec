// Package doorwire is what a door's client and server say to each other, and how it travels: packets on SOCK_SEQPACKET
// sockets of the UNIX domain, with descriptors beside them.
//
// It is not the door: who may call, which procedure answers and what becomes of errors is said in doorserver and
// doorclient. Packet sockets were chosen by measuring: a packet arrives whole or not at all, so a peer that stops in the
// middle of one cannot keep a reader waiting, and a round trip takes no longer than on a stream. A packet has to fit
// into the socket's send buffer (212,960 bytes by default); data above InlineMost therefore travel as a memfd.
//
// The hazard: everything here comes from another process, which need not be ours. Nothing in a packet is believed
// before it has been checked.
//
// # A packet
//
// Numbers are little-endian. The head has 24 bytes:
//
//	offset  bytes  meaning
//	     0      4  "DOOR"
//	     4      1  version, 1
//	     5      1  kind, see Kind
//	     6      2  how many descriptors are passed along, not counting the one that holds the data
//	     8      4  errno, in a Reply; 0 elsewhere
//	    12      4  where the data are: 0 behind the head, 1 in a sealed memfd, which is the first descriptor
//	    16      8  size of the data in bytes
//	    24         the data, if they are here
package doorwire

import (
	"encoding/binary"
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

// A Kind says what a packet is for.
type Kind uint8

// Connect goes from client to server on a door descriptor and carries one descriptor, the server's end of a new
// connection. On a connection, the server says Hello first; then Call and Reply follow each other.
const (
	Connect Kind = 1 + iota
	Hello
	Call
	Reply
	kinds
)

const (
	magic      = "DOOR"
	version    = 1
	headSize   = 24
	inline     = 0
	inFile     = 1
	InlineMost = 64 << 10 // bytes of data that travel behind the head
	FilesMost  = 252      // descriptors in a packet; Linux takes 253, one of which may hold the data
	DataMost   = 1 << 30  // bytes of data in a call or its result
)

// ErrMalformed is in the chain of the error for a packet that is not as it should be.
var ErrMalformed = errors.New("malformed packet")

// A Head is the first part of a packet.
type Head struct {
	Kind   Kind
	Files  int
	Errno  unix.Errno
	InFile bool
	Size   int
}

// append adds the head to b.
func (h Head) append(b []byte) []byte {
	where := uint32(inline)
	if h.InFile {
		where = inFile
	}
	b = append(b, magic...)
	b = append(b, version, byte(h.Kind))
	b = binary.LittleEndian.AppendUint16(b, uint16(h.Files))
	b = binary.LittleEndian.AppendUint32(b, uint32(h.Errno))
	b = binary.LittleEndian.AppendUint32(b, where)
	return binary.LittleEndian.AppendUint64(b, uint64(h.Size))
}

// Parse checks a packet that came with a number of descriptors and returns its head and what is behind that.
func Parse(packet []byte, files int) (Head, []byte, error) {
	var h Head
	if len(packet) < headSize || string(packet[:4]) != magic {
		return h, nil, malformed("%d bytes without a head", len(packet))
	}
	rest := packet[headSize:]
	where, size := binary.LittleEndian.Uint32(packet[12:]), binary.LittleEndian.Uint64(packet[16:])
	h.Kind, h.InFile = Kind(packet[5]), where == inFile
	h.Files, h.Errno = int(binary.LittleEndian.Uint16(packet[6:])), unix.Errno(binary.LittleEndian.Uint32(packet[8:]))
	expected := h.Files
	if h.InFile {
		expected++
	}
	switch {
	case packet[4] != version:
		return h, nil, malformed("version %d, want %d", packet[4], version)
	case h.Kind == 0 || h.Kind >= kinds:
		return h, nil, malformed("kind %d", h.Kind)
	case where > inFile:
		return h, nil, malformed("data in place %d", where)
	case size > DataMost:
		return h, nil, malformed("%d bytes of data, at most %d may be", size, DataMost)
	case !h.InFile && size != uint64(len(rest)), h.InFile && len(rest) > 0:
		return h, nil, malformed("%d bytes behind the head, %d of data", len(rest), size)
	case expected != files:
		return h, nil, malformed("%d descriptors, want %d", files, expected)
	}
	h.Size = int(size)
	return h, rest, nil
}

// malformed makes an error about a packet.
func malformed(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrMalformed, fmt.Sprintf(format, args...))
}
