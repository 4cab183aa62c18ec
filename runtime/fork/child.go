//go:build linux && (amd64 || arm64) && !cgo

package fork

// Part of the conductor, in the child: only its thread exists. See doc.go.

import (
	"sync/atomic"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// failedStatus is the exit status of a child that could not be completed.
const failedStatus = 255

// sigPerThread is what syscall.AllThreadsSyscall sends.
const sigPerThread = 33

type replacement struct{ fd, with int32 }

// completeChild makes the copy, which has one thread, whole. Where it fails, the child ends.
//
//go:nosplit
func completeChild() {
	followParent()
	atomic.AddUint32(&work.generation, 1)
	defaultSignals()
	replaceDescriptors()
	renewPoller()
	reviveThreads()
}

// followParent has the child told when the parent may have ended: Linux sends the signal when the thread ends
// that made the child, and that need not be the end of its process.
//
//go:nosplit
func followParent() {
	work.parent = shared.main
	pid, _ := raw(unix.SYS_GETPID, 0, 0, 0)
	shared.main = uint32(pid)
	raw(unix.SYS_PRCTL, unix.PR_SET_PDEATHSIG, StopSignal, 0)
	endAfterParent() // it may have ended before that
}

// stray is called by the handler of StopSignal for one that Fork did not send, or not to be taken so late.
//
//go:nosplit
func stray() { endAfterParent() }

// endAfterParent kills this process if the one that it is a copy of has ended.
//
//go:nosplit
func endAfterParent() {
	if work.parent == 0 {
		return
	}
	if now, _ := raw(unix.SYS_GETPPID, 0, 0, 0); now != uintptr(work.parent) {
		raw(unix.SYS_KILL, uintptr(shared.main), uintptr(unix.SIGKILL), 0)
	}
}

//go:nosplit
func replaceDescriptors() {
	for i := uintptr(0); i < work.nreplace; i++ {
		r := (*replacement)(at(work.replace + i*unsafe.Sizeof(replacement{})))
		if _, e := raw(unix.SYS_DUP3, uintptr(r.with), uintptr(r.fd), unix.O_CLOEXEC); e != 0 {
			die(stepReplace, e)
		}
	}
}

// reviveThreads makes the copies of all stopped threads, and of the conductor if the parent's main thread was
// another: of that one, the child's main thread will become the copy. All wait for control.resume, so that no
// goroutine runs in a child that cannot be completed.
//
//go:nosplit
func reviveThreads() {
	atomic.StoreUint32(&shared.resume, 0)
	work.lead = shared.capacity
	shared.caller = shared.main
	n := uint64(shared.arrived)
	for i := uint64(0); i < n; i++ {
		s := slotAt(i)
		tid := shared.main
		if s.tid == work.parent {
			work.lead = i
			shared.caller = mustRevive(&shared.self)
		} else {
			tid = mustRevive(s)
		}
		*knownAt(i) = tid
		adopt(s, tid)
	}
	adopt(&shared.self, shared.caller)
	work.nknown = n
	for i := uint64(0); i < n; i++ {
		restoreSchedule(i, uintptr(*knownAt(i)))
	}
}

//go:nosplit
func mustRevive(s *slot) uint32 {
	tid := revive(s)
	if tid < 0 {
		die(stepThread, syscall.Errno(-tid))
	}
	return uint32(tid)
}

// adopt makes the thread known to the runtime. Signals that were pending for it in the parent are not
// pending in the child. The runtime waits for two of its own and would wait for ever, so they are sent
// again; it takes no notice of them where it does not wait.
//
//go:nosplit
func adopt(s *slot, tid uint32) {
	*owner(s) = uint64(tid)
	signalThread(tid, uintptr(unix.SIGURG)) // preemption
	signalThread(tid, sigPerThread)
}

// die ends the child with a message.
//
//go:nosplit
func die(s step, e syscall.Errno) {
	work.line.text("fork: the child cannot be completed: ")
	work.line.text(stepNames[s])
	work.line.text(": errno ")
	work.line.number(uintptr(e))
	work.line.text("\n")
	raw(unix.SYS_WRITE, 2, uintptr(unsafe.Pointer(&work.line.bytes)), work.line.n)
	raw(unix.SYS_EXIT_GROUP, failedStatus, 0, 0)
}

// line is a message being written.
type line struct {
	bytes [160]byte
	n     uintptr
}

//go:nosplit
func (l *line) text(s string) {
	for i := 0; i < len(s); i++ {
		l.add(s[i])
	}
}

//go:nosplit
func (l *line) number(n uintptr) {
	unit := uintptr(1)
	for n/unit >= 10 {
		unit *= 10
	}
	for ; unit > 0; unit /= 10 {
		l.add('0' + byte(n/unit%10))
	}
}

//go:nosplit
func (l *line) add(c byte) {
	if l.n < uintptr(len(l.bytes)) {
		l.bytes[l.n] = c
		l.n++
	}
}
