// Package sysname knows the system calls of Linux: their names, and what their arguments mean.
package sysname

import "fmt"

//go:generate go run ./generate amd64
//go:generate go run ./generate arm64

// Name returns the name of system call nr of this machine's architecture, "syscall 999" if it is not known.
func Name(nr uint64) string {
	if nr < uint64(len(names)) && names[nr] != "" {
		return names[nr]
	}
	return fmt.Sprintf("syscall %d", nr)
}

// Number returns the number of a system call by name; ok is false if this architecture has none.
func Number(name string) (nr uint64, ok bool) {
	for i, n := range names {
		if n == name && name != "" {
			return uint64(i), true
		}
	}
	return 0, false
}
