package zmtp

import (
	"bufio"
	"encoding/binary"
	"io"
	"sync/atomic"
)

// Flags of a frame (RFC 23, "Framing"); all other bits are reserved.
const (
	flagMore    = 1
	flagLong    = 2 // the size has eight bytes instead of one
	flagCommand = 4
	flagsKnown  = flagMore | flagLong | flagCommand
)

const (
	greetingSize = 64
	maxCommand   = 8 << 10  // bytes in a command frame; READY has about 50
	firstChunk   = 64 << 10 // bytes allocated for a frame on its header's word alone
)

// frameReader reads messages. It believes a header only as far as bytes follow
// it: a frame's memory at most doubles with what was received, and number and
// sum of the frames of a message are bounded.
type frameReader struct {
	r          *bufio.Reader
	maxFrames  int
	maxMessage int64
	budget     *budget // shared by the peers of a socket
	held       int64   // bytes allocated for the message being read
	taken      int64   // of them, from the budget
}

// budget bounds what all peers of a socket have sent of messages that are not
// complete. The first firstChunk bytes of each are free, so that nobody who sends
// ordinary messages ever finds it used up.
type budget struct {
	max  int64
	used atomic.Int64
}

// take reserves n bytes, or reports that there are not as many left.
func (b *budget) take(n int64) bool {
	if b.used.Add(n) <= b.max {
		return true
	}
	b.used.Add(-n)
	return false
}

// next reads one message. Commands that come before it, or between its frames,
// are handed to command, whose error ends the reading.
func (fr *frameReader) next(command func(body []byte) error) ([][]byte, error) {
	defer fr.release()
	var (
		frames [][]byte
		total  uint64
	)
	for {
		flags, size, err := fr.header()
		switch {
		case err != nil && len(frames) > 0:
			return nil, noEOF(err)
		case err != nil:
			return nil, err
		case flags&flagCommand != 0:
			if err := fr.command(flags, size, command); err != nil {
				return nil, err
			}
			continue
		case len(frames) == fr.maxFrames:
			return nil, violation("message of more than %d frames", fr.maxFrames)
		case size > uint64(fr.maxMessage)-total:
			return nil, violation("message of more than %d bytes", fr.maxMessage)
		}
		total += size
		frame, err := fr.body(size)
		if err != nil {
			return nil, err
		}
		frames = append(frames, frame)
		if flags&flagMore == 0 {
			return frames, nil
		}
	}
}

// header reads flags and size of the next frame.
func (fr *frameReader) header() (flags byte, size uint64, err error) {
	if flags, err = fr.r.ReadByte(); err != nil {
		return 0, 0, err
	}
	if flags&^flagsKnown != 0 {
		return 0, 0, violation("frame flags %#x", flags)
	}
	if flags&flagLong == 0 {
		b, err := fr.r.ReadByte()
		return flags, uint64(b), noEOF(err)
	}
	var long [8]byte
	_, err = io.ReadFull(fr.r, long[:])
	return flags, binary.BigEndian.Uint64(long[:]), noEOF(err)
}

// body reads a frame's size bytes, which the caller has found acceptable.
func (fr *frameReader) body(size uint64) ([]byte, error) {
	if !fr.hold(min(size, firstChunk)) {
		return nil, errBudget
	}
	buf := make([]byte, min(size, firstChunk))
	for have := 0; ; {
		n, err := io.ReadFull(fr.r, buf[have:])
		if err != nil {
			return nil, noEOF(err)
		}
		have += n
		if uint64(have) == size {
			return buf, nil
		}
		more := min(size, 2*uint64(have))
		if !fr.hold(more - uint64(have)) {
			return nil, errBudget
		}
		grown := make([]byte, more)
		copy(grown, buf)
		buf = grown
	}
}

var errBudget = violation("more is being received on this socket than it has memory for")

// hold accounts for n bytes more of the message being read.
func (fr *frameReader) hold(n uint64) bool {
	fr.held += int64(n)
	need := fr.held - firstChunk - fr.taken
	if need <= 0 {
		return true
	}
	if !fr.budget.take(need) {
		return false
	}
	fr.taken += need
	return true
}

// release gives back what the message held: it is complete, or over with.
func (fr *frameReader) release() {
	fr.budget.used.Add(-fr.taken)
	fr.held, fr.taken = 0, 0
}

func (fr *frameReader) command(flags byte, size uint64, command func([]byte) error) error {
	if flags&flagMore != 0 || size > maxCommand {
		return violation("command of %d bytes with flags %#x", size, flags)
	}
	body, err := fr.body(size)
	if err != nil {
		return err
	}
	return command(body)
}

// splitCommand takes the body of a command frame apart: one byte with the
// length of the name, the name, data.
func splitCommand(body []byte) (name string, data []byte, err error) {
	if len(body) == 0 || int(body[0]) > len(body)-1 {
		return "", nil, violation("cut command name")
	}
	n := 1 + int(body[0])
	return string(body[1:n]), body[n:], nil
}

// noEOF turns an end of input in the middle of something into an error that
// says so.
func noEOF(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// wireSize is how many bytes a message has on the wire.
func wireSize(frames [][]byte) (n int64) {
	for _, f := range frames {
		n += int64(len(f)) + headerSize(len(f))
	}
	return n
}

func headerSize(body int) int64 {
	if body > 255 {
		return 9
	}
	return 2
}

// memory is roughly what a received message occupies.
func memory(frames [][]byte) (n int64) {
	for _, f := range frames {
		n += int64(len(f)) + 48 // slice header and the allocator's rounding
	}
	return n + 64
}
