package stuck

import (
	"fmt"
	"slices"
	"strings"
)

// circleText is the sentence for processes that wait for each other in a circle.
func (l *look) circleText(circle []edge) string {
	var names, parts []string
	for _, e := range circle {
		names = append(names, l.name(e.wait.Pid))
		parts = append(parts, fmt.Sprintf("%d %s%s", e.wait.Pid, e.wait.doing, heldBy(e.wait, []Holder{e.by})))
	}
	names[0] = l.capital(circle[0].wait.Pid)
	text := list(names, "and") + " wait for each other, and none of them can go on: " + strings.Join(parts, "; ") + "."
	if advice := circleAdvice(circle); advice != "" {
		text += " " + advice
	}
	text += l.unless(circle...)
	for _, e := range circle {
		if e.wait.kind == fileLock && e.wait.more != "" {
			text += " " + e.wait.more
		}
		if own := e.wait.itself(); e.wait.kind == pipeData && len(own) > 0 {
			text += fmt.Sprintf(" %d has the write end open itself too (%s).", e.wait.Pid, descriptorsText(own))
		}
	}
	return text
}

// heldBy says who has what a wait is for.
func heldBy(w *Wait, by []Holder) string {
	if w.held == "" || len(by) == 0 {
		return ""
	}
	var names []string
	for _, h := range by {
		name := fmt.Sprintf("process %d", h.Pid)
		if h.Pid == w.Pid {
			name = "it itself"
		}
		if h.FD >= 0 {
			name += fmt.Sprintf(" (descriptor %d)", h.FD)
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	switch w.held {
	case "it":
		return ", which is held by " + list(names, "and")
	case "the memory":
		return ", also mapped by " + list(names, "and")
	}
	return fmt.Sprintf(", of which %s is held by %s", w.held, list(names, "and"))
}

// circleAdvice says what is to be done about a circle.
func circleAdvice(circle []edge) string {
	var kinds []kind
	for _, e := range circle {
		kinds = append(kinds, e.wait.kind)
	}
	has := func(k kind) bool { return slices.Contains(kinds, k) }
	switch closing := slices.IndexFunc(circle, func(e edge) bool { return e.wait.kind == pipeData }); {
	case has(pipeData) && has(aChild):
		h := circle[closing].by
		return fmt.Sprintf("End of file comes only when every write end is closed: process %d has to close descriptor %d, or write what is waited for, before it waits.", h.Pid, h.FD)
	case has(pipeRoom) && has(aChild):
		return "A pipe holds 64 KiB: who holds its read end has to read before it waits for the writer's end."
	case has(pipeData) && has(pipeRoom), has(socketData) && has(socketRoom):
		return "Let one side read while the other writes: here one writes more than fits before it reads."
	case !slices.ContainsFunc(kinds, func(k kind) bool { return k != pipeData && k != socketData }):
		return "All of them read first: one has to write first, and to flush what it has written."
	case !slices.ContainsFunc(kinds, func(k kind) bool { return k != pipeRoom && k != socketRoom }):
		return "All of them write, and nobody reads."
	case !slices.ContainsFunc(kinds, func(k kind) bool { return k != fileLock && k != futexWord }):
		return "Take locks in the same order in every process."
	case has(aChild) && (has(fileLock) || has(futexWord)):
		return "Give the lock back before waiting for the child that needs it."
	}
	return ""
}

// waitText is the sentence for a wait that is in no circle.
func (l *look) waitText(w *Wait) string {
	text := l.capital(w.Pid) + " " + w.doing
	if w.onlyItself() && w.held != "" && len(w.itself()) > 0 {
		text += heldBy(w, w.By) + " alone." + alone(w)
	} else {
		text += heldBy(w, w.By) + l.state(w) + "." + l.because(w)
	}
	if w.more != "" {
		text += " " + w.more
	}
	return text + l.unless(edge{wait: w})
}

// unless says that a goroutine of a process that waits has a timer, and may end the wait when that is over.
func (l *look) unless(waits ...edge) string {
	for _, e := range waits {
		if l.processes[e.wait.Pid].timer {
			return fmt.Sprintf(" Unless a goroutine of %d does it that sleeps now.", e.wait.Pid)
		}
	}
	return ""
}

// alone says what it means that only the waiting process itself could end the wait.
func alone(w *Wait) string {
	switch w.kind {
	case pipeData:
		return " End of file cannot come while it has the write end open: close the unused end before reading, in parent and child."
	case pipeRoom:
		return " Nobody else reads: close the unused end, so that the write fails with EPIPE, or have somebody read."
	case socketData, socketRoom:
		return " Close the unused end of the pair, in parent and child."
	case fileLock:
		return " A lock of one open does not go together with that of another, in the same process too."
	}
	return ""
}

// state says why those who could end a wait do not.
func (l *look) state(w *Wait) string {
	var stopped, blocked []string
	for _, pid := range w.others() {
		q := l.processes[pid]
		switch {
		case q == nil || q.alive || pid == l.Asking:
		case q.stopped():
			stopped = append(stopped, fmt.Sprint(pid))
		default:
			blocked = append(blocked, fmt.Sprint(pid))
		}
	}
	text := ""
	if len(stopped) > 0 {
		text += "; " + list(stopped, "and") + is(stopped) + "stopped"
	}
	if len(blocked) > 0 {
		text += "; " + list(blocked, "and") + is(blocked) + "blocked too"
	}
	return text
}

// because adds what follows from the process itself being in the way.
func (l *look) because(w *Wait) string {
	if own := w.itself(); w.kind == pipeData && len(own) > 0 {
		return fmt.Sprintf(" Even if the others close it, end of file cannot come: the reader has the write end open itself (%s). Close unused ends.", descriptorsText(own))
	}
	return ""
}

func is(names []string) string {
	if len(names) == 1 {
		return " is "
	}
	return " are "
}

// descriptorsText names descriptors.
func descriptorsText(fds []int) string {
	var parts []string
	for _, fd := range fds {
		parts = append(parts, fmt.Sprint(fd))
	}
	if len(parts) == 1 {
		return "descriptor " + parts[0]
	}
	return "descriptors " + list(parts, "and")
}

// list joins names: "a, b and c".
func list(names []string, last string) string {
	n := len(names)
	if n < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:n-1], ", ") + " " + last + " " + names[n-1]
}
