package supervisor

import (
	"time"
)

// Kept says what is left of what cells have defined after the runtime process
// has died.
type Kept int

// What is left.
const (
	KeptNothing Kept = iota // a new runtime process was started
	KeptOlder               // all as it was before an earlier cell, because there was no copy of later
	KeptAll                 // all as it was before the cell that the process died in
)

// A target says which copy is to take the runtime process's place.
type target int

const (
	toCurrent  target = iota // the latest there is
	toPrevious               // as it was before the last cell
	toBase                   // with nothing defined
)

// Freeze has a copy made of the runtime process, to which it is taken back should
// it die under a later cell. It is called between cells, once State knows of the
// last one, and returns at once. The copy is made before the next cell begins.
func (s *Supervisor) Freeze() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.current != nil {
		s.beginCopy(s.current, true, s.options.State.Snapshot())
	}
}

// beginCopy asks for the current copy; with shift, the one there was is kept as
// the previous one. A process in which no cell has run is copied once more, for
// Restart. The caller holds mu.
func (s *Supervisor) beginCopy(in *instance, shift bool, snapshot any) {
	before, now := s.copying, make(chan struct{})
	s.copying = now
	log := s.log
	s.log = nil
	base := -1
	if s.fresh && s.copies.base == nil && s.copied != in {
		base, _ = in.askCopy()
	}
	s.copied = in
	control, err := in.askCopy()
	go func() {
		defer close(now)
		<-before
		if base >= 0 {
			c, _ := awaitCopy(base, s.reaper, snapshot)
			s.keepBase(c)
		}
		var c *frozenCopy
		if err == nil {
			c, err = awaitCopy(control, s.reaper, snapshot)
		}
		s.keepCurrent(c, err, shift, log)
	}()
}

// keepBase keeps the copy for Restart. Until the copies that were asked for have
// come, watch does not replace the process.
func (s *Supervisor) keepBase(c *frozenCopy) {
	s.mu.Lock()
	defer s.mu.Unlock()
	discard(&s.copies.base)
	s.copies.base = c
}

// keepCurrent keeps the current copy, or takes note of why there is none. log is
// what has run since the one before was made.
func (s *Supervisor) keepCurrent(c *frozenCopy, err error, shift bool, log []logged) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if shift {
		if s.copies.current != nil {
			s.copies.current.log = log
		}
		s.copies.previous, s.copies.current = s.copies.current, s.copies.previous
	}
	discard(&s.copies.current)
	s.copies.current, s.uncopied = c, err
}

// ensureCopy makes sure that a copy of the runtime process was asked for. Nobody
// need wait for it: the process makes it before it takes its next cell.
func (s *Supervisor) ensureCopy(in *instance) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.copied != in {
		s.beginCopy(in, false, s.options.State.Snapshot())
	}
}

// replace gives a runtime process the place of one that has ended: a copy of
// that, or a new one. State goes with it. The caller holds mu.
func (s *Supervisor) replace() (in *instance, kept Kept, err error) {
	to := s.target
	s.target = toCurrent
	if s.copies.current != nil {
		s.copies.current.log = s.log
	}
	s.log = nil
	for _, from := range s.candidates(to) {
		c := *from
		if in = s.wakeFrom(from); in == nil {
			continue
		}
		switch from {
		case &s.copies.base:
			discard(&s.copies.previous)
			discard(&s.copies.current)
			s.fresh = true
		case &s.copies.previous:
			discard(&s.copies.current)
			kept = KeptOlder
		default:
			kept = KeptAll
		}
		s.beginCopy(in, false, c.snapshot)
		s.adopt(in, c.log)
		return in, kept, nil
	}
	discard(&s.copies.previous)
	discard(&s.copies.current)
	s.options.State.Restore(nil)
	if in, err = startInstance(s.options, s.reaper); err != nil {
		return nil, KeptNothing, err
	}
	s.fresh = true
	s.adopt(in, nil)
	return in, KeptNothing, nil
}

// candidates lists the copies that may take the place, the best first.
func (s *Supervisor) candidates(to target) []**frozenCopy {
	c := &s.copies
	switch to {
	case toPrevious:
		return []**frozenCopy{&c.previous, &c.current}
	case toBase:
		return []**frozenCopy{&c.base}
	}
	return []**frozenCopy{&c.current, &c.previous, &c.base}
}

// wakeFrom wakes a copy, nil if there is none or it cannot be woken.
func (s *Supervisor) wakeFrom(place **frozenCopy) *instance {
	c := *place
	if c == nil {
		return nil
	}
	in, err := c.wake(s.options)
	if err != nil {
		discard(place)
		return nil
	}
	*place = nil
	s.options.State.Restore(c.state())
	return in
}

// adopt makes in the runtime process, and runs the cells of log in it. The caller
// holds mu.
func (s *Supervisor) adopt(in *instance, log []logged) {
	s.current = in
	go s.watch(in)
	go func() {
		defer close(in.prepared)
		if len(log) > 0 {
			s.repeat(in, log)
		}
	}()
}

// awaitCopies waits until no copy is being made.
func (s *Supervisor) awaitCopies() {
	s.mu.Lock()
	copying := s.copying
	s.mu.Unlock()
	<-copying
}

// endCopies ends all copies, at the supervisor's end.
func (s *Supervisor) endCopies() {
	s.awaitCopies()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, place := range s.copies.all() {
		discard(place)
	}
}

// awaitReady waits until a runtime process is ready or has ended.
func (in *instance) awaitReady() {
	select {
	case <-in.ready:
	case <-in.ended:
	case <-time.After(startLimit):
	}
}
