package cell

// Names completes and inspects like Complete and Inspect, but panics where these
// would answer that nothing is known.
func (s *Session) Names(code string, cursor int) (Completion, Inspection, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	cursor = max(0, min(cursor, len(code)))
	in, found := s.inspect(code, cursor, 1)
	return s.complete(code, cursor), in, found
}
