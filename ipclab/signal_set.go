package ipclab

import (
	"math/bits"
	"strings"
	"syscall"

	"ipclab/ipclab/internal/handlers"
	"ipclab/ipclab/signame"
)

// A Sigset is a set of signals, as sigset_t: bit n-1 is signal n. The zero value is the empty set. See sigsetops(3).
type Sigset uint64

// signalLast is the highest number of a signal.
const signalLast = 64

// NewSigset returns a set of the given signals, as sigemptyset and sigaddset would make it.
func NewSigset(sigs ...syscall.Signal) Sigset { return Sigset(0).Add(sigs...) }

// Sigfillset returns the set of all signals.
func Sigfillset() Sigset { return ^Sigset(0) }

// Add returns the set with the given signals in it. A number that is no signal, below 1 or above 64, is left out. See
// sigaddset(3).
func (s Sigset) Add(sigs ...syscall.Signal) Sigset {
	for _, sig := range sigs {
		s |= bitOf(sig)
	}
	return s
}

// Del returns the set without the given signals. See sigdelset(3).
func (s Sigset) Del(sigs ...syscall.Signal) Sigset {
	for _, sig := range sigs {
		s &^= bitOf(sig)
	}
	return s
}

// Has reports whether the signal is in the set. See sigismember(3).
func (s Sigset) Has(sig syscall.Signal) bool { return s&bitOf(sig) != 0 }

// Signals returns the signals in the set, by ascending number.
func (s Sigset) Signals() []syscall.Signal {
	var sigs []syscall.Signal
	for rest := uint64(s); rest != 0; rest &= rest - 1 {
		sigs = append(sigs, syscall.Signal(bits.TrailingZeros64(rest)+1))
	}
	return sigs
}

// String returns the names, as "{SIGINT SIGUSR1}".
func (s Sigset) String() string {
	var names []string
	for _, sig := range s.Signals() {
		names = append(names, signame.Of(sig))
	}
	return "{" + strings.Join(names, " ") + "}"
}

// bitOf returns the set of one signal, the empty one for a number that is none.
func bitOf(sig syscall.Signal) Sigset {
	if sig < 1 || sig > signalLast {
		return 0
	}
	return 1 << (sig - 1)
}

// takeable are the signals that a process can handle and block.
func takeable() Sigset { return Sigset(handlers.Takeable()) }
