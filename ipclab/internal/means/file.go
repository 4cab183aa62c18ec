package means

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"os"

	"golang.org/x/sys/unix"
)

var files = []*Means{{
	Name: "file", Style: Raw, Least: 1, Most: streamMost, Copies: 4,
	About: "bytes written to a file with pwrite(2), a number and a checksum behind them, and read with pread(2) again and again until those are right; nobody is told that the other has ended",
	Open:  openFile,
}}

// A fileLine is a file without a name, with a record for each direction.
type fileLine struct {
	fd, size int
	memory   Line // by which both find out whether they share a processor
}

func openFile(size int) (Line, error) {
	l := &fileLine{size: size}
	var err error
	if l.fd, err = namelessFile(int64(2 * l.apart())); err != nil {
		return nil, err
	}
	l.memory, err = newShared(0, func(send, receive *slot) (End, error) {
		return &fileEnd{fd: l.fd, sent: make([]byte, size+tailSize), got: make([]byte, size+tailSize),
			neighbours: newNeighbours(send, receive)}, nil
	})
	if err != nil {
		unix.Close(l.fd)
		return nil, err
	}
	return l, nil
}

// apart is how far one record is from the other. The page cache keeps many pages of a file together, with one reference count:
// records within that would slow each other down.
func (l *fileLine) apart() int {
	const together = 1 << 21
	return (l.size + tailSize + together - 1) / together * together
}

// Join gives a side its places in the file.
func (l *fileLine) Join(side Side) (End, error) {
	end, err := l.memory.Join(side)
	if err != nil {
		return nil, err
	}
	ownTable()
	e := end.(*fileEnd)
	e.out, e.in = int64(side)*int64(l.apart()), int64(1-side)*int64(l.apart())
	return e, nil
}

// Close closes the file.
func (l *fileLine) Close() error {
	l.memory.Close()
	return unix.Close(l.fd)
}

// namelessFile makes a file of size bytes that has no name, in the folder for temporary files.
func namelessFile(size int64) (fd int, err error) {
	const owner = 0o600
	fd, err = unix.Open(os.TempDir(), unix.O_TMPFILE|unix.O_RDWR|unix.O_CLOEXEC, owner)
	if err != nil { // not every file system has such
		f, err := os.CreateTemp("", "ipclab-file-")
		if err != nil {
			return -1, err
		}
		defer f.Close()
		if err := os.Remove(f.Name()); err != nil {
			return -1, err
		}
		if fd, err = unix.FcntlInt(f.Fd(), unix.F_DUPFD_CLOEXEC, 0); err != nil {
			return -1, fmt.Errorf("duplicate a descriptor: %w", err)
		}
	}
	if err := unix.Ftruncate(fd, size); err != nil {
		unix.Close(fd)
		return -1, fmt.Errorf("ftruncate: %w", err)
	}
	return fd, nil
}

// A fileEnd writes one record and reads the other. A record is a message and its tail: how many messages that is, and a
// checksum. A read may see part of a write, so that the number alone does not say that all is there.
type fileEnd struct {
	fd             int
	out, in        int64 // where in the file
	sent, got      []byte
	written, taken uint32
	neighbours
}

const tailSize = 8

// castagnoli is the checksum for which processors have an instruction.
var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func (e *fileEnd) Send(message []byte) error {
	e.written++
	n := copy(e.sent, message)
	binary.NativeEndian.PutUint64(e.sent[n:], tail(e.written, message))
	return writeAt(e.fd, e.sent, e.out)
}

func (e *fileEnd) Receive(message []byte) error {
	e.taken++
	n := len(message)
	for {
		if err := readOnce(e.fd, e.got, e.in); err != nil {
			return err
		}
		if t := binary.NativeEndian.Uint64(e.got[n:]); uint32(t) == e.taken && t == tail(e.taken, e.got[:n]) {
			copy(message, e.got)
			return nil
		}
		if e.share() {
			yield()
		}
	}
}

// tail is what comes behind a message.
func tail(number uint32, message []byte) uint64 {
	return uint64(checksum(message))<<32 | uint64(number)
}

// shortMost is up to how many bytes a message is summed here: for these, calling package crc32 takes longer than the sum.
const shortMost = 128

func checksum(message []byte) uint32 {
	if len(message) > shortMost {
		return crc32.Checksum(message, castagnoli)
	}
	const odd = 0x9e3779b97f4a7c15 // 2^64 by the golden ratio: each bit of a word changes many of the sum
	sum := uint64(len(message))
	for ; len(message) >= 8; message = message[8:] {
		sum = (sum ^ binary.NativeEndian.Uint64(message)) * odd
		sum ^= sum >> 32
	}
	for _, b := range message {
		sum = (sum ^ uint64(b)) * odd
	}
	return uint32(sum >> 32)
}
