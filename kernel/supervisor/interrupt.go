package supervisor

import (
	"time"

	"golang.org/x/sys/unix"

	"ipclab/runtime/reap"
	"ipclab/runtime/wire"
)

const (
	// interruptLimit is how long a cell may take to heed an interrupt.
	interruptLimit = time.Second
	// interruptAgain is the time after which the runtime is told again: the
	// first time may have come before the cell had begun.
	interruptAgain = 50 * time.Millisecond
	// A cell that waits for a program goes on when that has ended. One that
	// takes no notice of SIGINT gets SIGTERM, and then SIGKILL.
	termAfter, killAfter = 300 * time.Millisecond, 600 * time.Millisecond
)

// Interrupt stops the running cell, if there is one: first it is looked at, for a
// tenth of a second at most, why it does not go on; then its children get SIGINT,
// as a terminal's foreground process group would, and are ended if the cell still
// runs a while later; who waits for input gets the end of file; the interpreter
// stops at its next step, and in the waits it knows; a process that was stopped by
// a signal goes on to do so. A cell that is in another
// call which does not return within a second ends with its runtime process.
// Interrupt returns at once; a second one while the first is under way does no
// harm.
func (s *Supervisor) Interrupt() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running != nil {
		s.interrupt(s.running)
	}
}

// interrupt interrupts the running cell. The caller holds mu.
func (s *Supervisor) interrupt(r *run) {
	switch {
	case !r.interrupted:
		r.interrupted = true
		go s.stop(r)
	case r.looked:
		r.tellChildren()
	}
}

// stop carries out an interrupt.
func (s *Supervisor) stop(r *run) {
	var why []string
	if !r.deadlock { // of which all is known
		why = r.whyStuck()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running != r {
		return // it has ended meanwhile
	}
	r.stuck, r.looked = why, true
	// Before a program can end, and the cell go on: many take SIGINT for
	// the wish that they exit with status 0.
	_ = r.in.request(wire.KindInterrupt, wire.Interrupt{ID: r.id})
	r.tellChildren()
	r.stopAsking()
	go s.escalate(r)
}

// escalate tells the runtime to stop the cell until it has, and kills it when
// the time is up.
func (s *Supervisor) escalate(r *run) {
	term, kill, limit := time.After(termAfter), time.After(killAfter), time.After(interruptLimit)
	again := time.NewTicker(interruptAgain)
	defer again.Stop()
	for {
		_ = r.in.request(wire.KindInterrupt, wire.Interrupt{ID: r.id})
		r.in.goOn()
		select {
		case <-r.cell.Done():
			return
		case <-again.C:
		case <-term:
			s.mu.Lock()
			r.termChildren()
			s.mu.Unlock()
		case <-kill:
			r.killChildren()
		case <-limit:
			if r.in.hasEnded(r.id) {
				return
			}
			s.mu.Lock()
			r.killed = true
			s.mu.Unlock()
			r.in.kill()
			return
		}
	}
}

// settle waits, at the end of an interrupted cell, until what it has forked in its
// last moments has been told, and the guard, if that or others that have not ended
// yet made it speak, has spoken: what is said of a cell belongs to that and not to
// the next.
func (s *Supervisor) settle(r *run) {
	s.mu.Lock()
	left := r.interrupted && r.looked && (r.tellForked() || len(s.guard.madeByCells()) > 0)
	s.mu.Unlock()
	if left {
		s.guard.settle()
	}
}

// goOn continues a runtime process that was stopped by a signal, its own for instance.
func (in *instance) goOn() {
	if reap.Stopped(in.pid) {
		_ = in.use(func(f *instanceFDs) error { return unix.PidfdSendSignal(f.pidfd, unix.SIGCONT, nil, 0) })
	}
}
