package proc

import (
	"os"
	"strconv"
	"strings"
)

// Signals are sets of signals of a process: bit n-1 is signal n.
type Signals struct {
	Blocked uint64 // by all of its threads
	Pending uint64 // for the process, or for one of its threads
	Ignored uint64
	Caught  uint64 // have a handler
	Queued  int    // signals that are queued for the processes of its user
	Limit   int    // how many may be: RLIMIT_SIGPENDING
}

// ReadSignals returns what is blocked, pending, ignored and caught in process pid. See proc_pid_status(5).
func ReadSignals(pid int) (Signals, error) {
	threads, err := numbers(path(pid, "task"))
	if err != nil {
		return Signals{}, err
	}
	s := Signals{Blocked: ^uint64(0)}
	for _, thread := range threads {
		text, err := os.ReadFile(path(pid, "task", strconv.Itoa(thread), "status"))
		if err != nil {
			continue // it has ended
		}
		s.add(string(text))
	}
	return s, nil
}

// add adds what the status of one thread says.
func (s *Signals) add(text string) {
	for line := range strings.Lines(text) {
		key, value, _ := strings.Cut(line, ":")
		value = strings.TrimSpace(value)
		set, _ := strconv.ParseUint(value, 16, 64)
		switch key {
		case "SigPnd", "ShdPnd":
			s.Pending |= set
		case "SigBlk":
			s.Blocked &= set
		case "SigIgn":
			s.Ignored = set
		case "SigCgt":
			s.Caught = set
		case "SigQ":
			queued, limit, _ := strings.Cut(value, "/")
			s.Queued, _ = strconv.Atoi(queued)
			s.Limit, _ = strconv.Atoi(limit)
		}
	}
}
