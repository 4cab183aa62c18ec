package perf

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// A Call is a system call that a thread has begun.
type Call struct {
	Pid, Tid int
	Number   uint64
	Args     [6]uint64
	Stack    []uintptr // where its functions will go on, innermost first, as far as there are frame pointers
	Foreign  bool      // the process has executed another program since the recording began

	time uint64
}

// ErrLost says that there were more calls than there was room for.
var ErrLost = errors.New("perf: more system calls than there is room for")

// Calls calls f on a locked thread and returns the calls that this thread made meanwhile and those of all processes and threads
// that descend from it, as far as they have been made when f returns. If nothing can be recorded, f is not called. Errors: those
// of the operating system where this is not permitted, ErrLost.
func Calls(f func()) ([]Call, error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	events, err := openAll()
	defer events.close()
	if err != nil {
		return nil, err
	}
	if err := events.enable(unix.PERF_EVENT_IOC_ENABLE); err != nil {
		return nil, err
	}
	f()
	if err := events.enable(unix.PERF_EVENT_IOC_DISABLE); err != nil {
		return nil, err
	}
	return events.calls()
}

// events are one event a processor: the kernel has no other way to record what is inherited.
type events []*event

func openAll() (all events, err error) {
	id, err := tracepoint()
	if err != nil {
		return nil, err
	}
	cpus, err := online()
	if err != nil {
		return nil, err
	}
	for _, cpu := range cpus {
		e, err := open(id, cpu, roomFor(len(cpus)))
		if err != nil {
			return all, fmt.Errorf("perf: record system calls on processor %d: %w", cpu, err)
		}
		all = append(all, e)
	}
	return all, nil
}

// roomFor returns how many bytes of records each of n processors has room for, a power of two.
func roomFor(n int) int {
	const least, most, all = 256 << 10, 8 << 20, 64 << 20
	room := most
	for room > least && room*n > all {
		room /= 2
	}
	return room
}

// tracepoint returns the number of the tracepoint at the beginning of all system calls.
func tracepoint() (id uint64, err error) {
	for _, folder := range []string{"/sys/kernel/tracing", "/sys/kernel/debug/tracing"} {
		var text []byte
		if text, err = os.ReadFile(folder + "/events/raw_syscalls/sys_enter/id"); err == nil {
			return strconv.ParseUint(strings.TrimSpace(string(text)), 10, 64)
		}
	}
	return 0, err
}

// online returns the processors that are in use.
func online() (cpus []int, err error) {
	text, err := os.ReadFile("/sys/devices/system/cpu/online")
	if err != nil {
		return nil, err
	}
	for part := range strings.SplitSeq(strings.TrimSpace(string(text)), ",") {
		first, last, isRange := strings.Cut(part, "-")
		from, err := strconv.Atoi(first)
		to := from
		if err == nil && isRange {
			to, err = strconv.Atoi(last)
		}
		if err != nil {
			return nil, fmt.Errorf("perf: list of processors %q: %w", text, err)
		}
		for cpu := from; cpu <= to; cpu++ {
			cpus = append(cpus, cpu)
		}
	}
	return cpus, nil
}

// enable has all events begin, or end, with unix.PERF_EVENT_IOC_DISABLE.
func (all events) enable(request uint) error {
	for _, e := range all {
		if err := unix.IoctlSetInt(e.fd, request, 0); err != nil {
			return fmt.Errorf("perf: begin or end recording: %w", err)
		}
	}
	return nil
}

func (all events) close() {
	for _, e := range all {
		e.close()
	}
}

// calls returns what was recorded, in order of time.
func (all events) calls() ([]Call, error) {
	var calls []Call
	var executions []execution
	for _, e := range all {
		records, err := e.records()
		if err != nil {
			return nil, err
		}
		c, x, err := parse(records)
		if err != nil {
			return nil, err
		}
		calls, executions = append(calls, c...), append(executions, x...)
	}
	slices.SortStableFunc(calls, func(a, b Call) int { return cmp.Compare(a.time, b.time) })
	for i := range calls {
		calls[i].Foreign = slices.ContainsFunc(executions, func(x execution) bool {
			return x.pid == calls[i].Pid && x.time <= calls[i].time
		})
	}
	return calls, nil
}
