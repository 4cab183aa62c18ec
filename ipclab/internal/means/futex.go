package means

import (
	"sync/atomic"

	"ipclab/ipclab/internal/spin"
)

var futexes = []*Means{
	{
		Name: "futex", Style: Raw, Least: 1, Most: streamMost, Copies: 2,
		About: "bytes copied into shared memory and out of it; who finds none sleeps in futex(2), who has put some wakes the sleeper",
		Open:  func(size int) (Line, error) { return newShared(size, newFutexEnd(0)) },
	},
	{
		Name: "spin-futex", Style: Raw, Least: 1, Most: streamMost, Copies: 2,
		About: "bytes copied into shared memory and out of it; who finds none looks 2,000 times, then sleeps in futex(2)",
		Open:  func(size int) (Line, error) { return newShared(size, newFutexEnd(spinLooks)) },
	},
}

// spinLooks is how often spin-futex looks before it sleeps.
const spinLooks = 2000

// What the word of a slot says.
const (
	vacant = iota // there is no message
	filled
	awaited // there is none, and the receiver sleeps until there is
)

// A futexEnd looks at the word of its slot, and sleeps on it.
type futexEnd struct {
	out, in       *uint32
	taken         *uint64 // of which in is a half: see spin.Release
	outBox, inBox []byte
	looks         int
}

func newFutexEnd(looks int) func(send, receive *slot) (End, error) {
	return func(send, receive *slot) (End, error) {
		return &futexEnd{low(send.word), low(receive.word), receive.word, send.data, receive.data, looks}, nil
	}
}

func (e *futexEnd) Send(message []byte) error {
	copy(e.outBox, message)
	if atomic.SwapUint32(e.out, filled) == awaited {
		wakeOne(e.out)
	}
	return nil
}

func (e *futexEnd) Receive(message []byte) error {
	for i := 0; i < e.looks && atomic.LoadUint32(e.in) != filled; i++ {
		spin.Pause()
	}
	if atomic.LoadUint32(e.in) != filled && atomic.CompareAndSwapUint32(e.in, vacant, awaited) {
		for atomic.LoadUint32(e.in) == awaited {
			sleepWhile(e.in, awaited)
		}
	}
	copy(message, e.inBox)
	spin.Release(e.taken, vacant)
	return nil
}
