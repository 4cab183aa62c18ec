package ipclab

// countCalls counts the system calls of a round trip, by name, in two runs of their own.
func (m *measurement) countCalls() (callCount, error) {
	return countCalls(func(n int) error {
		run := *m
		run.n, run.warmUp = n, 0
		run.options.Calls = false
		_, err := run.run()
		return err
	})
}

// CallsPerTrip returns how many system calls a round trip takes, of client and server together; ok is false if they were
// not counted.
func (l *Latency) CallsPerTrip() (calls float64, ok bool) {
	if l == nil || l.Calls == nil {
		return 0, false
	}
	return sumOf(l.Calls), true
}
