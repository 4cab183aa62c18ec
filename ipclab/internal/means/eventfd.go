package means

import (
	"encoding/binary"
	"fmt"
	"math"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/rawcall"
)

// numberSize is the size of a message that is a number of 64 bits.
const numberSize = 8

var eventfds = []*Means{
	{
		Name: "eventfd", Style: Raw, Least: numberSize, Most: numberSize, Copies: 2,
		About: "a number from 1 to 2^64-2, added to the counter of an eventfd by write(2) and taken by read(2); two that are not taken are one",
		Open:  func(int) (Line, error) { return openEventfds(newCounterEnd) },
	},
	{
		Name: "eventfd", Style: Go, Least: numberSize, Most: numberSize, Copies: 2,
		About: "a number from 1 to 2^64-2, added to the counter of an eventfd by os.File.Write and taken by Read, with the runtime's poller",
		Open:  func(int) (Line, error) { return openEventfds(newCounterFileEnd) },
	},
}

func openEventfds(end func(in, out int) (End, error)) (Line, error) {
	there, back, err := twice(func() ([2]int, error) {
		fd, err := unix.Eventfd(0, unix.EFD_CLOEXEC)
		return [2]int{fd, fd}, err
	})
	if err != nil {
		return nil, fmt.Errorf("eventfd: %w", err)
	}
	return crossed(there, back, end), nil
}

// A counterEnd is a bytesEnd that passes only on what a counter can take.
type counterEnd struct{ bytesEnd }

func newCounterEnd(in, out int) (End, error) {
	ownTable()
	return &counterEnd{bytesEnd{in, out}}, nil
}

func (e *counterEnd) Send(message []byte) error {
	if n := binary.NativeEndian.Uint64(message); n-1 >= math.MaxUint64-1 {
		return refused(n)
	}
	return rawcall.WriteFull(e.out, message)
}

// refused is the error for a number for which nobody would be woken, 0, or that the kernel does not take, 2^64-1.
func refused(n uint64) error {
	return fmt.Errorf("an eventfd cannot pass the number %d: %w", n, unix.EINVAL)
}

// A counterFileEnd is the same of an End with files.
type counterFileEnd struct{ End }

func newCounterFileEnd(in, out int) (End, error) {
	e, err := newFileEnd(in, out)
	return &counterFileEnd{e}, err
}

func (e *counterFileEnd) Send(message []byte) error {
	if n := binary.NativeEndian.Uint64(message); n-1 >= math.MaxUint64-1 {
		return refused(n)
	}
	return e.End.Send(message)
}
