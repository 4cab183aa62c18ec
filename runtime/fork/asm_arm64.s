//go:build linux && !cgo

#include "go_asm.h"
#include "textflag.h"

// Offsets in struct ucontext of what the kernel saved of the thread.
#define UC_STACK_SP 16 // uc_stack.ss_sp
#define UC_PC 440      // uc_mcontext.pc

// onStop is the handler of the stop signal; the kernel calls it on the thread's signal stack with the
// signal in R0, *siginfo in R1 and *ucontext in R2. The stack pointer is what rt_sigreturn takes.
//
//	R9   *control
//	R10  *slot
//	R11  epoch that the thread stays for
//	R12  thread id
TEXT ·onStop(SB), NOSPLIT|NOFRAME|TOPFRAME, $0
	MOVD $·shared(SB), R9
	MOVD UC_STACK_SP(R2), R13
	MOVD UC_PC(R2), R14
	MOVD $const_sysGettid, R8
	SVC
	MOVW R0, R12

	MOVD $control_self(R9), R10
	MOVW control_caller(R9), R0
	CMPW R0, R12
	BNE other
	MOVD RSP, R0
	MOVD R0, slot_frame(R10)
	MRS TPIDR_EL0, R0
	MOVD R0, slot_tls(R10)
	MOVD g, slot_g(R10)
	MOVD R14, slot_pc(R10)
	MOVD R13, slot_stack(R10)
	MOVW R12, slot_tid(R10)
	BL ·conduct(SB) // in the child it returns only if this is the main thread
	B leave

other:
	// Take a ticket. In an even epoch nobody asked: the signal is a late one.
	ADD $control_tickets, R9, R1
ticket:
	LDAXR (R1), R2
	ADD $1, R2, R3
	STLXR R3, (R1), R4
	CBNZ R4, ticket
	LSR $32, R2, R11
	TBZ $0, R11, stray
	MOVWU R2, R2
	MOVD control_capacity(R9), R3
	CMP R3, R2
	BHS arrive // no slot left: be counted all the same
	MOVD $slot__size, R3
	MUL R3, R2, R2
	MOVD control_slots(R9), R10
	ADD R2, R10
	MOVD RSP, R0
	MOVD R0, slot_frame(R10)
	MRS TPIDR_EL0, R0
	MOVD R0, slot_tls(R10)
	MOVD g, slot_g(R10)
	MOVD R14, slot_pc(R10)
	MOVD R13, slot_stack(R10)
	MOVW R12, slot_tid(R10)

arrive:
	ADD $control_arrived, R9, R0
count:
	LDAXRW (R0), R2
	ADDW $1, R2, R3
	STLXRW R3, (R0), R4
	CBNZ R4, count
	DMB $0xb // inner shareable: the arrival is seen before want is read
	MOVWU control_want(R9), R1
	CMPW R1, R3
	BNE stay
	MOVD $const_futexWake, R1
	MOVD $1, R2
	MOVD $const_sysFutex, R8
	SVC

stay:
	ADD $(control_tickets+4), R9, R0
	LDARW (R0), R1
	CMPW R1, R11
	BNE awake
	MOVD $const_futexWait, R1
	MOVW R11, R2
	MOVD ZR, R3
	MOVD $const_sysFutex, R8
	SVC
	B stay

awake:
	ADD $control_asleep, R9, R0
undertake:
	LDAXRW (R0), R1
	STLXRW ZR, (R0), R4
	CBNZ R4, undertake
	CBZW R1, leave
	// The first that is awake wakes the others.
	MOVD $·headStart(SB), R0
	MOVD ZR, R1
	MOVD $const_sysNanosleep, R8
	SVC
	ADD $(control_tickets+4), R9, R0
	MOVD $const_futexWake, R1
	MOVD $const_everyone, R2
	MOVD $const_sysFutex, R8
	SVC

	B leave

stray:
	BL ·stray(SB)

leave:
	MOVD $const_sysSigreturn, R8
	SVC
	BRK

// func revive(s *slot) int
//
// It makes a thread whose stack pointer is the slot's frame. The thread waits for control.resume and then
// returns from the signal, with which it becomes the copy of the thread that was stopped.
//
//	R9   *control, in the new thread
//	R10  *slot
TEXT ·revive(SB), NOSPLIT, $0-16
	MOVD s+0(FP), R10
	MOVD $const_threadFlags, R0
	MOVD slot_frame(R10), R1
	MOVD ZR, R2
	MOVD slot_tls(R10), R3
	MOVD ZR, R4
	MOVD $const_sysClone, R8
	SVC
	CBZ R0, thread
	MOVD R0, ret+8(FP)
	RET

