#include "textflag.h"

// func current() uintptr
//
// AX holds the goroutine's descriptor, which the thread's local storage begins with.
TEXT ·current(SB), NOSPLIT, $0-8
	MOVQ (TLS), AX
	MOVQ AX, ret+0(FP)
	RET
