//go:build linux && !cgo

package fork

// frameMask is where in a signal frame the thread's signal mask is: uc_sigmask.
const frameMask = 296

// threadG returns the runtime's g of a stopped thread, which amd64 keeps below the thread pointer.
//
//go:nosplit
func threadG(s *slot) uintptr { return *(*uintptr)(at(s.tls - 8)) }
