package supervisor

import "slices"

// AwaitCopies waits until the copies that were asked for are there.
func (s *Supervisor) AwaitCopies() { s.awaitCopies() }

// CopyPIDs lists the processes of the copies that are there.
func (s *Supervisor) CopyPIDs() []int {
	s.mu.Lock()
	defer s.mu.Unlock()
	pids := s.copies.pids()
	slices.Sort(pids)
	return pids
}
