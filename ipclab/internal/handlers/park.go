package handlers

import (
	"sync"
	"sync/atomic"

	"golang.org/x/sys/unix"
)

// wakeups has a value when a signal was noted while the goroutine that takes signals was in a wait of Go's own.
var wakeups = make(chan struct{}, 1)

// Park is called before a wait of Go's own, which is to wait for the channel too and then to run what has come. The
// channel is nil for other goroutines than the one that takes signals. After the wait comes leave.
func Park() (wake <-chan struct{}, leave func()) {
	if !Here() {
		return nil, func() {}
	}
	alert()
	select {
	case <-wakeups:
	default:
	}
	atomic.StoreUint32(&now.parked, 1)
	if atomic.LoadUint32(&now.pending) != 0 { // it came before that
		wakeUp()
	}
	return wakeups, func() { atomic.StoreUint32(&now.parked, 0) }
}

func wakeUp() {
	select {
	case wakeups <- struct{}{}:
	default: // there is one
	}
}

// alert starts the goroutine that passes alerts on: the assembly cannot send to a channel, but it can wake a futex. The
// goroutine is in children too, and waits there for alerts of theirs.
var alert = sync.OnceFunc(func() {
	go func() {
		for seen := uint32(0); ; {
			if a := atomic.LoadUint32(&now.alerts); a != seen {
				seen = a
				wakeUp()
				continue
			}
			awaitChange(&now.alerts, seen)
		}
	}()
})

// The numbers of futex(2), known to the assembly too.
const (
	futexWait = 0 | 128 // FUTEX_WAIT, FUTEX_PRIVATE_FLAG
	futexWake = 1 | 128 // FUTEX_WAKE, FUTEX_PRIVATE_FLAG
	sysFutex  = unix.SYS_FUTEX
)
