package supervisor

import (
	"os"
	"slices"
	"time"

	"ipclab/ipclab/scratch"
	"ipclab/runtime/ccell"
	"ipclab/runtime/reap"
	"ipclab/runtime/wire"
)

// watch replaces a runtime process when it dies. One that dies before it was
// ready is not replaced before it is asked for: it would die again.
func (s *Supervisor) watch(in *instance) {
	<-in.ended
	s.awaitCopies()
	s.mu.Lock()
	closed := s.closed
	s.mu.Unlock()
	if !closed {
		in.orphans = s.endOrphans()
		sweep()
	}
	s.mu.Lock()
	idle := isClosed(in.ready) && !in.told && !closed && (s.running == nil || s.running.in != in)
	in.told = in.told || idle
	output := s.last
	s.current = nil
	if !s.closed && isClosed(in.ready) {
		in.next, in.kept, _ = s.replace() // where this fails, the next cell gets the error
		if in.next != nil {
			in.next.came = in.kept
		}
	}
	s.mu.Unlock()
	if idle && output != nil {
		output.Stream("stderr", in.death(Death{Idle: true, Cause: s.guard.cause(in)}).Error()+"\n")
	}
	close(in.replaced)
}

// death describes the end of the process and what came after it. It waits for
// who has taken its place.
func (in *instance) death(d Death) *Death {
	d.Status, d.Kept, d.Orphans = in.exit, in.kept, in.orphans
	if in.next != nil {
		in.next.awaitReady()
		d.Lost = in.next.lost
	}
	return &d
}

// died describes the end of the runtime process under a cell.
func (s *Supervisor) died(r *run) (wire.Done, error) {
	r.in.kill()
	<-r.in.ended
	s.mu.Lock()
	r.in.told = true
	s.mu.Unlock()
	<-r.in.replaced
	s.mu.Lock()
	closed, killed, stuck := s.closed, r.killed, r.stuck
	s.mu.Unlock()
	if closed {
		return wire.Done{}, ErrClosed
	}
	return wire.Done{}, r.in.death(Death{LastWords: r.in.lastWords(), Interrupted: killed, Stuck: stuck, Cause: s.guard.cause(r.in)})
}

// diedBefore waits for the end of a runtime process that could not be sent its
// cell, and tells of it as of one that died between cells.
func (s *Supervisor) diedBefore(r *run, o Output) {
	r.in.kill()
	<-r.in.replaced
	s.mu.Lock()
	tell := !r.in.told && !s.closed
	r.in.told = true
	s.mu.Unlock()
	if tell {
		o.Stream("stderr", r.in.death(Death{Idle: true, Cause: s.guard.cause(r.in)}).Error()+"\n")
	}
}

// endOrphans ends every process below the kernel that no living runtime owns.
// Runtime processes are started one after the other, so that is all of them but
// their copies. It reports whether there were any.
func (s *Supervisor) endOrphans() (any bool) {
	reap.KillAll(func() []int {
		found := reap.Descendants(os.Getpid(), false)
		s.mu.Lock()
		copies := s.copies.pids()
		s.mu.Unlock()
		found = slices.DeleteFunc(found, func(pid int) bool { return slices.Contains(copies, pid) })
		any = any || len(found) > 0
		return found
	}, closeLimit)
	return any
}

// sweep removes the temporary files of processes that are gone.
func sweep() {
	for _, folder := range append(ccell.Folders(), os.TempDir()) {
		scratch.Sweep(folder)
	}
}

// closeLimit bounds how long processes are killed that do not go.
const closeLimit = 3 * time.Second
