package ipclab

import (
	"testing"

	"golang.org/x/sys/unix"
)

// A call that ends with what it waited for was not interrupted: unless it begins anew after a signal, that came too early.
func TestSignalsThatComeTooEarly(t *testing.T) {
	for _, c := range []struct {
		call    string
		restart bool
		err     error
		early   bool
	}{
		{"read", false, unix.EINTR, false}, {"read", false, nil, true}, {"read", true, nil, false},
		{"ppoll", true, unix.EINTR, false}, {"ppoll", true, nil, true},
	} {
		if got := (interruption{call: c.call, restart: c.restart}).early(c.err); got != c.early {
			t.Errorf("%s, to be restarted: %v, returns %v: too early: %v", c.call, c.restart, c.err, got)
		}
	}
}
