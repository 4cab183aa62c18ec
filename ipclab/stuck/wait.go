package stuck

import (
	"fmt"
	"slices"
	"strings"
)

// A Wait is one thing for which a process waits.
type Wait struct {
	Pid    int
	Thread int      // the thread that waits; it has the process's number where there is one only
	Call   string   // the system call, or "" where it is no call
	On     string   // on what: "pipe 812, read end", "FIFO /tmp/f", "process 4242"
	By     []Holder // who can end it; empty: nobody is known
	Open   bool     // nobody in particular: any process may, by a signal, a connection, an open
	Until  bool     // a time limit ends it

	kind   kind
	object string // what On names, without the end: "pipe 812"
	fd     int    // the descriptor waited on; -1 for none
	doing  string // a verb phrase: "reads pipe 812 (descriptor 3)"
	held   string // how Holders hold it: "has the write end open"; "" where they are it
	more   string // what else is to be said, a sentence
	stuck  bool
}

// A Holder is who can end a wait, and by which descriptor; FD is -1 where that is not by one.
type Holder struct{ Pid, FD int }

// kind is what is waited for.
type kind int

const (
	somethingElse kind = iota
	pipeData           // bytes, or end of file
	pipeRoom
	otherEnd // of a FIFO that is being opened
	aChild
	fileLock
	futexWord // of a lock in shared memory
	aPost     // of a semaphore, or a change of another word, there
	ownLock   // of threads of one process
	connection
	socketData
	socketRoom
	aSignal
	ipcObject // System V semaphores and message queues
	goroutines
)

// holdersText lists who can end the wait, for a table.
func (w *Wait) holdersText() string {
	var parts []string
	for _, h := range w.By {
		text := fmt.Sprint(h.Pid)
		if h.Pid == w.Pid && w.kind != aChild {
			text += " itself"
		}
		if h.FD >= 0 {
			text += fmt.Sprintf(" (%d)", h.FD)
		}
		if !slices.Contains(parts, text) {
			parts = append(parts, text)
		}
	}
	switch {
	case len(parts) > 0:
		return strings.Join(parts, ", ")
	case w.Open:
		return "anybody"
	}
	return "nobody"
}

// Holders returns who can end the wait, as a text for a table.
func (w *Wait) Holders() string { return w.holdersText() }

// Stuck reports whether nobody who could end the wait can go on.
func (w *Wait) Stuck() bool { return w.stuck }

// onlyItself reports whether nobody but the waiting process could end the wait.
func (w *Wait) onlyItself() bool {
	return len(w.By) > 0 && !slices.ContainsFunc(w.By, func(h Holder) bool { return h.Pid != w.Pid })
}

// itself returns the descriptors by which the waiting process could end its own wait.
func (w *Wait) itself() (fds []int) {
	for _, h := range w.By {
		if h.Pid == w.Pid && h.FD >= 0 {
			fds = append(fds, h.FD)
		}
	}
	return fds
}

// others returns who else could end the wait.
func (w *Wait) others() (pids []int) {
	for _, h := range w.By {
		if h.Pid != w.Pid && !slices.Contains(pids, h.Pid) {
			pids = append(pids, h.Pid)
		}
	}
	return pids
}
