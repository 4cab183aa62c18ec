package stuck

import (
	"fmt"
	"os"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// Operations of futex(2) that wait, and bits in the word of a lock that holds its owner's number.
const (
	futexWait       = 0
	futexLockPI     = 6
	futexWaitBitset = 9
	futexWaitPI     = 11
	futexLockPI2    = 13
	futexWaiters    = 0x80000000
	futexOwner      = 0x3fffffff
)

// futex is a wait for a word in memory to change: what semaphores and locks are made of.
func (l *look) futex(c call) []*Wait {
	p, at := l.current, c.args[0]
	m, known := p.mappingAt(at)
	shared := known && m.shared
	w := &Wait{fd: -1, Until: l.limited(c.args[3]) && !l.slice(c), kind: futexWord}
	switch c.args[1] &^ (futexPrivate | futexRealtime) {
	case futexWait, futexWaitBitset, futexLockPI, futexLockPI2, futexWaitPI:
	default:
		return one(l.outside("a futex", -1))
	}
	value, readable := p.word(at)
	w.object = fmt.Sprintf("a futex at %#x", at)
	if shared {
		w.object = fmt.Sprintf("a futex in shared memory (%s, offset %d)", mappingName(m), m.offset+at-m.start)
	}
	w.On = fmt.Sprintf("%s, value %d", w.object, value)
	w.doing = "waits for " + w.On
	switch owner, isLock := l.owner(at, value); {
	case readable && isLock:
		l.lockOf(w, owner, shared)
	case shared && c.args[1]&futexPrivate == 0:
		l.sharedWord(w, m, m.offset+at-m.start, value)
	default:
		w.kind = ownLock
		l.ownWord(w)
	}
	return one(w)
}

// slice reports whether a wait is a short one of many, as of who looks again and again whether a lock's holder lives.
func (l *look) slice(c call) bool {
	const long = time.Second
	limit, ok := l.current.span(c.args[3])
	return ok && c.args[1]&^futexPrivate == futexWait && limit < long // those of C's sem_timedwait are FUTEX_WAIT_BITSET
}

// mappingName names a mapped file.
func mappingName(m mapping) string {
	name := strings.TrimSuffix(m.path, " (deleted)")
	switch {
	case name == "/dev/zero" || name == "":
		return "anonymous"
	case strings.HasPrefix(name, "/memfd:"):
		return "memory file " + strings.TrimPrefix(name, "/memfd:")
	}
	return name
}

// owner guesses the thread that holds the lock to which a word belongs: the word itself, in robust and
// priority-inheriting locks, or what stands two words behind it, in pthread_mutex_t of Linux's C libraries.
func (l *look) owner(at uint64, value uint32) (tid int, isLock bool) {
	const contended, ownerBehind = 2, 8
	switch {
	case value&futexWaiters != 0 && value&futexOwner > 0:
		return int(value & futexOwner), true
	case value == contended:
		if owner, ok := l.current.word(at + ownerBehind); ok && owner > 1 && owner <= 1<<22 {
			return int(owner), true
		}
	}
	return 0, false
}

// lockOf explains a wait for a lock of which the owner is known.
func (l *look) lockOf(w *Wait, owner int, shared bool) {
	holder := l.processOf(owner)
	w.On = fmt.Sprintf("a lock (%s)", w.object)
	w.object, w.held = w.On, "it"
	w.doing = "waits for " + w.On
	if !shared {
		w.kind = ownLock
	}
	switch {
	case holder == 0:
		w.held = ""
		w.doing += fmt.Sprintf(", whose holder, process %d, has ended without giving it back", owner)
		w.more = "A robust lock would tell the next one of it (EOWNERDEAD, pthread_mutexattr_setrobust(3))."
	case owner == l.thread.tid:
		w.By = []Holder{{holder, -1}}
		w.doing += ", which the same thread holds"
		w.more = "It locked twice, as a signal handler does that calls malloc or printf while the program is in one."
	default:
		w.By = []Holder{{holder, -1}}
	}
}

// processOf returns the process to which a thread belongs, 0 if there is none.
func (l *look) processOf(tid int) int {
	for _, p := range l.order {
		for _, t := range p.threads {
			if t.tid == tid {
				return p.pid()
			}
		}
		if p.pid() == tid && p.zombie() {
			return 0
		}
	}
	if _, err := os.Stat(fmt.Sprintf("/proc/%d", tid)); err == nil || unix.Kill(tid, 0) == unix.EPERM {
		return tid
	}
	return 0
}

// sharedWord explains a wait for a word in shared memory: a semaphore at 0, for instance.
func (l *look) sharedWord(w *Wait, m mapping, offset uint64, value uint32) {
	for _, p := range l.order {
		if p.pid() != w.Pid && p != l.current && p.hasMapped(m, offset) {
			w.By = append(w.By, Holder{p.pid(), -1})
		}
	}
	w.kind = aPost
	what := "a post or a wake-up"
	if value == 0 {
		what = "a semaphore, or another word, to become more than 0"
	}
	w.doing = fmt.Sprintf("waits for %s: %s", what, w.object)
	w.held = "the memory"
	if len(w.By) == 0 {
		w.doing += ", which no other process of the cell has mapped"
	}
	w.more = "Somebody has to post once for each wait, and before it ends."
}

// ownWord explains a wait for a word of the process's own.
func (l *look) ownWord(w *Wait) {
	if len(l.current.threads) > 1 {
		w.By = []Holder{{l.current.pid(), -1}}
		w.doing = "has threads that wait for each other (" + w.object + ")"
		return
	}
	w.doing = "waits for a lock of its own (" + w.object + "), and it has no other thread that could give it back"
	w.more = "A lock taken twice, or a signal handler that calls malloc or printf while the program is in one, does that."
}
