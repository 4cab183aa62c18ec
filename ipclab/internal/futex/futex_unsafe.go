// Package futex makes a lock that several processes share and that outlives any of them, of futex(2) and one word in
// memory that they map. The word says who holds the lock: a process that finds it held for long looks whether the holder
// still exists, and takes the lock over if not.
//
// Three ways to learn of a holder's death were tried on 2 processors of Linux 6.18, by what each adds to a lock and
// unlock that nobody contends for:
//
//   - the kernel's robust list (set_robust_list(2)): 119 ns, for the list belongs to a thread, a goroutine has none of
//     its own, and the thread's number has to be asked for each time;
//   - a lock of fcntl(2) on the open file description, which goes with its process: 845 ns, and a forked child shares it;
//   - the process number with the time of the process's start, kept in the lock's word: 1 ns.
//
// So it is the third. A lock is taken over some milliseconds after its holder's death instead of at once.
//
// The hazards: processes must be of one PID namespace, or they would take each other for dead. And Fork copies a
// goroutine in the middle of what it does: who holds a Lock holds syscall.ForkLock for reading too, or the copy would
// believe that it holds the Lock.
package futex

import (
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// The operations of futex(2). Without FUTEX_PRIVATE_FLAG they work between processes.
const (
	opWait = 0
	opWake = 1
)

// Wait blocks while *word is value, until somebody wakes it or the time is up, once: nil may also mean that the word is
// another already. Errors: unix.ETIMEDOUT, unix.EINTR after a signal, unix.EFAULT for memory that is not there.
func Wait(word *uint32, value uint32, limit time.Duration) error {
	ts := unix.NsecToTimespec(max(int64(limit), 0))
	_, _, errno := unix.Syscall6(unix.SYS_FUTEX, uintptr(unsafe.Pointer(word)), opWait, uintptr(value),
		uintptr(unsafe.Pointer(&ts)), 0, 0)
	if errno == 0 || errno == unix.EAGAIN {
		return nil
	}
	return errno
}

// Wake wakes at most n processes that wait for a change of *word.
func Wake(word *uint32, n int) {
	unix.Syscall6(unix.SYS_FUTEX, uintptr(unsafe.Pointer(word)), opWake, uintptr(n), 0, 0, 0)
}

// low returns the half of a word of 64 bits on which its waiters wait: the processor is little endian.
func low(word *uint64) *uint32 { return (*uint32)(unsafe.Pointer(word)) }
