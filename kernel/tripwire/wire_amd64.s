//go:build linux

#include "go_asm.h"
#include "textflag.h"

// func spawn(stack unsafe.Pointer, s *state) (tid int)
//
// In the thread, which never returns:
//
//	R12  *state; system calls keep all registers but AX, CX and R11
TEXT ·spawn(SB), NOSPLIT, $0-24
	MOVQ stack+0(FP), SI
	MOVQ s+8(FP), R12
	MOVQ $const_threadFlags, DI
	XORQ DX, DX
	XORQ R10, R10
	XORQ R8, R8
	MOVQ $const_sysClone, AX
	SYSCALL
	TESTQ AX, AX
	JEQ sleep
	MOVQ AX, tid+16(FP)
	RET

sleep:
	MOVL state_armed(R12), AX
	TESTL AX, AX
	JNE tick
	LEAQ state_armed(R12), DI
	MOVQ $const_futexWait, SI
	XORQ DX, DX
	XORQ R10, R10
	MOVQ $const_sysFutex, AX
	SYSCALL
	JMP sleep

tick:
	LEAQ state_tick(R12), DI
	XORQ SI, SI
	MOVQ $const_sysNanosleep, AX
	SYSCALL
	LEAQ state_info(R12), DI
	MOVQ $const_sysSysinfo, AX
	SYSCALL
	MOVWLZX (state_info+const_procsAt)(R12), AX
	SUBL state_tasks(R12), AX
	MOVWLSX AX, AX // the kernel counts modulo 65536
	CMPL AX, state_more(R12)
	JGE trip
	MOVQ state_free(R12), AX
	SUBQ (state_info+const_freeAt)(R12), AX // in bytes: the unit of sysinfo is 1 on 64-bit machines
	CMPQ AX, state_drop(R12)
	JLT sleep

trip:
	XORL AX, AX // disarmed; if it was by someone else meanwhile, nobody is to be stopped
	XCHGL AX, state_armed(R12)
	TESTL AX, AX
	JEQ sleep
	MOVLQSX state_group(R12), DI
	MOVQ $const_sigstop, SI
	MOVQ $const_sysKill, AX
	SYSCALL
	MOVLQSX state_event(R12), DI
	LEAQ state_one(R12), SI
	MOVQ $8, DX
	MOVQ $const_sysWrite, AX
	SYSCALL
	JMP sleep
