//go:build linux && (amd64 || arm64)

package tripwire

import (
	"encoding/binary"
	"fmt"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Tick is the time between two looks.
const Tick = 10 * time.Millisecond

// state is what the thread works with. What is written while it runs is written atomically, armed last.
type state struct {
	armed uint32 // futex: 0 while there is nothing to look for
	tasks uint32 // the machine's tasks when it was armed, of which the last 16 bits count
	more  int32  // so many more trip the wire
	group int32  // the process group to stop, negated as kill(2) wants it
	event int32  // eventfd that becomes readable then
	free  uint64 // the machine's free memory when it was armed
	drop  uint64 // so much less trips the wire
	one   uint64 // what is written to it
	tick  unix.Timespec
	info  unix.Sysinfo_t
}

// For the assembly.
const (
	freeAt       = unsafe.Offsetof(unix.Sysinfo_t{}.Freeram)
	procsAt      = unsafe.Offsetof(unix.Sysinfo_t{}.Procs)
	sysClone     = unix.SYS_CLONE
	sysFutex     = unix.SYS_FUTEX
	sysNanosleep = unix.SYS_NANOSLEEP
	sysSysinfo   = unix.SYS_SYSINFO
	sysKill      = unix.SYS_KILL
	sysWrite     = unix.SYS_WRITE
	sigstop      = int(unix.SIGSTOP)
	futexWait    = 0 | 128 // FUTEX_WAIT | FUTEX_PRIVATE_FLAG
	futexWake    = 1 | 128
	threadFlags  = unix.CLONE_VM | unix.CLONE_FS | unix.CLONE_FILES | unix.CLONE_SIGHAND | unix.CLONE_THREAD | unix.CLONE_SYSVSEM
)

// spawn makes a thread that runs the loop of the assembly with s for ever, and returns its number or, negated, an errno.
func spawn(stack unsafe.Pointer, s *state) (tid int)

// A Wire is the thread. There is one in a process, and it lasts as long as the process.
type Wire struct {
	mu   sync.Mutex
	s    *state
	live bool // it has been armed since it was disarmed or settled last
}

// Set starts the thread, or returns the one that there is.
var Set = sync.OnceValues(set)

// memorySize is that of the mapping: the state at its beginning, the stack, which nothing uses, behind it.
const memorySize = 8 << 10

func set() (*Wire, error) {
	memory, err := unix.Mmap(-1, 0, memorySize, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS)
	if err != nil {
		return nil, os.NewSyscallError("mmap", err)
	}
	event, err := unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK)
	if err != nil {
		return nil, os.NewSyscallError("eventfd", err)
	}
	s := (*state)(unsafe.Pointer(&memory[0]))
	s.event, s.one, s.tick = int32(event), 1, unix.NsecToTimespec(int64(Tick))

	// The thread inherits the mask: a signal's handler would be Go's.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var all, before unix.Sigset_t
	for i := range all.Val {
		all.Val[i] = ^all.Val[i]
	}
	if err := unix.PthreadSigmask(unix.SIG_SETMASK, &all, &before); err != nil {
		return nil, os.NewSyscallError("rt_sigprocmask", err)
	}
	tid := spawn(unsafe.Pointer(&memory[memorySize-16]), s)
	_ = unix.PthreadSigmask(unix.SIG_SETMASK, &before, nil)
	if tid < 0 {
		return nil, fmt.Errorf("start the thread of the tripwire: %w", os.NewSyscallError("clone", unix.Errno(-tid)))
	}
	ComeFirst(tid)
	return &Wire{s: s}, nil
}

// ComeFirst has thread tid, 0 for this one, get the processor before others that want it, as far as that is allowed: as
// one of real time, which takes privilege, or else by asking for it in short slices (Linux 6.12), which come sooner. See
// sched(7) and sched_setattr(2).
func ComeFirst(tid int) {
	realTime := unix.SchedAttr{Size: unix.SizeofSchedAttr, Policy: unix.SCHED_RR, Priority: 1, Flags: unix.SCHED_FLAG_RESET_ON_FORK}
	if unix.SchedSetAttr(tid, &realTime, 0) == nil {
		return
	}
	if usual, err := unix.SchedGetAttr(tid, 0); err == nil {
		usual.Runtime = uint64(100 * time.Microsecond)
		_ = unix.SchedSetAttr(tid, usual, 0) // else it comes when it comes
	}
}

// Arm has the wire stop process group when there are so many tasks more than now, or so many bytes of memory fewer free. It
// stays armed until it has, and is not armed again before Settle: nobody is stopped twice by it.
func (w *Wire) Arm(group, more int, drop uint64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	var info unix.Sysinfo_t
	if group <= 1 || more <= 0 || w.tripped() || unix.Sysinfo(&info) != nil {
		return
	}
	atomic.StoreUint32(&w.s.tasks, uint32(info.Procs))
	atomic.StoreInt32(&w.s.more, int32(min(more, 1<<15-1)))
	atomic.StoreUint64(&w.s.free, info.Freeram)
	atomic.StoreUint64(&w.s.drop, min(drop, 1<<62))
	atomic.StoreInt32(&w.s.group, int32(-group))
	if !w.live {
		w.live = true
		atomic.StoreUint32(&w.s.armed, 1)
		_, _, _ = unix.Syscall(unix.SYS_FUTEX, uintptr(unsafe.Pointer(&w.s.armed)), futexWake, 1)
	}
}

// Tripped reports whether the wire has been tripped and not settled. Its group is stopped, or about to be: Wait tells.
func (w *Wire) Tripped() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.tripped()
}

// tripped is Tripped for who holds mu.
func (w *Wire) tripped() bool { return w.live && atomic.LoadUint32(&w.s.armed) == 0 }

// Group returns the process group for which the wire was armed last.
func (w *Wire) Group() int { return -int(atomic.LoadInt32(&w.s.group)) }

// Settle allows the wire to be armed again after it was tripped.
func (w *Wire) Settle() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.tripped() {
		w.live = false
	}
}

// Disarm has the wire sleep. It returns Tripped: whether it was too late.
func (w *Wire) Disarm() (tripped bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.live && atomic.SwapUint32(&w.s.armed, 0) == 1 {
		w.live = false
	}
	return w.live
}

// Wake ends a wait, as if the wire had been tripped.
func (w *Wire) Wake() { _, _ = unix.Write(int(w.s.event), binary.NativeEndian.AppendUint64(nil, 1)) }

// Wait waits for limit at most, and reports whether the wire has been tripped since the last time.
func (w *Wire) Wait(limit time.Duration) bool {
	fds := []unix.PollFd{{Fd: w.s.event, Events: unix.POLLIN}}
	for end := time.Now().Add(limit); ; limit = max(0, time.Until(end)) {
		if _, err := unix.Poll(fds, int((limit+time.Millisecond-1)/time.Millisecond)); err != unix.EINTR {
			break
		}
	}
	var count [8]byte
	n, _ := unix.Read(int(w.s.event), count[:])
	return n == len(count)
}
