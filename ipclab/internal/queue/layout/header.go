// Package layout reads and writes what the file of a queue or a ring says about itself in its first 64 bytes. What they
// mean is told in the documentation of package queue.
//
// The hazard: the bytes are a stranger's until Parse has accepted them.
package layout

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
)

// Bounds of what a file may say about itself.
const (
	MostSlots = 1 << 20
	MostSize  = 1 << 20
	mostBytes = 1 << 30
)

// A Kind is what a file holds: how it begins, and where its slots do.
type Kind struct {
	magic string
	first int
}

// The kinds of file.
var (
	Queue = Kind{magic: "ipclab-q", first: 192}
	Ring  = Kind{magic: "ipclab-r", first: 384}
)

// Where the fields of the header are.
const (
	version     = 1
	byteOrder   = 0x01020304
	atVersion   = 8
	atByteOrder = 12
	atSlots     = 16
	atSize      = 20
	atBytes     = 24
	atNamespace = 32
	atZero      = 40
)

// Length is how many bytes a header has, SlotHeader how many there are before a message in a queue's slot.
const (
	Length     = 64
	SlotHeader = 8
)

// ErrForeign says that a file is not one of these, or not whole.
var ErrForeign = errors.New("not a file that CreateQueue or CreateRing has made")

// ErrNamespace says that the process numbers in a file are of another PID namespace.
var ErrNamespace = errors.New("its processes are in another PID namespace, that of a container for example, where it could not be seen " +
	"which of them are dead; if none is left, UnlinkQueue removes it")

// A Geometry is what a header says, checked.
type Geometry struct {
	Slots  int // in the file
	Size   int // the most bytes in a message
	Stride int // bytes from one slot to the next
	First  int // where the first slot begins
	Bytes  int // in the whole file
}

// Geometry returns the measures of a file of this kind, or an error if they are out of bounds.
func (k Kind) Geometry(slots, size int) (Geometry, error) {
	switch {
	case slots < 1 || slots > MostSlots:
		return Geometry{}, fmt.Errorf("%d slots: want 1 to %d", slots, MostSlots)
	case size < 1 || size > MostSize:
		return Geometry{}, fmt.Errorf("messages of %d bytes: want 1 to %d", size, MostSize)
	case k == Ring && slots&(slots-1) != 0:
		return Geometry{}, fmt.Errorf("%d slots: a ring has a power of two", slots)
	}
	stride := size
	if k == Queue {
		stride = SlotHeader + (size+7)/8*8
	}
	if slots > mostBytes/stride {
		return Geometry{}, fmt.Errorf("%d slots of %d bytes: want at most %d bytes in all", slots, size, mostBytes)
	}
	return Geometry{Slots: slots, Size: size, Stride: stride, First: k.first, Bytes: k.first + slots*stride}, nil
}

// Header returns the first bytes of a new file.
func (k Kind) Header(g Geometry, namespace uint64) []byte {
	b := make([]byte, Length)
	le := binary.LittleEndian
	copy(b, k.magic)
	le.PutUint32(b[atVersion:], version)
	le.PutUint32(b[atByteOrder:], byteOrder)
	le.PutUint32(b[atSlots:], uint32(g.Slots))
	le.PutUint32(b[atSize:], uint32(g.Size))
	le.PutUint64(b[atBytes:], uint64(g.Bytes))
	le.PutUint64(b[atNamespace:], namespace)
	return b
}

// Parse checks the first bytes of a file of so many bytes, for a process in the given PID namespace.
func (k Kind) Parse(b []byte, fileSize int64, namespace uint64) (Geometry, error) {
	le := binary.LittleEndian
	if len(b) < Length || fileSize < Length {
		return Geometry{}, fmt.Errorf("%w: it has %d bytes, fewer than a header", ErrForeign, min(fileSize, int64(len(b))))
	}
	switch v := le.Uint32(b[atVersion:]); {
	case string(b[:len(k.magic)]) != k.magic:
		return Geometry{}, fmt.Errorf("%w: it begins with %q, not %q", ErrForeign, b[:len(k.magic)], k.magic)
	case le.Uint32(b[atByteOrder:]) != byteOrder:
		return Geometry{}, fmt.Errorf("%w: its byte order is another machine's", ErrForeign)
	case v != version:
		return Geometry{}, fmt.Errorf("%w: it is of version %d, this program knows version %d", ErrForeign, v, version)
	case !bytes.Equal(b[atZero:Length], make([]byte, Length-atZero)):
		return Geometry{}, fmt.Errorf("%w: bytes %d to %d are not 0", ErrForeign, atZero, Length-1)
	}
	g, err := k.Geometry(int(le.Uint32(b[atSlots:])), int(le.Uint32(b[atSize:])))
	if err != nil {
		return Geometry{}, fmt.Errorf("%w: it says %w", ErrForeign, err)
	}
	if says := le.Uint64(b[atBytes:]); says != uint64(g.Bytes) || fileSize != int64(g.Bytes) {
		return Geometry{}, fmt.Errorf("%w: it says %d bytes and has %d, where %d slots of %d bytes take %d",
			ErrForeign, says, fileSize, g.Slots, g.Size, g.Bytes)
	}
	if of := le.Uint64(b[atNamespace:]); of != namespace && of != 0 && namespace != 0 {
		return Geometry{}, ErrNamespace
	}
	return g, nil
}
