package fork

import (
	"fmt"
	"syscall"
	"time"
)

// StopError is returned by Fork when a thread did not stop in time, and so no copy was made.
type StopError struct {
	Thread int           // thread id, see gettid(2); 0 if threads came and went all the time
	After  time.Duration // how long Fork waited
	Reason string        // what the thread does instead, as far as /proc says; may be empty
}

// Error names the thread, the time and the reason.
func (e *StopError) Error() string {
	if e.Thread == 0 {
		return fmt.Sprintf("fork: threads came and went for %v", e.After)
	}
	s := fmt.Sprintf("fork: thread %d did not stop within %v", e.Thread, e.After)
	if e.Reason != "" {
		s += ": " + e.Reason
	}
	return s
}

// Unwrap returns ETIMEDOUT.
func (e *StopError) Unwrap() error { return syscall.ETIMEDOUT }

// Timeout returns true.
func (e *StopError) Timeout() bool { return true }
