#include "go_asm.h"
#include "textflag.h"

// Offsets in struct ucontext.
#define UC_RAX 144
#define UC_RIP 168
#define UC_MASK 296

#define EINTR 4
#define SYSCALL_CODE 0x050f // the instruction's two bytes

// onSignal is called by the kernel on the thread's signal stack, with the signal in DI, *siginfo in SI and *ucontext in
// DX. At entry 0(SP) is the address to return to; above it is the ucontext, which rt_sigreturn takes.
//
//	BX   *state
//	R12  signal
//	R13  *siginfo
TEXT ·onSignal(SB), NOSPLIT|NOFRAME|TOPFRAME, $0
	ADDQ $8, SP
	MOVQ DI, R12
	MOVQ SI, R13
	LEAQ ·now(SB), BX
	MOVL $const_sysGettid, AX
	SYSCALL
	CMPL AX, state_thread(BX)
	JNE other

	MOVQ UC_MASK(SP), AX
	MOVQ AX, state_mask(BX)
	ORQ state_takeable(BX), AX
	MOVQ AX, UC_MASK(SP)

	XORL CX, CX
copy:
	MOVQ (R13)(CX*8), AX
	MOVQ AX, state_info(BX)(CX*8)
	INCQ CX
	CMPQ CX, $16
	JNE copy

	// A call that waited: it returns -EINTR, and the instruction before is SYSCALL.
	XORL CX, CX
	CMPQ UC_RAX(SP), $-EINTR
	JNE known
	MOVQ UC_RIP(SP), DX
	CMPW -2(DX), $SYSCALL_CODE
	JNE known
	MOVL $1, CX
known:
	MOVL CX, state_inCall(BX)
	MOVL $1, state_pending(BX)
	MOVQ state_step(BX), AX
	TESTQ AX, AX
	JEQ told
	MOVB $1, (AX)
told:
	CMPL state_parked(BX), $0
	JEQ alerted
	LOCK
	INCL state_alerts(BX)
	LEAQ state_alerts(BX), DI
	MOVL $const_futexWake, SI
	MOVL $1, DX
	MOVQ CX, R12 // SYSCALL destroys CX; the signal is not needed any more
	MOVL $const_sysFutex, AX
	SYSCALL
	MOVQ R12, CX
alerted:
	TESTL CX, CX
	JNE leave
	CMPL state_calling(BX), $0
	JEQ leave
	// The call may be about to begin: the timer will interrupt it.
	MOVL $1, state_armed(BX)
	MOVQ state_timer(BX), DI
	XORL SI, SI
	LEAQ state_soon(BX), DX
	XORL R10, R10
	MOVL $const_sysSetTimer, AX
	SYSCALL
	JMP leave

other:
	MOVQ state_takeable(BX), AX
	ORQ AX, UC_MASK(SP)
	MOVL const_codeAt(R13), AX
	ANDL $const_codeBits, AX
	ORL $const_codePassedOn, AX
	MOVL AX, const_codeAt(R13)
	MOVL state_process(BX), DI
	MOVL state_thread(BX), SI
	MOVQ R12, DX
	MOVQ R13, R10
	MOVL $const_sysForward, AX
	SYSCALL

leave:
	MOVL $const_sysSigreturn, AX
	SYSCALL
	INT $3

// func onSignalPC() uintptr
TEXT ·onSignalPC(SB), NOSPLIT, $0-8
	LEAQ ·onSignal(SB), AX
	MOVQ AX, ret+0(FP)
	RET

// onNudge is called as onSignal is.
//
//	BX  *state
TEXT ·onNudge(SB), NOSPLIT|NOFRAME|TOPFRAME, $0
	ADDQ $8, SP
	LEAQ ·now(SB), BX
	MOVL $const_sysGettid, AX
	SYSCALL
	CMPL AX, state_thread(BX)
	JEQ nudged
	MOVQ state_takeable(BX), AX
	ORQ AX, UC_MASK(SP)
	LOCK
	INCL state_covered(BX)
nudged:
	MOVL $const_sysSigreturn, AX
	SYSCALL
	INT $3

// func onNudgePC() uintptr
TEXT ·onNudgePC(SB), NOSPLIT, $0-8
	LEAQ ·onNudge(SB), AX
	MOVQ AX, ret+0(FP)
	RET
