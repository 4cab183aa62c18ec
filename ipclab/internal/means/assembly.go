package means

//lint:file-ignore U1000 The assembly uses these.

import "golang.org/x/sys/unix"

// sysSigreturn is known to the assembly as const_sysSigreturn.
const sysSigreturn = unix.SYS_RT_SIGRETURN

// onHandled is the handler of the raw "handler": it adds 1 to caught.
func onHandled()

// onHandledPC is its address.
func onHandledPC() uintptr
