package stuck

import (
	"os"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/proc"
)

// Options say at what to look.
type Options struct {
	Pids     []int             // the processes to explain
	Cell     int               // of these, the one that runs cells; 0 for none
	Kernel   int               // the notebook's kernel; 0 for none
	Asking   int               // of these, the one that asks, which does nothing else meanwhile; 0 for none
	Reserved func(fd int) bool // which descriptors of processes of this program are the kernel's; nil: none
	Deadline time.Time         // when the look ends, with what it has; zero for none
}

// A look is one look at some processes.
type look struct {
	Options
	processes map[int]*process
	order     []*process
	pipes     []proc.Pipe
	sockets   *sockets // nil until asked for
	locks     []lock   // nil until asked for
	current   *process
	thread    thread
}

// Look looks at processes and says what each is waiting for, and what is wrong.
func Look(o Options) *Report {
	if o.Reserved == nil {
		o.Reserved = func(int) bool { return false }
	}
	l := &look{Options: o, processes: map[int]*process{}}
	own, _ := proc.Exe(os.Getpid())
	for _, pid := range o.Pids {
		if p := readProcess(pid, own); p != nil && !l.late() {
			l.processes[pid] = p
			l.order = append(l.order, p)
		}
	}
	l.findPipes()
	for _, p := range l.order {
		if !l.late() {
			l.explain(p)
		}
	}
	for _, p := range l.order {
		if p.ranMeanwhile() { // or two that send each other messages would be taken for two that wait for each other
			p.goesOn("runs")
		}
	}
	l.settle()
	return l.report()
}

// late reports whether the time is up.
func (l *look) late() bool { return !l.Deadline.IsZero() && time.Now().After(l.Deadline) }

// findPipes pairs the ends of pipes. Who holds an end that no process here has is looked for among all processes.
func (l *look) findPipes() {
	var fds []proc.Descriptor
	inside := map[int]bool{}
	for _, p := range l.order {
		inside[p.pid()] = true
		for _, d := range p.fds {
			if d.Type() == unix.S_IFIFO && !l.hidden(p, d.Number) {
				fds = append(fds, d)
			}
		}
	}
	l.pipes = proc.Pipes(fds)
	var first []int
	if l.Kernel > 0 {
		first = append(first, l.Kernel)
	}
	if !l.late() {
		outside, _ := proc.Outside(l.pipes, inside, first, l.reservedElsewhere)
		l.pipes = proc.Pipes(append(fds, outside...))
	}
}

// hidden reports whether a descriptor is the kernel's and not the cell's.
func (l *look) hidden(p *process, fd int) bool { return p.ours && l.Reserved(fd) }

// reservedElsewhere is hidden for a process that is not looked at: the runtime process is one where a child asks.
func (l *look) reservedElsewhere(d proc.Descriptor) bool {
	return d.Pid == l.Cell && l.Reserved(d.Number)
}

// pipe returns the pipe of which d is an end.
func (l *look) pipe(d proc.Descriptor) proc.Pipe {
	for _, p := range l.pipes {
		if p.File.Device == d.File.Device && p.File.Inode == d.File.Inode {
			return p
		}
	}
	return proc.Pipe{Name: d.Describe(), File: d.File}
}

// holders lists processes with their descriptors.
func holders(fds []proc.Descriptor) (out []Holder) {
	for _, d := range fds {
		out = append(out, Holder{Pid: d.Pid, FD: d.Number})
	}
	return out
}

// explain finds out for what a process waits.
func (l *look) explain(p *process) {
	switch {
	case p.pid() == l.Asking:
		p.why = "asks"
		return
	case p.zombie():
		p.why = "has ended"
		return
	case p.stopped():
		p.why = "is stopped"
		return
	}
	l.current = p
	napping := false
	for _, t := range p.threads {
		l.thread = t
		if t.state != 'S' {
			p.goesOn("runs")
		} else if p.ours && l.idle(t) {
			napping = napping || isNap(t.call)
		} else {
			p.waits = append(p.waits, l.waitsOf(t)...)
		}
	}
	if p.timer && !slices.ContainsFunc(p.waits, func(w *Wait) bool { return w.kind != somethingElse }) {
		p.goesOn("sleeps")
	}
	if p.ours && len(p.waits) == 0 && !p.alive {
		l.goroutines(napping)
	}
	for _, w := range p.waits {
		if w.Until && w.kind != aChild {
			p.goesOn("sleeps")
		}
	}
}

// goesOn notes that something in the process goes on by itself.
func (p *process) goesOn(why string) {
	if !p.alive {
		p.alive, p.why = true, why
	}
}
