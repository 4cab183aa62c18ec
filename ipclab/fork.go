package ipclab

import (
	"ipclab/ipclab/bounds"
	"ipclab/ipclab/internal/handlers"
	"ipclab/runtime/fork"
)

// Fork makes a copy of this process and returns twice: in the parent with the child's process number, in the child
// with 0. Both go on from here, each with its own copy of all variables: what one assigns, the other does not see.
//
//	pid, err := ipclab.Fork()
//	if err != nil {
//		return err // there is no child
//	}
//	if pid == 0 {
//		fmt.Println("child")
//		os.Exit(3)
//	}
//	_, status, err := ipclab.Wait()
//
// What the two share:
//   - open descriptors, by the same numbers, with one offset in each file: close the ends of pipes that you do not use;
//   - shared mappings, a Trace among them, and files;
//   - standard output: what the child prints is output of the cell too.
//
// What is particular to this Fork, in a program of many threads:
//   - All threads and goroutines exist in the child and go on there, unlike after fork(2) in C, where only the calling
//     thread does. A goroutine started before prints twice from then on, and a background loop runs in both.
//     One that reads a pipe (that of exec.Cmd.Output, for one) reads in both too, and what the child gets the parent
//     does not.
//   - A child that reaches the end of its cell exits with status 0, one that panics with status 2.
//   - The child gets SIGKILL when its parent ends, so that nothing outlives the notebook.
//   - Signals have their default action in it (see Signals), unless Sigaction said otherwise in its parent: dispositions
//     and mask are inherited. So is what os/signal was asked for there, apart from SIGINT and SIGTERM.
//   - What Go makes of an event stays: a fault (SIGSEGV, SIGBUS, SIGFPE) is a panic, a write that nobody can read is the
//     error EPIPE, and the timer ITIMER_PROF does nothing. If a process sends SIGSEGV, SIGPIPE or SIGPROF, that ends
//     the child. SIGRTMIN+6 and 33 always do nothing, and SIGSTKFLT does nothing once the child takes signals: threads
//     are reached by them.
//
// A child that has ended stays a zombie until Wait or WaitPid collects its status. Errors: EAGAIN or ENOMEM when the
// system allows no more processes; fork.ErrUnsupported where fork cannot work. See fork(2).
func Fork() (pid int, err error) {
	c, err := forkChild()
	switch {
	case err != nil:
		return -1, err
	case c == nil:
		return 0, nil
	}
	return c.pid, nil
}

// forkChild forks, and returns the child, which is now among those to wait for; nil in the child.
func forkChild() (*child, error) {
	experiment.fix()
	if err := bounds.Admit(); err != nil {
		return nil, &Error{Call: "fork", Err: err}
	}
	release := handlers.Hold()
	pid, err := fork.Fork()
	release()
	if err != nil {
		bounds.Withdraw()
		return nil, &Error{Call: "fork", Err: err}
	}
	if pid == 0 {
		notLone()
		return nil, nil
	}
	return forked.add(pid), nil
}
