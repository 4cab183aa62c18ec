#include "go_asm.h"
#include "textflag.h"

// onHandled is called by the kernel on the thread's signal stack. At entry 0(SP) is the address to return to; above it is
// what rt_sigreturn takes.
TEXT ·onHandled(SB), NOSPLIT|NOFRAME|TOPFRAME, $0
	ADDQ $8, SP
	INCL ·caught(SB)
	MOVL $const_sysSigreturn, AX
	SYSCALL
	INT $3

// func onHandledPC() uintptr
TEXT ·onHandledPC(SB), NOSPLIT, $0-8
	LEAQ ·onHandled(SB), AX
	MOVQ AX, ret+0(FP)
	RET
