//go:build linux && !cgo

#include "go_asm.h"
#include "textflag.h"

#define ARCH_SET_FS 0x1002
#define ARCH_GET_FS 0x1003
#define SYS_arch_prctl 158

// onStop is the handler of the stop signal; the kernel calls it on the thread's signal stack. At entry 0(SP)
// is the address to return to, which the kernel put there, and above it is the frame that rt_sigreturn takes.
//
//	BX   *control
//	R12  frame
//	R13  thread pointer
//	R14  thread id, then the epoch that the thread stays for
//	R15  *slot
TEXT ·onStop(SB), NOSPLIT|NOFRAME|TOPFRAME, $0
	ADDQ $8, SP
	MOVQ SP, R12
	LEAQ ·shared(SB), BX
	SUBQ $16, SP
	MOVQ $ARCH_GET_FS, DI
	MOVQ SP, SI
	MOVL $SYS_arch_prctl, AX
	SYSCALL
	MOVQ 0(SP), R13
	MOVL $const_sysGettid, AX
	SYSCALL
	MOVL AX, R14

	LEAQ control_self(BX), R15
	CMPL R14, control_caller(BX)
	JNE other
	MOVQ R12, slot_frame(R15)
	MOVQ R13, slot_tls(R15)
	MOVL R14, slot_tid(R15)
	CALL ·conduct(SB) // in the child it returns only if this is the main thread
	JMP leave

other:
	// Take a ticket. In an even epoch nobody asked: the signal is a late one.
	MOVL $1, AX
	LOCK
	XADDQ AX, control_tickets(BX)
	MOVQ AX, CX
	SHRQ $32, CX
	TESTL $1, CX
	JEQ stray
	MOVL AX, AX
	CMPQ AX, control_capacity(BX)
	JCC arrive // no slot left: be counted all the same
	IMULQ $slot__size, AX
	MOVQ control_slots(BX), R15
	ADDQ AX, R15
	MOVQ R12, slot_frame(R15)
	MOVQ R13, slot_tls(R15)
	MOVL R14, slot_tid(R15)

arrive:
	MOVL CX, R14
	MOVL $1, AX
	LOCK
	XADDL AX, control_arrived(BX)
	INCL AX
	CMPL AX, control_want(BX)
	JNE stay
	LEAQ control_arrived(BX), DI
	MOVL $const_futexWake, SI
	MOVL $1, DX
	MOVL $const_sysFutex, AX
	SYSCALL

stay:
	CMPL R14, control_tickets+4(BX)
	JNE awake
	LEAQ control_tickets+4(BX), DI
	MOVL $const_futexWait, SI
	MOVL R14, DX
	XORL R10, R10
	MOVL $const_sysFutex, AX
	SYSCALL
	JMP stay

awake:
	XORL AX, AX
	XCHGL AX, control_asleep(BX)
	TESTL AX, AX
	JEQ leave
	// The first that is awake wakes the others.
	LEAQ ·headStart(SB), DI
	XORL SI, SI
	MOVL $const_sysNanosleep, AX
	SYSCALL
	LEAQ control_tickets+4(BX), DI
	MOVL $const_futexWake, SI
	MOVL $const_everyone, DX
	MOVL $const_sysFutex, AX
	SYSCALL

	JMP leave

stray:
	CALL ·stray(SB)

leave:
	ADDQ $16, SP
	MOVL $const_sysSigreturn, AX
	SYSCALL
	INT $3

// func revive(s *slot) int
//
// It makes a thread whose stack pointer is the slot's frame. The thread waits for control.resume and then
// returns from the signal, with which it becomes the copy of the thread that was stopped.
//
//	R12  *slot
//	BX   *control, in the new thread
TEXT ·revive(SB), NOSPLIT, $0-16
	MOVQ s+0(FP), R12
	MOVL $const_threadFlags, DI
	MOVQ slot_frame(R12), SI
	XORL DX, DX
	XORL R10, R10
	MOVQ slot_tls(R12), R8
	MOVL $const_sysClone, AX
	SYSCALL
	TESTQ AX, AX
	JEQ thread
	MOVQ AX, ret+8(FP)
	RET

