//go:build !linux || !(amd64 || arm64) || cgo

package fork

func nudge(uintptr) error { return unsupported() }
