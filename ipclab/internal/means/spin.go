package means

import (
	"sync/atomic"

	"ipclab/ipclab/internal/spin"
)

var spins = []*Means{{
	Name: "spin", Style: Raw, Least: 1, Most: streamMost, Copies: 2, Busy: true,
	About: "bytes copied into shared memory and out of it; who finds none looks again and again",
	Open:  func(size int) (Line, error) { return newShared(size, newSpinEnd) },
}}

// A spinEnd looks at the word of its slot until that says that there is a message. Both orders matter: the bytes before
// the word when one sends, the word before the bytes when one receives.
type spinEnd struct {
	out, in       *uint64
	outBox, inBox []byte
}

func newSpinEnd(send, receive *slot) (End, error) {
	return &spinEnd{send.word, receive.word, send.data, receive.data}, nil
}

func (e *spinEnd) Send(message []byte) error {
	copy(e.outBox, message)
	spin.Release(e.out, filled)
	return nil
}

func (e *spinEnd) Receive(message []byte) error {
	for atomic.LoadUint64(e.in) != filled {
		spin.Pause()
	}
	copy(message, e.inBox)
	spin.Release(e.in, vacant)
	return nil
}
