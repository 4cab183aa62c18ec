package stuck

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"ipclab/ipclab/internal/proc"
)

// A Report is what a look has found.
type Report struct {
	Processes []Process // in the order asked for
	Findings  []string  // sentences, the most telling first
	Cut       bool      // the time was up before all had been looked at
}

// A Process is a row of a report, or several if it waits for several things.
type Process struct {
	Pid     int
	Parent  int
	Command string  // "" for one that runs this program
	Verdict string  // "runs", "sleeps", "waits", "is stopped", "has ended", "cannot go on"
	Waits   []*Wait // none for one that does not wait
}

// Verdict of a process that nobody can make go on.
const CannotGoOn = "cannot go on"

// report says what was found.
func (l *look) report() *Report {
	r := &Report{Cut: l.late()}
	for _, p := range l.order {
		r.Processes = append(r.Processes, Process{Pid: p.pid(), Parent: p.stat.PPid, Command: p.command(), Verdict: p.verdict(), Waits: p.waits})
	}
	told := map[*Wait]bool{}
	for _, circle := range l.cycles() {
		r.Findings = append(r.Findings, l.circleText(circle))
		for _, e := range circle {
			told[e.wait] = true
		}
	}
	for _, p := range l.order {
		if p.stopped() {
			r.Findings = append(r.Findings, l.capital(p.pid())+" is stopped by a signal; SIGCONT makes it go on. Who waits for its end waits on: a stop is no end.")
		}
		for _, w := range p.waits {
			if !told[w] && l.telling(p, w) {
				r.Findings = append(r.Findings, l.waitText(w))
			}
		}
	}
	for i, text := range r.Findings {
		r.Findings[i] = strings.Map(printable, text)
	}
	return r
}

// printable keeps what a name of a file may hold from a terminal.
func printable(r rune) rune {
	if unicode.IsPrint(r) {
		return r
	}
	return '?'
}

// verdict says in words how a process is.
func (p *process) verdict() string {
	switch {
	case !p.alive && len(p.waits) > 0 && !p.timer:
		return CannotGoOn
	case p.why == "sleeps" && len(p.waits) > 0 && slices.ContainsFunc(p.waits, func(w *Wait) bool { return !w.Until }):
		return "waits" // and has a timer
	case p.why != "":
		return p.why
	}
	return "waits"
}

// telling reports whether a wait is worth a sentence: if nobody can end it, or only the process itself, while it does
// not run; and, for who asks, if nobody has done so yet, or the process itself is in the way of its end of file.
func (l *look) telling(p *process, w *Wait) bool {
	idle := p.why != "runs"
	asked := l.Asking > 0 && !w.Until && w.kind != somethingElse && (w.Open || w.kind == pipeData && len(w.itself()) > 0)
	return w.stuck && !p.alive || idle && w.onlyItself() && w.kind != aChild && w.kind != goroutines && w.kind != ownLock || asked
}

// name names a process.
func (l *look) name(pid int) string {
	p := l.processes[pid]
	switch {
	case pid == l.Kernel:
		return "the notebook's kernel"
	case pid == l.Asking:
		return fmt.Sprintf("process %d (this one)", pid)
	case pid == l.Cell:
		return fmt.Sprintf("process %d (the cell)", pid)
	case p == nil:
		if s, err := proc.ReadStat(pid); err == nil {
			return fmt.Sprintf("process %d (%s)", pid, s.Comm)
		}
		return fmt.Sprintf("process %d", pid)
	case p.ours:
		return fmt.Sprintf("process %d (child)", pid)
	}
	return fmt.Sprintf("process %d (%s)", pid, p.stat.Comm)
}

// capital is name at the beginning of a sentence.
func (l *look) capital(pid int) string {
	n := l.name(pid)
	return strings.ToUpper(n[:1]) + n[1:]
}
