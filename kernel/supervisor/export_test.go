package supervisor

// AwaitCopies waits until the copies that were asked for are there.
func (s *Supervisor) AwaitCopies() { s.awaitCopies() }
