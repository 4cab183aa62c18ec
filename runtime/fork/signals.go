//go:build linux && (amd64 || arm64) && !cgo

package fork

import (
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// sigaction is struct sigaction as the kernel has it.
type sigaction struct {
	handler, flags, restorer, mask uintptr
}

// defaulted are the signals that have their default effect in a child.
var defaulted = [...]syscall.Signal{unix.SIGINT, unix.SIGTERM}

const (
	actionFlags = 0x4 | 0x08000000 | 0x10000000 // SA_SIGINFO, SA_ONSTACK, SA_RESTART

	handlerDefault = 0 // SIG_DFL
	handlerIgnore  = 1 // SIG_IGN
)

//go:nosplit
func setAction(s syscall.Signal, a, old *sigaction) syscall.Errno {
	_, _, e := syscall.RawSyscall6(unix.SYS_RT_SIGACTION, uintptr(s), uintptr(unsafe.Pointer(a)),
		uintptr(unsafe.Pointer(old)), unsafe.Sizeof(a.mask), 0, 0)
	return e
}

// stopRequests is where StopSignal would be reported if its handler were the Go runtime's; nil as long as
// os/signal was not asked for it.
var stopRequests chan os.Signal

// requestStopSignal makes sure that StopSignal reaches the thread of os/signal, which blocks every signal that
// nobody asked for. That thread, and two that serve it, exist in a process that has asked for a signal once;
// as each thread has to be stopped for each fork, this is done only where they exist.
func requestStopSignal() {
	if stopRequests == nil {
		stopRequests = make(chan os.Signal, 1)
	}
	signal.Notify(stopRequests, syscall.Signal(StopSignal))
}

// armStopSignal makes sure that the signal reaches every thread, and the handler. signal.Reset and
// signal.Ignore undo both asking and handler, so this is done for each fork.
func armStopSignal() error {
	if stopRequests != nil {
		requestStopSignal()
	}
	var a sigaction
	if e := setAction(StopSignal, nil, &a); e != 0 {
		return fmt.Errorf("fork: rt_sigaction of signal %d: %w", StopSignal, e)
	}
	if a.handler == onStopPC() {
		return nil
	}
	a.handler = onStopPC()
	a.flags |= actionFlags
	a.mask = ^uintptr(0)
	if e := setAction(StopSignal, &a, nil); e != 0 {
		return fmt.Errorf("fork: rt_sigaction of signal %d: %w", StopSignal, e)
	}
	return nil
}

var noAction sigaction // SIG_DFL

// defaultSignals gives signals their default effect in the kernel, before a goroutine of the child runs.
// Part of the conductor.
//
//go:nosplit
func defaultSignals() {
	if passed.signal != 0 {
		setAction(passed.signal, &passed.before, nil)
	}
	for i := range defaulted {
		setAction(defaulted[i], &noAction, &work.actions[i])
	}
	defaultUnasked()
}

// noteMasks sets work.masked: whether os/signal may have been asked for a signal. Then there is a thread that
// blocks those that nobody asked for, work.blocked.
//
//go:nosplit
func noteMasks() {
	work.masked, work.blocked = false, 0
	for i := uint64(0); i < uint64(shared.arrived); i++ {
		if mask := *(*uint64)(at(slotAt(i).frame + frameMask)); mask != 0 {
			work.masked = true
			work.blocked |= mask
		}
	}
}

// settleSignals has os/signal forget what was asked for in the parent, and then gives the runtime its
// handlers back: without anybody asking, they have the default effect.
func settleSignals() {
	for i, s := range defaulted {
		h := work.actions[i].handler
		if work.masked || h == handlerIgnore {
			signal.Reset(s)
		}
		switch h {
		case handlerDefault:
		case handlerIgnore:
			setAction(s, &noAction, nil) // os/signal goes back to ignoring what was ignored when the program began
		default:
			setAction(s, &work.actions[i], nil)
		}
	}
}
