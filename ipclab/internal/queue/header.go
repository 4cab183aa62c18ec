package queue

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

// A kind is what a file holds: how it begins, and where its slots do.
type kind struct {
	magic string
	first int
}

var (
	queueKind = kind{magic: "ipclab-q", first: 192}
	ringKind  = kind{magic: "ipclab-r", first: 384}
)

// Where the fields of the header are.
const (
	version      = 1
	byteOrder    = 0x01020304
	headerLength = 64
	atVersion    = 8
	atByteOrder  = 12
	atSlots      = 16
	atSize       = 20
	atBytes      = 24
	atNamespace  = 32
	atZero       = 40
	slotHeader   = 8 // bytes before a message in a queue's slot
)

// ErrForeign says that a file is not one of these, or not whole.
var ErrForeign = errors.New("not a file that CreateQueue or CreateRing has made")

// ErrNamespace says that the process numbers in a file are of another PID namespace.
var ErrNamespace = errors.New("its processes are in another PID namespace, of a container for example, so that dead ones cannot be told")

// A geometry is what a header says, checked.
type geometry struct {
	slots, size, stride, first, bytes int
}

// geometry returns the measures of a file of this kind, or an error if they are out of bounds.
func (k kind) geometry(slots, size int) (geometry, error) {
	switch {
	case slots < 1 || slots > MostSlots:
		return geometry{}, fmt.Errorf("%d slots: want 1 to %d", slots, MostSlots)
	case size < 1 || size > MostSize:
		return geometry{}, fmt.Errorf("messages of %d bytes: want 1 to %d", size, MostSize)
	case k == ringKind && slots&(slots-1) != 0:
		return geometry{}, fmt.Errorf("%d slots: a ring has a power of two", slots)
	}
	stride := size
	if k == queueKind {
		stride = slotHeader + (size+7)/8*8
	}
	if slots > mostBytes/stride {
		return geometry{}, fmt.Errorf("%d slots of %d bytes: want at most %d bytes in all", slots, size, mostBytes)
	}
	return geometry{slots: slots, size: size, stride: stride, first: k.first, bytes: k.first + slots*stride}, nil
}

// header returns the first bytes of a new file.
func (k kind) header(g geometry, namespace uint64) []byte {
	b := make([]byte, headerLength)
	le := binary.LittleEndian
	copy(b, k.magic)
	le.PutUint32(b[atVersion:], version)
	le.PutUint32(b[atByteOrder:], byteOrder)
	le.PutUint32(b[atSlots:], uint32(g.slots))
	le.PutUint32(b[atSize:], uint32(g.size))
	le.PutUint64(b[atBytes:], uint64(g.bytes))
	le.PutUint64(b[atNamespace:], namespace)
	return b
}

// parse checks the first bytes of a file of so many bytes, for a process in the given PID namespace.
func (k kind) parse(b []byte, fileSize int64, namespace uint64) (geometry, error) {
	le := binary.LittleEndian
	if len(b) < headerLength || fileSize < headerLength {
		return geometry{}, fmt.Errorf("%w: it has %d bytes, fewer than a header", ErrForeign, min(fileSize, int64(len(b))))
	}
	switch v := le.Uint32(b[atVersion:]); {
	case string(b[:len(k.magic)]) != k.magic:
		return geometry{}, fmt.Errorf("%w: it begins with %q, not %q", ErrForeign, b[:len(k.magic)], k.magic)
	case le.Uint32(b[atByteOrder:]) != byteOrder:
		return geometry{}, fmt.Errorf("%w: its byte order is another machine's", ErrForeign)
	case v != version:
		return geometry{}, fmt.Errorf("%w: it is of version %d, this program knows version %d", ErrForeign, v, version)
	case !bytes.Equal(b[atZero:headerLength], make([]byte, headerLength-atZero)):
		return geometry{}, fmt.Errorf("%w: bytes %d to %d are not 0", ErrForeign, atZero, headerLength-1)
	}
	g, err := k.geometry(int(le.Uint32(b[atSlots:])), int(le.Uint32(b[atSize:])))
	if err != nil {
		return geometry{}, fmt.Errorf("%w: it says %w", ErrForeign, err)
	}
	if says := le.Uint64(b[atBytes:]); says != uint64(g.bytes) || fileSize != int64(g.bytes) {
		return geometry{}, fmt.Errorf("%w: it says %d bytes and has %d, where %d slots of %d bytes take %d",
			ErrForeign, says, fileSize, g.slots, g.size, g.bytes)
	}
	if of := le.Uint64(b[atNamespace:]); of != namespace && of != 0 && namespace != 0 {
		return geometry{}, ErrNamespace
	}
	return g, nil
}
