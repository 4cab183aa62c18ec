//go:build linux && (amd64 || arm64) && !cgo

package fork

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// stuck is a thread that was found to block StopSignal, 0 if there is none.
var stuck int

// failure words the conductor's outcome.
func failure() error {
	o := work.outcome
	switch o.step {
	case stepStop:
		return stopError(int(o.thread))
	case stepSignal, stepOwner:
		return fmt.Errorf("fork: %s (thread %d): %w", stepNames[o.step], o.thread, o.errno)
	}
	return fmt.Errorf("fork: %s: %w", stepNames[o.step], o.errno)
}

// stopError describes a thread that did not stop.
func stopError(thread int) *StopError {
	e := &StopError{Thread: thread, After: stopLimit}
	if thread == 0 {
		return e
	}
	state, blocks := threadStatus(thread)
	if blocks {
		stuck = thread
		e.Reason = fmt.Sprintf("it blocks signal %d", StopSignal)
	} else if state != "" {
		e.Reason = "its state is " + state
	}
	return e
}

func blocksStop(thread int) bool {
	_, blocks := threadStatus(thread)
	return blocks
}

// sleepsBlocking tells a thread that blocks StopSignal for as long as it has nothing to do, as that of os/signal does, from one
// that blocks all signals for a moment, as the Go runtime has it while it starts another.
func sleepsBlocking(thread int) bool {
	state, blocks := threadStatus(thread)
	return blocks && strings.HasPrefix(state, "S")
}

// stuckLimit is how long Fork waits for a thread that blocked StopSignal before, while the others go on.
const stuckLimit = 50 * time.Millisecond

// stillStuck fails a fork without stopping anything if the thread that failed the last one would again.
func stillStuck() error {
	if stuck == 0 {
		return nil
	}
	for end := time.Now().Add(stuckLimit); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if _, blocks := threadStatus(stuck); !blocks {
			stuck = 0
			return nil
		}
	}
	e := stopError(stuck)
	e.After = stuckLimit
	return e
}

// threadStatus returns the state of a thread as /proc has it, and whether it blocks StopSignal.
func threadStatus(thread int) (state string, blocks bool) {
	text, err := os.ReadFile("/proc/self/task/" + strconv.Itoa(thread) + "/status")
	if err != nil {
		return "", false
	}
	for line := range strings.Lines(string(text)) {
		key, value, _ := strings.Cut(line, ":")
		value = strings.TrimSpace(value)
		switch key {
		case "State":
			state = value
		case "SigBlk":
			mask, _ := strconv.ParseUint(value, 16, 64)
			blocks = mask>>(StopSignal-1)&1 != 0
		}
	}
	return state, blocks
}
