//go:build linux && !cgo

#include "go_asm.h"
#include "textflag.h"

#define ARCH_GET_FS 0x1003
#define SYS_arch_prctl 158

// onStop is the handler of the stop signal; the kernel calls it on the thread's signal stack. At entry 0(SP)
// is the address to return to, which the kernel put there, and above it is the frame that rt_sigreturn takes.
//
//	BX   *control
//	R9   *Timespec for the futex, or 0
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
	CMPL R14, control_main(BX)
	JNE other
	MOVQ R12, slot_frame(R15)
	MOVQ R13, slot_tls(R15)
	MOVL R14, slot_tid(R15)
	CALL ·conduct(SB) // returns in the child too
	JMP leave

other:
	// Take a ticket. In an even epoch nobody asked: the signal is a late one.
	MOVL $1, AX
	LOCK
	XADDQ AX, control_tickets(BX)
	MOVQ AX, CX
	SHRQ $32, CX
	TESTL $1, CX
	JEQ leave
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
	XORL R9, R9
	MOVL $1, AX
	LOCK
	XADDL AX, control_arrived(BX)
	CMPL AX, control_watcher(BX)
	JNE arrived
	LEAQ ·watchPeriod(SB), R9
arrived:
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
	MOVQ R9, R10
	MOVL $const_sysFutex, AX
	SYSCALL
	JMP stay

awake:
	TESTQ R9, R9
	JEQ leave
	LEAQ control_tickets+4(BX), DI // the watcher wakes the others
	MOVL $const_futexWake, SI
	MOVL $const_everyone, DX
	MOVL $const_sysFutex, AX
	SYSCALL

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

// func onStopPC() uintptr
TEXT ·onStopPC(SB), NOSPLIT, $0-8
	LEAQ ·onStop(SB), AX
	MOVQ AX, ret+0(FP)
	RET

// func getg() uintptr
TEXT ·getg(SB), NOSPLIT, $0-8
	MOVQ (TLS), AX
	MOVQ AX, ret+0(FP)
	RET
