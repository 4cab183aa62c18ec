package stuck

import (
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/signame"
)

// pause is pause(2) and sigsuspend(2).
func (l *look) pause(c call) []*Wait {
	p := l.current
	w := &Wait{kind: aSignal, fd: -1, Open: true, On: "a signal with a handler"}
	w.doing = fmt.Sprintf("waits in %s for a signal", strings.TrimPrefix(c.name, "rt_"))
	caught, pending := p.signals("SigCgt"), p.signals("SigPnd")|p.signals("ShdPnd")
	if !p.ours {
		w.doing += ", of those that it has a handler for: " + signalNames(caught)
		if caught == 0 {
			w.doing += ", so only one that kills it can end this"
		}
	}
	switch blocked := pending & p.signals("SigBlk"); {
	case blocked != 0:
		w.more = fmt.Sprintf("%s was sent but is blocked: unblock it for the wait, as sigsuspend(2) does.", signalNames(blocked))
	case c.name == "pause":
		w.more = "If the signal came just before the call, it is lost: block it first and wait by sigsuspend(2)."
	default:
		w.more = "Nobody has sent one."
	}
	return one(w)
}

// sigwait is sigwaitinfo(2) and sigtimedwait(2).
func (l *look) sigwait(c call) []*Wait {
	w := &Wait{kind: aSignal, fd: -1, Open: true, Until: l.limited(c.args[2]), On: "a signal"}
	if b := l.current.peek(c.args[0], 8); b != nil {
		w.On = signalNames(uint64(le32(b)) | uint64(le32(b[4:]))<<32)
	}
	w.doing = fmt.Sprintf("waits in sigwaitinfo for %s", w.On)
	w.more = "Nobody has sent it, or it came while it was not blocked, and its default action or a handler took it."
	return one(w)
}

// signals returns a set of signals from the process's status file; see proc_pid_status(5).
func (p *process) signals(name string) uint64 {
	text, _ := os.ReadFile(p.file("status"))
	_, rest, _ := strings.Cut(string(text), "\n"+name+":")
	value, _, _ := strings.Cut(rest, "\n")
	set, _ := strconv.ParseUint(strings.TrimSpace(value), 16, 64)
	return set
}

// signalNames lists the signals of a set.
func signalNames(set uint64) string {
	const last = 64
	var list []string
	for n := 1; n <= last; n++ {
		if set&(1<<(n-1)) == 0 {
			continue
		}
		list = append(list, signame.Of(unix.Signal(n)))
	}
	switch {
	case len(list) == 0:
		return "none"
	case len(list) > 8:
		return fmt.Sprintf("%d signals", len(list))
	}
	return strings.Join(list, ", ")
}

// semop is semop(2) and semtimedop(2).
func (l *look) semop(c call) []*Wait {
	w := &Wait{kind: ipcObject, fd: -1, Open: true, On: fmt.Sprintf("System V semaphore set %d", c.number(0))}
	w.Until = c.name == "semtimedop" && l.limited(c.args[3])
	w.more = "Another process has to add to the semaphore; one that ended without giving back what it had needs SEM_UNDO."
	return one(w)
}

// message is msgrcv(2) and msgsnd(2).
func (l *look) message(c call) []*Wait {
	w := &Wait{kind: ipcObject, fd: -1, Open: true, On: fmt.Sprintf("System V message queue %d", c.number(0))}
	w.doing = "waits for a message in " + w.On
	if c.name == "msgsnd" {
		w.doing = "waits for room in " + w.On
		w.more = "The queue is full, and nobody receives."
	}
	return one(w)
}
