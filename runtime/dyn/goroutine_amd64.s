#include "textflag.h"

// func Goroutine() uintptr
//
// AX holds the goroutine's descriptor, which the thread's local storage begins with.
TEXT ·Goroutine(SB), NOSPLIT, $0-8
	MOVQ (TLS), AX
	MOVQ AX, ret+0(FP)
	RET
