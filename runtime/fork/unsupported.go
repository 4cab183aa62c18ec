//go:build !linux || !(amd64 || arm64) || cgo

package fork

import (
	"fmt"
	"runtime"
	"syscall"
)

func initialize() error { return unsupported() }

func forkProcess(uint32) (int, error) { return -1, unsupported() }

func copies() uint32 { return 0 }

func unsupported() error {
	return fmt.Errorf("%w: it needs Linux on amd64 or arm64 and a build with CGO_ENABLED=0 (this is %s/%s)",
		ErrUnsupported, runtime.GOOS, runtime.GOARCH)
}

func copied() bool { return false }

func replaceInChild(fd, with int) {}

func passOver(syscall.Signal) error { return unsupported() }

func gather(func() bool) error { return unsupported() }

func freezeProcess(int, []int, [3]int) (Thaw, error) { return Thaw{}, unsupported() }

func ownWritten(func() bool) {}

func wakeUp(int, []int) error { return unsupported() }

func beforeFork(f func()) {}

func onChild(f func()) {}