thread:
	LEAQ ·shared(SB), BX
hold:
	CMPL control_resume(BX), $0
	JNE go
	LEAQ control_resume(BX), DI
	MOVL $const_futexWait, SI
	XORL DX, DX
	XORL R10, R10
	MOVL $const_sysFutex, AX
	SYSCALL
	JMP hold

go:
	MOVL $const_sysSigreturn, AX
	SYSCALL
	INT $3

// func become(s *slot)
//
// It turns the calling thread into the copy of the one that was stopped, and lets those go that revive made.
// From then on the stack on which it was called belongs to one of them.
//
//	R12  *slot
//	BX   *control
TEXT ·become(SB), NOSPLIT|NOFRAME, $0-8
	MOVQ s+0(FP), R12
	LEAQ ·shared(SB), BX
	MOVQ slot_frame(R12), SP
	MOVL $ARCH_SET_FS, DI
	MOVQ slot_tls(R12), SI
	MOVL $SYS_arch_prctl, AX
	SYSCALL
	MOVL $1, AX
	XCHGL AX, control_resume(BX)
	LEAQ control_resume(BX), DI
	MOVL $const_futexWake, SI
	MOVL $const_everyone, DX
	MOVL $const_sysFutex, AX
	SYSCALL
	MOVL $const_sysSigreturn, AX
	SYSCALL
	INT $3

// func onStopPC() uintptr
TEXT ·onStopPC(SB), NOSPLIT, $0-8
	LEAQ ·onStop(SB), AX
	MOVQ AX, ret+0(FP)
	RET

// onPassed is the handler of a signal that is passed over.
TEXT ·onPassed(SB), NOSPLIT|NOFRAME|TOPFRAME, $0
	ADDQ $8, SP
	MOVL $const_sysSigreturn, AX
	SYSCALL
	INT $3

// func onPassedPC() uintptr
TEXT ·onPassedPC(SB), NOSPLIT, $0-8
	LEAQ ·onPassed(SB), AX
	MOVQ AX, ret+0(FP)
	RET

// onSent is the handler of signals that come for a reason (see kernelSignals and ownSignals) and that a process may
// send too. The former are the Go runtime's; what was sent has the default effect as soon as the handler returns.
// It is called with the signal in DI, *siginfo in SI and *ucontext in DX, which system calls keep.
//
//	R12  why it was sent
TEXT ·onSent(SB), NOSPLIT|NOFRAME|TOPFRAME, $0
	MOVL const_codeAt(SI), R12
	CMPL R12, $const_codeUser
	JEQ process
	CMPL R12, $const_codeQueue
	JEQ process
	CMPL R12, $const_codeThread
	JEQ process
pass:
	MOVQ ·goHandler(SB), AX
	JMP AX

process:
	MOVL $const_sysGetpid, AX
	SYSCALL
	CMPL AX, const_senderAt(SI)
	JNE default
	// From this process: a write that nobody can read, or a call whose time is up.
	CMPL DI, $const_sigpipe
	JNE limit
	CMPL R12, $const_codeUser
	JEQ pass
limit:
	CMPL DI, $const_LimitSignal
	JNE default
	CMPL R12, $const_codeThread
	JEQ pass

default:
	ADDQ $8, SP
	MOVL AX, R13
	MOVL DI, R12
	LEAQ ·noAction(SB), SI
	XORL DX, DX
	MOVL $8, R10
	MOVL $const_sysSigaction, AX
	SYSCALL
	MOVL $const_sysGettid, AX
	SYSCALL
	MOVL R13, DI
	MOVL AX, SI
	MOVL R12, DX
	MOVL $const_sysTgkill, AX
	SYSCALL
	MOVL $const_sysSigreturn, AX
	SYSCALL
	INT $3

// func onSentPC() uintptr
TEXT ·onSentPC(SB), NOSPLIT, $0-8
	LEAQ ·onSent(SB), AX
	MOVQ AX, ret+0(FP)
	RET

// func getg() uintptr
TEXT ·getg(SB), NOSPLIT, $0-8
	MOVQ (TLS), AX
	MOVQ AX, ret+0(FP)
	RET
