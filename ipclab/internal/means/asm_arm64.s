#include "go_asm.h"
#include "textflag.h"

// onHandled is called by the kernel on the thread's signal stack. The stack pointer is what rt_sigreturn takes.
TEXT ·onHandled(SB), NOSPLIT|NOFRAME|TOPFRAME, $0
	MOVD $·caught(SB), R9
	MOVWU (R9), R10
	ADDW $1, R10, R10
	MOVW R10, (R9)
	MOVD $const_sysSigreturn, R8
	SVC
	BRK

// func onHandledPC() uintptr
TEXT ·onHandledPC(SB), NOSPLIT, $0-8
	MOVD $·onHandled(SB), R0
	MOVD R0, ret+0(FP)
	RET
