package handlers

//lint:file-ignore U1000 The assembly uses these.

import "golang.org/x/sys/unix"

// Numbers that the assembly knows as const_NAME.
const (
	sysGettid    = unix.SYS_GETTID
	sysSigreturn = unix.SYS_RT_SIGRETURN
	sysForward   = unix.SYS_RT_TGSIGQUEUEINFO
	sysSetTimer  = unix.SYS_TIMER_SETTIME
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
