package means

import (
	"fmt"
	"os"
	"os/signal"
	"sync/atomic"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/handlers"
)

// handled is the signal of the two that have a handler.
const handled = unix.SIGUSR1

var handlings = []*Means{
	{
		Name: "handler", Style: Raw,
		About: "SIGUSR1 without content: kill(2), here to the one thread of the other process that waits, a handler that counts, and sigsuspend(2) until it has; signals that are not taken become one, and nobody is told that the other has ended",
		Open:  func(int) (Line, error) { return newShared(0, newHandlerEnd) },
	},
	{
		Name: "handler", Style: Go,
		About: "SIGUSR1 without content: syscall.Kill, the runtime's handler, signal.Notify, and a channel; signals that are not taken become one, and nobody is told that the other has ended",
		Open:  openNotify,
	},
}

// A handlerEnd waits for the handler to have counted a signal, as a C program does:
//
//	while (!caught) sigsuspend(&mask);
//	caught--;
type handlerEnd struct {
	peer
	during uint64 // what is blocked while it waits
}

// caught is how many signals the handler has counted that were not received yet.
var caught uint32

func newHandlerEnd(send, receive *slot) (End, error) {
	before, err := block(handled)
	if err != nil {
		return nil, err
	}
	atomic.StoreUint32(&caught, 0)
	if err := handle(handled, onHandledPC()); err != nil {
		return nil, err
	}
	during := before.Val[0]&^bit(handled) | bit(unix.SIGURG) // by which the Go runtime interrupts threads
	return &handlerEnd{newPeer(send, receive), during}, nil
}

func (e *handlerEnd) Send([]byte) error {
	process, thread := e.find()
	return sendTo(process, thread, handled)
}

func (e *handlerEnd) Receive([]byte) error {
	for atomic.LoadUint32(&caught) == 0 {
		suspend(&e.during)
	}
	caught-- // the signal is blocked now
	return nil
}

// openNotify refuses a process that has taken its signals from the Go runtime: its children, too, would die of the first.
func openNotify(int) (Line, error) {
	if handlers.Claimed() {
		return nil, fmt.Errorf("os/signal: this process handles its signals as C programs do; measure in another: %w", unix.EBUSY)
	}
	return newShared(0, newNotifyEnd)
}

// A notifyEnd has os/signal tell it of signals.
type notifyEnd struct {
	peer
	signals chan os.Signal
}

func newNotifyEnd(send, receive *slot) (End, error) {
	const some = 16
	signals := make(chan os.Signal, some)
	signal.Notify(signals, handled)
	return &notifyEnd{newPeer(send, receive), signals}, nil
}

func (e *notifyEnd) Send([]byte) error {
	process, _ := e.find()
	return unix.Kill(process, handled)
}

func (e *notifyEnd) Receive([]byte) error {
	<-e.signals
	return nil
}
