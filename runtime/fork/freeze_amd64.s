//go:build linux && !cgo

#include "textflag.h"

// Slot layout (64 bytes): 0 frame, 8 fsbase, 16 tid, 24 ready
// ·slots [256*64]byte, ·count uint32, ·gate uint32, ·left uint32

// func freezeHandler: C ABI signal handler. DI=sig SI=info DX=uctx. SP -> return addr (pretcode)
TEXT ·freezeHandler(SB), NOSPLIT|NOFRAME|TOPFRAME, $0
	MOVQ SP, R12
	ADDQ $8, R12            // rsp as rt_sigreturn expects it
	MOVL $1, R13
	LOCK
	XADDL R13, ·count(SB)   // R13 = slot
	CMPL R13, $256
	JGE wait
	SHLQ $6, R13
	LEAQ ·slots(SB), R14
	ADDQ R13, R14
	MOVQ R12, 0(R14)
	// fs base: arch_prctl(ARCH_GET_FS, &slot.fs)
	MOVQ $0x1003, DI
	LEAQ 8(R14), SI
	MOVL $158, AX
	SYSCALL
	MOVL $186, AX // gettid
	SYSCALL
	MOVQ AX, 16(R14)
	MOVL $1, R15
	LOCK
	XADDL R15, ·ready(SB)
wait:
	MOVL ·gate(SB), AX
	CMPL AX, $0
	JNE done
	LEAQ ·gate(SB), DI
	MOVL $128, SI // FUTEX_WAIT|PRIVATE
	MOVL $0, DX
	MOVQ $0, R10
	MOVQ $0, R8
	MOVQ $0, R9
	MOVL $202, AX
	SYSCALL
	JMP wait
done:
	MOVL $1, R15
	LOCK
	XADDL R15, ·left(SB)
	RET

TEXT ·restorer(SB), NOSPLIT|NOFRAME|TOPFRAME, $0
	MOVL $15, AX
	SYSCALL
	INT $3

// func revive(frame, fs uintptr) int64 — clone a thread that resumes the frame.
TEXT ·revive(SB), NOSPLIT, $0-24
	MOVL $0xd0f00, DI  // VM|FS|FILES|SIGHAND|THREAD|SYSVSEM|SETTLS
	MOVQ frame+0(FP), SI
	MOVQ $0, DX
	MOVQ $0, R10
	MOVQ fs+8(FP), R8
	MOVL $56, AX
	SYSCALL
	CMPQ AX, $0
	JEQ child
	MOVQ AX, ret+16(FP)
	RET
child:
	// wait until the initiator has written the new thread ids
hold:
	MOVL ·resume(SB), AX
	CMPL AX, $0
	JNE go
	LEAQ ·resume(SB), DI
	MOVL $128, SI
	MOVL $0, DX
	MOVQ $0, R10
	MOVQ $0, R8
	MOVQ $0, R9
	MOVL $202, AX
	SYSCALL
	JMP hold
go:
	MOVL $15, AX
	SYSCALL
	INT $3

// func getg() uintptr
TEXT ·getg(SB), NOSPLIT, $0-8
	MOVQ (TLS), AX
	MOVQ AX, ret+0(FP)
	RET

TEXT ·handlerPC(SB), NOSPLIT, $0-8
	LEAQ ·freezeHandler(SB), AX
	MOVQ AX, ret+0(FP)
	RET
TEXT ·restorerPC(SB), NOSPLIT, $0-8
	LEAQ ·restorer(SB), AX
	MOVQ AX, ret+0(FP)
	RET
