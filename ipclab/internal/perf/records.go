package perf

import (
	"encoding/binary"
	"errors"

	"golang.org/x/sys/unix"
)

// sampled is what stands in the record of a call, in this order: process and thread, time, stack, what the tracepoint says.
const sampled = unix.PERF_SAMPLE_TID | unix.PERF_SAMPLE_TIME | unix.PERF_SAMPLE_CALLCHAIN | unix.PERF_SAMPLE_RAW

// An execution is the moment at which a process began to run another program.
type execution struct {
	pid  int
	time uint64
}

var errFormat = errors.New("perf: a record is not of the form that is known")

// parse reads records. Each begins with its type, 32 bits, flags and its size with this head, 16 bits each.
func parse(b []byte) (calls []Call, executions []execution, err error) {
	const head = 8
	const execFlag = 1 << 13 // PERF_RECORD_MISC_COMM_EXEC
	order := binary.NativeEndian
	for len(b) >= head {
		kind, flags, size := order.Uint32(b), order.Uint16(b[4:]), int(order.Uint16(b[6:]))
		if size < head || size > len(b) {
			return nil, nil, errFormat
		}
		body := b[head:size]
		b = b[size:]
		switch {
		case kind == unix.PERF_RECORD_LOST:
			return nil, nil, ErrLost
		case kind == unix.PERF_RECORD_SAMPLE:
			c, ok := parseCall(body)
			if !ok {
				return nil, nil, errFormat
			}
			calls = append(calls, c)
		case kind == unix.PERF_RECORD_COMM && flags&execFlag != 0 && len(body) >= 16:
			executions = append(executions, execution{pid: int(order.Uint32(body)), time: order.Uint64(body[len(body)-8:])})
		}
	}
	return calls, executions, nil
}

// parseCall reads the body of a record of a call.
func parseCall(b []byte) (c Call, ok bool) {
	const fixed, raw = 24, 64 // before the stack; of what the tracepoint says
	const contexts = ^uint64(4095)
	order := binary.NativeEndian
	if len(b) < fixed {
		return c, false
	}
	c.Pid, c.Tid, c.time = int(order.Uint32(b)), int(order.Uint32(b[4:])), order.Uint64(b[8:])
	frames := order.Uint64(b[16:])
	b = b[fixed:]
	if frames > uint64(len(b)/8) {
		return c, false
	}
	for i := range int(frames) {
		if address := order.Uint64(b[8*i:]); address < contexts { // else it says whose the following are: the user's
			c.Stack = append(c.Stack, uintptr(address))
		}
	}
	b = b[8*frames:]
	if len(b) < 4 || int(order.Uint32(b)) > len(b)-4 || order.Uint32(b) < raw {
		return c, false
	}
	b = b[4:] // common fields, 8 bytes; the number; the arguments
	c.Number = order.Uint64(b[8:])
	for i := range c.Args {
		c.Args[i] = order.Uint64(b[16+8*i:])
	}
	return c, true
}
