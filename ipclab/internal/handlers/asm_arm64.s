#include "go_asm.h"
#include "textflag.h"

// Offsets in struct ucontext.
#define UC_MASK 40
#define UC_R0 184
#define UC_PC 440

#define EINTR 4
#define SVC_CODE 0xd4000001 // the instruction SVC $0

// onSignal is called by the kernel on the thread's signal stack, with the signal in R0, *siginfo in R1 and *ucontext in
// R2. The stack pointer is what rt_sigreturn takes.
//
//	R9   *state
//	R10  signal
//	R11  *siginfo
//	R12  *ucontext
TEXT ·onSignal(SB), NOSPLIT|NOFRAME|TOPFRAME, $0
	MOVD R0, R10
	MOVD R1, R11
	MOVD R2, R12
	MOVD $·now(SB), R9
	MOVD $const_sysGettid, R8
	SVC
	MOVWU state_thread(R9), R1
	CMPW R1, R0
	BNE other

	MOVD UC_MASK(R12), R0
	MOVD R0, state_mask(R9)
	MOVD state_takeable(R9), R1
	ORR R1, R0, R0
	MOVD R0, UC_MASK(R12)

	MOVD $16, R3
	MOVD $state_info, R4
	ADD R9, R4
copy:
	MOVD.P 8(R11), R0
	MOVD.P R0, 8(R4)
	SUBS $1, R3, R3
	BNE copy

	// A call that waited: it returns -EINTR, and the instruction before is SVC.
	MOVD ZR, R3
	MOVD UC_R0(R12), R0
	CMN $EINTR, R0
	BNE known
	MOVD UC_PC(R12), R1
	MOVWU -4(R1), R0
	MOVD $SVC_CODE, R1
	CMPW R1, R0
	BNE known
	MOVD $1, R3
known:
	MOVW R3, state_inCall(R9)
	MOVD $1, R0
	MOVW R0, state_pending(R9)
	MOVD state_step(R9), R1
	CBZ R1, told
	MOVB R0, (R1)
told:
	MOVWU state_parked(R9), R1
	CBZ R1, alerted
	ADD $state_alerts, R9, R13
alert:
	LDAXRW (R13), R2
	ADDW $1, R2, R2
	STLXRW R2, (R13), R4
	CBNZ R4, alert
	MOVD R3, R14
	MOVD R13, R0
	MOVD $const_futexWake, R1
	MOVD $1, R2
	MOVD $const_sysFutex, R8
	SVC
	MOVD R14, R3
	MOVD $1, R0
alerted:
	CBNZ R3, leave
	MOVWU state_calling(R9), R1
	CBZ R1, leave
	// The call may be about to begin: the timer will interrupt it.
	MOVW R0, state_armed(R9)
	MOVD state_timer(R9), R0
	MOVD ZR, R1
	MOVD $state_soon, R2
	ADD R9, R2
	MOVD ZR, R3
	MOVD $const_sysSetTimer, R8
	SVC
	B leave

other:
	MOVD UC_MASK(R12), R0
	MOVD state_takeable(R9), R1
	ORR R1, R0, R0
	MOVD R0, UC_MASK(R12)
	MOVWU const_codeAt(R11), R0
	MOVD $const_codeBits, R1
	AND R1, R0, R0
	MOVD $const_codePassedOn, R1
	ORR R1, R0, R0
	MOVW R0, const_codeAt(R11)
	MOVWU state_process(R9), R0
	MOVWU state_thread(R9), R1
	MOVD R10, R2
	MOVD R11, R3
	MOVD $const_sysForward, R8
	SVC

leave:
	MOVD $const_sysSigreturn, R8
	SVC
	BRK

// func onSignalPC() uintptr
TEXT ·onSignalPC(SB), NOSPLIT, $0-8
	MOVD $·onSignal(SB), R0
	MOVD R0, ret+0(FP)
	RET

// onNudge is called as onSignal is.
//
//	R9   *state
//	R12  *ucontext
TEXT ·onNudge(SB), NOSPLIT|NOFRAME|TOPFRAME, $0
	MOVD R2, R12
	MOVD $·now(SB), R9
	MOVD $const_sysGettid, R8
	SVC
	MOVWU state_thread(R9), R1
	CMPW R1, R0
	BEQ nudged
	MOVD UC_MASK(R12), R0
	MOVD state_takeable(R9), R1
	ORR R1, R0, R0
	MOVD R0, UC_MASK(R12)
	ADD $state_covered, R9, R1
count:
	LDAXRW (R1), R2
	ADDW $1, R2, R3
	STLXRW R3, (R1), R4
	CBNZ R4, count
nudged:
	MOVD $const_sysSigreturn, R8
	SVC
	BRK

// func onNudgePC() uintptr
TEXT ·onNudgePC(SB), NOSPLIT, $0-8
	MOVD $·onNudge(SB), R0
	MOVD R0, ret+0(FP)
	RET
