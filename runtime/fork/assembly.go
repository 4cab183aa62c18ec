//go:build linux && (amd64 || arm64) && !cgo

package fork

//lint:file-ignore U1000 The assembly uses these, and calls conduct.

import "golang.org/x/sys/unix"

// Numbers that the assembly knows as const_NAME, and as slot__size.
const (
	sysFutex     = unix.SYS_FUTEX
	sysGettid    = unix.SYS_GETTID
	sysClone     = unix.SYS_CLONE
	sysSigreturn = unix.SYS_RT_SIGRETURN
	sysNanosleep = unix.SYS_NANOSLEEP

	sysGetpid    = unix.SYS_GETPID
	sysTgkill    = unix.SYS_TGKILL
	sysSigaction = unix.SYS_RT_SIGACTION
	sigpipe      = int(unix.SIGPIPE)

	// siginfo_t: where it says why a signal was sent, and by whom if that is one of the three; see sigaction(2).
	codeAt     = 8
	senderAt   = 16
	codeUser   = 0  // SI_USER
	codeQueue  = -1 // SI_QUEUE
	codeThread = -6 // SI_TKILL

	// What the Go runtime asks for when it makes a thread, and the thread pointer.
	threadFlags = unix.CLONE_VM | unix.CLONE_FS | unix.CLONE_FILES | unix.CLONE_SIGHAND |
		unix.CLONE_THREAD | unix.CLONE_SYSVSEM | unix.CLONE_SETTLS
)

// headStart is how much sooner Fork's thread goes on than the others. The kernel adds up to 50 µs.
var headStart = unix.Timespec{Nsec: 100e3}

// onStop is the handler of StopSignal. On the thread that Fork named it calls conduct.
func onStop()

// onStopPC is its address.
func onStopPC() uintptr

// onPassed is a handler that does nothing.
func onPassed()

// onPassedPC is its address.
func onPassedPC() uintptr

// onSent is a handler: a signal that a process has sent has its default effect, others are goHandler's.
func onSent()

// onSentPC is its address.
func onSentPC() uintptr

// revive makes the thread that resumes what is in the slot, once control.resume is set. It returns the
// thread's id or a negative errno.
//
//go:noescape
func revive(s *slot) int

// become makes the calling thread the one in the slot, once it has set control.resume. It does not return.
//
//go:noescape
func become(s *slot)

// getg returns the address of the runtime's g of the calling goroutine.
func getg() uintptr

var (
	_ = conduct
	_ = stray
)
