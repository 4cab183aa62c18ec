package ipclab

import (
	"ipclab/ipclab/bounds"
	"ipclab/runtime/fork"
)

// forkOwn forks a process for which the package itself waits, so that no Wait of the user's sees it. Like those of Fork
// it counts among the processes that are allowed. It returns nil in the child.
func forkOwn() (*child, error) {
	experiment.fix()
	if err := bounds.Admit(); err != nil {
		return nil, &Error{Call: "fork", Err: err}
	}
	pid, err := fork.Fork()
	if err != nil {
		bounds.Withdraw()
		return nil, &Error{Call: "fork", Err: err}
	}
	if pid == 0 {
		return nil, nil
	}
	return &child{pid: pid, own: true}, nil
}
