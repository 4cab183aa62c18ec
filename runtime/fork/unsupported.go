//go:build !linux || !amd64 || cgo

package fork

// Init prepares the process for Fork and checks that fork works here.
func Init() error { return ErrUnsupported }

// Fork copies the process. It returns 0 in the child.
func Fork() (pid int, err error) { return -1, ErrUnsupported }

// InChild reports whether this process was made by Fork.
func InChild() bool { return false }

// ReplaceInChild makes descriptor fd a duplicate of with in every later child.
func ReplaceInChild(fd, with int) {}

// OnChild runs f in every later child before Fork returns there.
func OnChild(f func()) {}
