package means

import (
	"encoding/binary"
	"fmt"
	"math"

	"golang.org/x/sys/unix"
)

// numberSize is the size of a message that is a number of 64 bits.
const numberSize = 8

var eventfds = []*Means{
	{
		Name: "eventfd", Style: Raw, Least: numberSize, Most: numberSize, Copies: 2,
		About: "a number from 1 to 2^64-2, added to the counter of an eventfd by write(2) and taken by read(2); two that are not taken are one",
		Open:  func(int) (Line, error) { return openEventfds(newBytesEnd) },
	},
	{
		Name: "eventfd", Style: Go, Least: numberSize, Most: numberSize, Copies: 2,
		About: "a number from 1 to 2^64-2, added to the counter of an eventfd by os.File.Write and taken by Read, with the runtime's poller",
		Open:  func(int) (Line, error) { return openEventfds(newFileEnd) },
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
	return crossed(there, back, func(in, out int) (End, error) {
		e, err := end(in, out)
		return &counterEnd{e}, err
	}), nil
}

// A counterEnd passes only on what a counter can take: nobody would be woken by 0, and 2^64-1 is refused.
type counterEnd struct{ End }

func (e *counterEnd) Send(message []byte) error {
	if n := binary.NativeEndian.Uint64(message); n == 0 || n == math.MaxUint64 {
		return fmt.Errorf("an eventfd cannot pass the number %d: %w", n, unix.EINVAL)
	}
	return e.End.Send(message)
}
