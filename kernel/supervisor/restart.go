package supervisor

// Restart ends the runtime process and everything that cells have started, and
// returns when a new one can run cells. Like Execute it is for one goroutine at
// a time, and not for while a cell runs.
func (s *Supervisor) Restart() error {
	s.mu.Lock()
	in := s.current
	s.last = nil // nobody is to be told that the process has died
	s.mu.Unlock()
	if in != nil {
		in.kill()
		<-in.replaced
	}
	_, err := s.readyInstance()
	return err
}
