package ipclab

import (
	"fmt"
	"slices"
	"strings"
	"syscall"
	"time"

	"ipclab/ipclab/internal/render"
)

// leastWait is what a call has to have waited to be shaded: less is the tracer's doing.
const leastWait = 20 * time.Microsecond

// Timeline returns the trace as a picture: a lane for each process, a mark for each call where it began, signals and ends of
// processes. Shaded is the time of calls that waited, and from a read or write that found nothing to do until it was tried again,
// as the Go runtime does. Arrows go from a write to the read that got its data, as far as that can be told from what descriptors
// and addresses refer to and how much went through: bytes of a pipe, FIFO or stream, messages of other sockets and of queues;
// from a fork to the child; from a signal's sender to who got it; and from the end
// of a child to the SIGCHLD that tells it.
func (t *SyscallTrace) Timeline() *Timeline {
	line := &Timeline{title: "System calls", names: map[int]string{}}
	if t == nil {
		return line
	}
	line.origin = t.begun
	events := t.Events()
	var end time.Duration
	for _, e := range events {
		end = max(end, e.Time+e.Duration)
	}
	programs := map[int]string{} // the last that each process was: a child that has executed a program is that
	for _, e := range events {
		if programs[e.Pid] != e.Process {
			programs[e.Pid] = e.Process
			line.names[e.Pid] = fmt.Sprintf("%d %s", e.Pid, e.Process)
		}
		line.marks = append(line.marks, callMark(e))
	}
	line.waits = append(callWaits(events, end), retryWaits(events)...)
	line.arrows = slices.Concat(dataArrows(events), forkArrows(events), signalArrows(events))
	if t.lost > 0 {
		line.notes = append(line.notes, fmt.Sprintf("%d later events were not kept.", t.lost))
	}
	return line
}

func callMark(e SyscallEvent) timelineMark {
	m := timelineMark{pid: e.Pid, at: e.Time, kind: render.Event, label: e.Name, text: fmt.Sprintf("%s, at %v", e.Call(), brief(e.Time))}
	switch {
	case e.Signal:
		m.kind = render.Signal
	case e.Name == "":
		m.kind, m.label = render.Ended, e.Text
	case e.Returned:
		m.text = fmt.Sprintf("%s, at %v, took %v", e.Call(), brief(e.Time), brief(e.Duration))
	}
	return m
}

// callWaits are the times of the calls that waited. A call that has not returned waits until the end, or that of its process.
func callWaits(events []SyscallEvent, end time.Duration) (waits []timelineWait) {
	ends := map[int]time.Duration{}
	for _, e := range events {
		if e.end {
			ends[e.Pid] = e.Time
		}
	}
	for _, e := range events {
		until := e.Time + e.Duration
		switch {
		case e.Signal, e.Name == "", strings.HasPrefix(e.Name, "exit"):
			continue
		case !e.Returned:
			until = end
			if own, ok := ends[e.Pid]; ok {
				until = own
			}
		case e.Waited < leastWait:
			continue
		}
		waits = append(waits, timelineWait{pid: e.Pid, from: e.Time, to: until, text: fmt.Sprintf("%s waits, %v", e.call(), brief(until-e.Time))})
	}
	return waits
}

// retryWaits are the times from a call that failed with EAGAIN to the same call on the same descriptor.
func retryWaits(events []SyscallEvent) (waits []timelineWait) {
	type attempt struct {
		pid      int
		name, fd string
	}
	failed := map[attempt]SyscallEvent{}
	for _, e := range events {
		if e.Signal || len(e.Args) == 0 {
			continue
		}
		a := attempt{e.Pid, e.Name, e.Args[0]}
		if before, ok := failed[a]; ok {
			delete(failed, a)
			if from := before.Time + before.Duration; e.Time-from >= leastWait {
				waits = append(waits, timelineWait{pid: e.Pid, from: from, to: e.Time, text: fmt.Sprintf("a goroutine waits for %s, %v", before.call(), brief(e.Time-from))})
			}
		}
		if e.Errno == syscall.EAGAIN {
			failed[a] = e
		}
	}
	return waits
}

// forkArrows go from the call that made a process to the first thing that it did.
func forkArrows(events []SyscallEvent) (arrows []timelineArrow) {
	first := map[int]SyscallEvent{}
	for _, e := range events {
		if _, ok := first[e.Pid]; !ok {
			first[e.Pid] = e
		}
	}
	for _, e := range events {
		isFork := e.Name == "fork" || e.Name == "vfork" || e.Name == "clone" || e.Name == "clone3"
		if child, ok := first[int(e.Result)]; isFork && ok && e.Result > 0 && child.Time >= e.Time && child.Pid != e.Pid {
			arrows = append(arrows, timelineArrow{from: e.Pid, to: child.Pid, leaves: e.Time, arrives: child.Time, kind: render.Fork, text: fmt.Sprintf("%s makes process %d", e.Name, child.Pid)})
		}
	}
	return arrows
}

// signalCalls are the calls by which a process sends a signal.
var signalCalls = []string{"kill", "tkill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "pidfd_send_signal"}

// signalArrows go from who sent a signal to who got it; for SIGCHLD, from the end of the child.
func signalArrows(events []SyscallEvent) (arrows []timelineArrow) {
	const ahead = 8 // the tracer may see the end of a process a little after the signal that tells it
	sent, ended := map[int]SyscallEvent{}, map[int]SyscallEvent{}
	seen := 0
	for i, e := range events {
		for ; seen < min(i+ahead, len(events)); seen++ {
			switch cause := events[seen]; {
			case cause.end:
				ended[cause.Pid] = cause
			case !cause.Signal && slices.Contains(signalCalls, cause.Name):
				sent[cause.Pid] = cause
			}
		}
		if !e.Signal || e.Sender == 0 || e.Sender == e.Pid {
			continue
		}
		kind, causes := render.Sent, sent
		if e.Name == "SIGCHLD" {
			kind, causes = render.Telling, ended
		}
		if cause, ok := causes[e.Sender]; ok {
			text := fmt.Sprintf("%s from %d to %d", e.Name, e.Sender, e.Pid)
			arrows = append(arrows, timelineArrow{from: e.Sender, to: e.Pid, leaves: min(cause.Time, e.Time), arrives: e.Time, kind: kind, text: text})
		}
	}
	return arrows
}
