package handlers

//lint:file-ignore U1000 The assembly uses these.

import "golang.org/x/sys/unix"

// Numbers that the assembly knows as const_NAME.
const (
	sysGettid    = unix.SYS_GETTID
	sysSigreturn = unix.SYS_RT_SIGRETURN
	sysForward   = unix.SYS_RT_TGSIGQUEUEINFO
	sysSetTimer  = unix.SYS_TIMER_SETTIME
	codeAt       = 8 // offset of si_code in siginfo_t
)

// A thread may queue a signal for another only with a code that tells of sigqueue(3): a negative one, and not that of
// tgkill(2). So a signal that is passed on has its code in the lower bits, below a mark that nobody else uses.
const (
	codeBits     = 0x0FFFFFFF
	codePassedOn = 0x90000000
)

// onSignal is the handler of every signal for which there is a function. It notes the signal and blocks all that can be
// blocked until the function runs. On another thread than the one that takes signals it has that thread block them, and
// passes the signal on.
func onSignal()

// onSignalPC is its address.
func onSignalPC() uintptr

// onNudge is the handler of the signal nudge. It interrupts a call of the thread that takes signals; it has every other
// thread block them.
func onNudge()

// onNudgePC is its address.
func onNudgePC() uintptr
