package means

import (
	"fmt"
	"runtime"

	"golang.org/x/sys/unix"
)

// A namespace has System V objects of its own, see ipc_namespaces(7). It exists for as long as a process has it open or a
// thread is in it.
type namespace struct{ fd int }

// newNamespace makes a namespace and does work in it. Errors: EPERM where that is not permitted, those of work.
func newNamespace(work func() error) (n *namespace, err error) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		n, err = workElsewhere(work)
	}()
	<-done
	return n, err
}

// workElsewhere does it on the thread of the calling goroutine, to be one that ends then: where the thread cannot go back to
// its namespace, it ends with the goroutine.
func workElsewhere(work func() error) (*namespace, error) {
	before, err := openNamespace()
	if err != nil {
		return nil, err
	}
	defer before.close()
	runtime.LockOSThread()
	if err := unix.Unshare(unix.CLONE_NEWIPC); err != nil {
		runtime.UnlockOSThread()
		return nil, err
	}
	n, err := openNamespace()
	if err == nil {
		err = work()
	}
	if unix.Setns(before.fd, unix.CLONE_NEWIPC) == nil {
		runtime.UnlockOSThread()
	}
	if err != nil && n != nil {
		n.close()
	}
	return n, err
}

// openNamespace opens that of the calling thread.
func openNamespace() (*namespace, error) {
	fd, err := unix.Open("/proc/thread-self/ns/ipc", unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("open the namespace of IPC: %w", err)
	}
	return &namespace{fd}, nil
}

// enter puts the calling thread into the namespace, on which the goroutine stays, and closes it.
func (n *namespace) enter() error {
	runtime.LockOSThread()
	if err := unix.Setns(n.fd, unix.CLONE_NEWIPC); err != nil {
		return fmt.Errorf("setns: %w", err)
	}
	return n.close()
}

func (n *namespace) close() error { return unix.Close(n.fd) }
