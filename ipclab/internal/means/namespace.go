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
		runtime.LockOSThread()
		before, e := openNamespace()
		if err = e; err != nil {
			return
		}
		defer before.close()
		if err = unix.Unshare(unix.CLONE_NEWIPC); err != nil {
			runtime.UnlockOSThread()
			return
		}
		if n, err = openNamespace(); err == nil {
			if err = work(); err != nil {
				n.close()
			}
		}
		if unix.Setns(before.fd, unix.CLONE_NEWIPC) == nil {
			runtime.UnlockOSThread() // else the thread ends with this goroutine
		}
	}()
	<-done
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
