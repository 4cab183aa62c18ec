//go:build linux && !cgo

package fork

// threadG returns the runtime's g of a stopped thread, which amd64 keeps below the thread pointer.
//
//go:nosplit
func threadG(s *slot) uintptr { return *(*uintptr)(at(s.tls - 8)) }
