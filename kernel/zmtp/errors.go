package zmtp

import (
	"errors"
	"fmt"
)

// Errors of sending and receiving.
var (
	ErrClosed = errors.New("zmtp: socket closed")
	ErrNoPeer = errors.New("zmtp: no peer with this identity") // never was, or has gone
	ErrCutOff = errors.New("zmtp: peer cut off: it does not read")
)

var (
	errReplaced = errors.New("zmtp: another connection took this identity")
	errProtocol = errors.New("zmtp: protocol error")
)

// violation is a protocol error of a peer.
func violation(format string, a ...any) error {
	return fmt.Errorf("%w: %s", errProtocol, fmt.Sprintf(format, a...))
}
