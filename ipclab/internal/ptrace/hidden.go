package ptrace

import (
	"golang.org/x/sys/unix"
)

// made hides the process that a thread has made if the user of this program does not know of it: a compiler that was
// started for a cell of C, for example.
func (t *tracer) made(k *task) {
	pid, err := unix.PtraceGetEventMsg(k.tid)
	if err == nil && t.hides(k) && process(int(pid)) == int(pid) {
		t.hidden[int(pid)] = true
	}
}

// inherit does the same when the new process stops before its parent's thread does.
func (t *tracer) inherit(k *task) {
	if k.tid != k.pid || t.hidden[k.pid] {
		return
	}
	parent := number(k.tid, "PPid:")
	for _, other := range t.tasks {
		if other.pid == parent && other.call != nil && isFork(other.call.event.Name) && t.hides(other) {
			t.hidden[k.pid] = true
		}
	}
}

// hides reports whether what a thread makes in its call is hidden.
func (t *tracer) hides(k *task) bool {
	return t.hidden[k.pid] || k.call != nil && k.call.event.Inside
}

func isFork(name string) bool {
	return name == "clone" || name == "clone3" || name == "fork" || name == "vfork"
}
