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

// A fileLine is a file without a name for each direction. Two records in one file slow each other down: what the kernel keeps of
// the file, who writes one changes while the other is read.
type fileLine struct {
	files  [2]int // what each side writes
	memory Line   // by which both find out whether they share a processor
}

func openFile(size int) (Line, error) {
	l := &fileLine{}
	there, back, err := twice(func() ([2]int, error) {
		fd, err := namelessFile(int64(size + tailSize))
		return [2]int{fd, fd}, err
	})
	if err != nil {
		return nil, err
	}
	l.files = [2]int{there[0], back[0]}
	l.memory, err = newShared(0, func(send, receive *slot) (End, error) {
		return &fileEnd{sent: make([]byte, size+tailSize), got: make([]byte, size+tailSize),
			neighbours: newNeighbours(send, receive)}, nil
	})
	if err != nil {
		closeBoth(l.files)
		return nil, err
	}
	return l, nil
}

// Join opens both files anew, as unrelated processes do. Who shares an open file with another process also shares what the
// kernel writes down at each read, which costs some 4 % of a round trip; to keep the time of the last access costs 8 %.
func (l *fileLine) Join(side Side) (End, error) {
	end, err := l.memory.Join(side)
	if err != nil {
		return nil, err
	}
	e := end.(*fileEnd)
	e.out, e.in = reopened(l.files[side]), reopened(l.files[1-side])
	ownTable()
	return e, nil
}

// Close closes the files.
func (l *fileLine) Close() error {
	l.memory.Close()
	closeBoth(l.files)
	return nil
}

// reopened opens a file again and closes the descriptor it was open at. Where that cannot be done, it returns the descriptor.
func reopened(fd int) int {
	again, err := unix.Open(fmt.Sprintf("/proc/self/fd/%d", fd), unix.O_RDWR|unix.O_CLOEXEC|unix.O_NOATIME, 0)
	if err != nil {
		return fd
	}
	unix.Close(fd)
	return again
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
	out, in        int
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
	return rewrite(e.out, e.sent)
}

func (e *fileEnd) Receive(message []byte) error {
	e.taken++
	n := len(message)
	for {
		if err := readOnce(e.in, e.got); err != nil {
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

// blockSize is how much of a message is summed at once.
const blockSize = 64

// shortMost is up to how many bytes a message is summed here: for these, calling package crc32 takes longer than the sum.
const shortMost = 2 * blockSize

// odd multiplies what was summed so far: 2^64 by the golden ratio, each bit of a word changes many of the product.
const odd = 0x9e3779b97f4a7c15

// checksum has few branches: behind a system call a processor has to guess them anew, which costs more than the sum itself.
func checksum(message []byte) uint32 {
	if len(message) > shortMost {
		return crc32.Checksum(message, castagnoli)
	}
	sum := uint64(len(message))
	for ; len(message) >= blockSize; message = message[blockSize:] {
		sum = sumBlock(sum, (*[blockSize]byte)(message))
	}
	for ; len(message) >= 8; message = message[8:] {
		sum = (sum ^ binary.NativeEndian.Uint64(message)) * odd
		sum ^= sum >> 32
	}
	for _, b := range message {
		sum = (sum ^ uint64(b)) * odd
	}
	return uint32(sum >> 32)
}

// sumBlock adds a block, each word by a factor of its own, so that the products do not wait for each other.
func sumBlock(sum uint64, block *[blockSize]byte) uint64 {
	return (sum^word(block, 0))*odd +
		word(block, 1)*0xbf58476d1ce4e5b9 + word(block, 2)*0x94d049bb133111eb + word(block, 3)*0xd6e8feb86659fd93 +
		word(block, 4)*0xff51afd7ed558ccd + word(block, 5)*0xc4ceb9fe1a85ec53 + word(block, 6)*0x87c37b91114253d5 +
		word(block, 7)*0x4cf5ad432745937f
}

func word(p *[blockSize]byte, i int) uint64 {
	return binary.NativeEndian.Uint64(p[8*i:])
}
