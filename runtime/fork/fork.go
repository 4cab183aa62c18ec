// Package fork is fork(2) for a Go process: the copy has every thread and every goroutine.
package fork

import "errors"

// ErrUnsupported is returned where fork cannot work.
var ErrUnsupported = errors.New("fork: not supported")

// Init prepares the process for Fork and checks that fork works here.
func Init() error { return ErrUnsupported }

// Fork copies the process. It returns 0 in the child.
func Fork() (pid int, err error) { return -1, ErrUnsupported }

// InChild reports whether this process was made by Fork.
func InChild() bool { return false }

// ReplaceInChild arranges that descriptor fd becomes a duplicate of with in every later child, before any other thread of the child runs.
func ReplaceInChild(fd, with int) {}
