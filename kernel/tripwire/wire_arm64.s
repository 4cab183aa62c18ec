//go:build linux

#include "go_asm.h"
#include "textflag.h"

// func spawn(stack unsafe.Pointer, s *state) (tid int)
//
// In the thread, which never returns:
//
//	R19  *state; system calls keep all registers but R0
TEXT ·spawn(SB), NOSPLIT, $0-24
	MOVD stack+0(FP), R1
	MOVD s+8(FP), R19
	MOVD $const_threadFlags, R0
	MOVD ZR, R2
	MOVD ZR, R3
	MOVD ZR, R4
	MOVD $const_sysClone, R8
	SVC
	CBZ R0, sleep
	MOVD R0, tid+16(FP)
	RET

sleep:
	ADD $state_armed, R19, R0
	LDARW (R0), R5
	CBNZW R5, tick
	MOVD $const_futexWait, R1
	MOVD ZR, R2
	MOVD ZR, R3
	MOVD $const_sysFutex, R8
	SVC
	B sleep

tick:
	ADD $state_tick, R19, R0
	MOVD ZR, R1
	MOVD $const_sysNanosleep, R8
	SVC
	ADD $state_info, R19, R0
	MOVD $const_sysSysinfo, R8
	SVC
	MOVHU (state_info+const_procsAt)(R19), R5
	MOVWU state_tasks(R19), R6
	SUBW R6, R5, R5
	SXTHW R5, R5 // the kernel counts modulo 65536
	MOVW state_more(R19), R6
	CMPW R6, R5
	BGE trip
	MOVD state_free(R19), R5
	MOVD (state_info+const_freeAt)(R19), R6 // in bytes: the unit of sysinfo is 1 on 64-bit machines
	SUB R6, R5, R5
	MOVD state_drop(R19), R6
	CMP R6, R5
	BLT sleep

trip:
	ADD $state_armed, R19, R0 // disarmed; if it was by someone else meanwhile, nobody is to be stopped
disarm:
	LDAXRW (R0), R5
	STLXRW ZR, (R0), R6
	CBNZW R6, disarm
	CBZW R5, sleep
	MOVW state_group(R19), R0
	MOVD $const_sigstop, R1
	MOVD $const_sysKill, R8
	SVC
	MOVW state_event(R19), R0
	ADD $state_one, R19, R1
	MOVD $8, R2
	MOVD $const_sysWrite, R8
	SVC
	B sleep
