package means

import (
	"encoding/binary"
	"runtime"
	"sync/atomic"

	"golang.org/x/sys/unix"
)

// queued is the signal of sigqueue, SIGRTMIN+5 of C programs.
const queued = unix.Signal(39)

var sigqueues = []*Means{{
	Name: "sigqueue", Style: Raw, Least: numberSize, Most: numberSize, Copies: 2, OneWay: true,
	About: "a number of 64 bits with a real-time signal: sigqueue(3), here to the one thread of the other process that waits, and sigwaitinfo(2); nobody is told that the other has ended",
	Open:  func(int) (Line, error) { return newShared(0, newSigqueueEnd) },
}}

// A sigqueueEnd sends signals with a value and waits for them.
//
// A process of Go has several threads, and any that does not block a signal may be given it. So signals are sent to the
// thread: to the kernel, that is the same work.
type sigqueueEnd struct {
	peer
	out  siginfo
	in   siginfo
	wait uint64 // the set of signals to wait for
}

func newSigqueueEnd(send, receive *slot) (End, error) {
	if _, err := block(queued); err != nil {
		return nil, err
	}
	e := &sigqueueEnd{peer: newPeer(send, receive), wait: bit(queued)}
	const codeQueue = -1 // SI_QUEUE
	e.out = siginfo{number: int32(queued), code: codeQueue}
	return e, nil
}

// Send asks each time who this process is, since sigqueue(3) of the C library does.
func (e *sigqueueEnd) Send(message []byte) error {
	process, thread := e.find()
	e.out.pid, e.out.uid = self()
	e.out.value = binary.NativeEndian.Uint64(message)
	for {
		switch err := queueSignal(process, thread, queued, &e.out); err {
		case unix.EAGAIN: // as many are queued as may be
			yield()
		default:
			return err
		}
	}
}

func (e *sigqueueEnd) Receive(message []byte) error {
	err := awaitSignal(&e.wait, &e.in)
	binary.NativeEndian.PutUint64(message, e.in.value)
	return err
}

// block has the calling goroutine stay on its thread and the thread block a signal. It returns what was blocked before.
func block(sig unix.Signal) (before unix.Sigset_t, err error) {
	runtime.LockOSThread()
	var set, old unix.Sigset_t
	set.Val[0] = bit(sig)
	err = unix.PthreadSigmask(unix.SIG_BLOCK, &set, &old)
	return old, err
}

// bit returns a signal as a set.
func bit(sig unix.Signal) uint64 { return 1 << (sig - 1) }

// A peer is the thread at the other end, which tells its numbers in shared memory once it is ready.
type peer struct {
	theirs          *uint64
	process, thread int
}

// newPeer tells the other side the numbers of this thread. From then on signals may come.
func newPeer(send, receive *slot) peer {
	atomic.StoreUint64(send.word, uint64(unix.Getpid())<<32|uint64(unix.Gettid()))
	return peer{theirs: receive.word}
}

// find returns whom to send to; the first time, it waits until the other side has joined.
func (p *peer) find() (process, thread int) {
	for p.thread == 0 {
		if ids := atomic.LoadUint64(p.theirs); ids != 0 {
			p.process, p.thread = int(ids>>32), int(uint32(ids))
		} else {
			yield()
		}
	}
	return p.process, p.thread
}

// yield lets others run.
func yield() { unix.RawSyscall(unix.SYS_SCHED_YIELD, 0, 0, 0) }
