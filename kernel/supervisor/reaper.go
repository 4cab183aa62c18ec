package supervisor

import (
	"os"
	"os/signal"
	"sync"

	"golang.org/x/sys/unix"
)

// A reaper waits for all children of the kernel: the runtime processes, whose
// status it hands on, and the orphans that come to it as the subreaper.
type reaper struct {
	mu      sync.Mutex
	waiting map[int]chan<- unix.WaitStatus
	signals chan os.Signal
}

// newReaper makes the process a subreaper and starts to wait for children.
func newReaper() (*reaper, error) {
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		return nil, os.NewSyscallError("prctl PR_SET_CHILD_SUBREAPER", err)
	}
	r := &reaper{waiting: map[int]chan<- unix.WaitStatus{}, signals: make(chan os.Signal, 1)}
	signal.Notify(r.signals, unix.SIGCHLD)
	go func() {
		for range r.signals {
			r.collect()
		}
	}()
	return r, nil
}

// start runs begin, which starts a child, and gives the channel on which its
// status will come.
func (r *reaper) start(begin func() (pid int, err error)) (int, <-chan unix.WaitStatus, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	pid, err := begin()
	if err != nil {
		return 0, nil, err
	}
	status := make(chan unix.WaitStatus, 1)
	r.waiting[pid] = status
	return pid, status, nil
}

// collect takes the status of every child that has ended.
func (r *reaper) collect() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for {
		var status unix.WaitStatus
		pid, err := unix.Wait4(-1, &status, unix.WNOHANG, nil)
		if err == unix.EINTR {
			continue
		}
		if err != nil || pid == 0 {
			return
		}
		if status.Stopped() {
			// A thread has asked to be traced by its parent (PTRACE_TRACEME), which is this process and
			// does not: it would stand still for ever.
			_ = unix.Kill(pid, unix.SIGKILL)
			continue
		}
		if waiting, ok := r.waiting[pid]; ok {
			waiting <- status
			delete(r.waiting, pid)
		}
	}
}

// stop ends the waiting; zombies that come later are left to init.
func (r *reaper) stop() {
	signal.Stop(r.signals)
	close(r.signals)
	r.collect()
}