thread:
	MOVD $·shared(SB), R9
hold:
	ADD $control_resume, R9, R0
	LDARW (R0), R1
	CBNZW R1, go
	MOVD $const_futexWait, R1
	MOVD ZR, R2
	MOVD ZR, R3
	MOVD $const_sysFutex, R8
	SVC
	B hold

go:
	MOVD $const_sysSigreturn, R8
	SVC
	BRK

// func become(s *slot)
//
// It turns the calling thread into the copy of the one that was stopped, and lets those go that revive made.
// From then on the stack on which it was called belongs to one of them.
//
//	R9   *control
//	R10  *slot
TEXT ·become(SB), NOSPLIT|NOFRAME, $0-8
	MOVD s+0(FP), R10
	MOVD $·shared(SB), R9
	MOVD slot_frame(R10), R0
	MOVD R0, RSP
	MOVD slot_tls(R10), R0
	MSR R0, TPIDR_EL0
	ADD $control_resume, R9, R0
	MOVD $1, R1
	STLRW R1, (R0)
	MOVD $const_futexWake, R1
	MOVD $const_everyone, R2
	MOVD $const_sysFutex, R8
	SVC
	MOVD $const_sysSigreturn, R8
	SVC
	BRK

// func onStopPC() uintptr
TEXT ·onStopPC(SB), NOSPLIT, $0-8
	MOVD $·onStop(SB), R0
	MOVD R0, ret+0(FP)
	RET

// onPassed is the handler of a signal that is passed over.
TEXT ·onPassed(SB), NOSPLIT|NOFRAME|TOPFRAME, $0
	MOVD $const_sysSigreturn, R8
	SVC
	BRK

// func onPassedPC() uintptr
TEXT ·onPassedPC(SB), NOSPLIT, $0-8
	MOVD $·onPassed(SB), R0
	MOVD R0, ret+0(FP)
	RET

// onSent is the handler of signals that come for a reason (see kernelSignals and ownSignals) and that a process may
// send too. The former are the Go runtime's; what was sent has the default effect as soon as the handler returns.
// It is called with the signal in R0, *siginfo in R1 and *ucontext in R2. System calls keep all registers but R0.
//
//	R9   signal
//	R10  process
//	R11  why it was sent
TEXT ·onSent(SB), NOSPLIT|NOFRAME|TOPFRAME, $0
	MOVW const_codeAt(R1), R11
	MOVD R0, R9
	CMPW $const_codeUser, R11
	BEQ process
	CMPW $const_codeQueue, R11
	BEQ process
	CMPW $const_codeThread, R11
	BEQ process
pass:
	MOVD R9, R0
	MOVD ·goHandler(SB), R11
	JMP (R11)

process:
	MOVD $const_sysGetpid, R8
	SVC
	MOVW const_senderAt(R1), R12
	CMPW R12, R0
	BNE default
	// From this process: a write that nobody can read, or a call whose time is up.
	CMPW $const_sigpipe, R9
	BNE limit
	CMPW $const_codeUser, R11
	BEQ pass
limit:
	CMPW $const_LimitSignal, R9
	BNE default
	CMPW $const_codeThread, R11
	BEQ pass

default:
	MOVD R0, R10
	MOVD R9, R0
	MOVD $·noAction(SB), R1
	MOVD ZR, R2
	MOVD $8, R3
	MOVD $const_sysSigaction, R8
	SVC
	MOVD $const_sysGettid, R8
	SVC
	MOVD R0, R1
	MOVD R10, R0
	MOVD R9, R2
	MOVD $const_sysTgkill, R8
	SVC
	MOVD $const_sysSigreturn, R8
	SVC
	BRK

// func onSentPC() uintptr
TEXT ·onSentPC(SB), NOSPLIT, $0-8
	MOVD $·onSent(SB), R0
	MOVD R0, ret+0(FP)
	RET

// func getg() uintptr
TEXT ·getg(SB), NOSPLIT, $0-8
	MOVD g, ret+0(FP)
	RET
