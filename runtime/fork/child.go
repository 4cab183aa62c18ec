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

// followParent has the child killed when the parent ends.
//
//go:nosplit
func followParent() {
	parent := uintptr(shared.main)
	pid, _ := raw(unix.SYS_GETPID, 0, 0, 0)
	shared.main = uint32(pid)
	raw(unix.SYS_PRCTL, unix.PR_SET_PDEATHSIG, uintptr(unix.SIGKILL), 0)
	if now, _ := raw(unix.SYS_GETPPID, 0, 0, 0); now != parent {
		raw(unix.SYS_KILL, pid, uintptr(unix.SIGKILL), 0) // it ended before that
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

// reviveThreads makes the copies of all stopped threads. They wait for control.resume, so that no goroutine
// runs in a child that cannot be completed.
//
//go:nosplit
func reviveThreads() {
	atomic.StoreUint32(&shared.resume, 0)
	n := uint64(shared.arrived)
	for i := uint64(0); i < n; i++ {
		s := slotAt(i)
		tid := revive(s)
		if tid < 0 {
			die(stepThread, syscall.Errno(-tid))
		}
		*knownAt(i) = uint32(tid)
		adopt(s, uint32(tid))
		restoreSchedule(i, uintptr(tid))
	}
	work.nknown = n
	adopt(&shared.self, shared.main)
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
