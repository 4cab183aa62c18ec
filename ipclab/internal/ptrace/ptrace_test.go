package ptrace

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func TestAllThreadsAreFollowed(t *testing.T) {
	r := run(t, "threads")
	tids := map[int]bool{}
	for _, e := range r.of("getpgid") {
		tids[e.Tid] = true
		if e.Inside || !e.Returned || e.Pid == e.Tid {
			t.Errorf("%+v", e)
		}
	}
	if len(tids) != threadsCount {
		t.Errorf("calls of %d threads", len(tids))
	}
}

func TestThreadsThatBeginAndEndMeanwhile(t *testing.T) {
	r := run(t, "coming and going")
	if calls := r.of("getpgid"); r.Error != "" || len(calls) != 1 {
		t.Errorf("%s, %+v", r.Error, calls)
	}
}

// The thread that executes a program takes the number of the first one, whose call does not return.
func TestExecFromAnotherThread(t *testing.T) {
	r := run(t, "exec")
	executed, polls := r.of("execve"), r.of("ppoll")
	if len(executed) != 1 || !executed[0].Returned || executed[0].Result != 0 || executed[0].Tid == executed[0].Pid {
		t.Errorf("execve: %+v", executed)
	}
	if last := len(polls) - 1; last < 0 || polls[last].Returned || polls[last].Text != "?" {
		t.Errorf("ppoll: %+v", polls)
	}
	end := r.Events[len(r.Events)-1]
	if end.Kind != End || end.Text != "exited with status 0" || end.Program != "true" || !end.Foreign {
		t.Errorf("at the end: %+v", end)
	}
}

func TestVfork(t *testing.T) {
	r := run(t, "vfork")
	executed := r.of("execve")
	if len(executed) != 1 || executed[0].Result != 0 {
		t.Fatalf("execve: %+v", executed)
	}
	child := executed[0].Pid
	made := slices.ContainsFunc(r.Events, func(e Event) bool {
		return strings.HasPrefix(e.Name, "clone") && e.Result == int64(child) && strings.Contains(e.Args[0], "CLONE_VFORK")
	})
	ended := slices.ContainsFunc(r.Events, func(e Event) bool { return e.Kind == End && e.Pid == child })
	if !made || !ended {
		t.Errorf("child %d: made %v, ended %v", child, made, ended)
	}
}

// A stopped process stays stopped until it is continued, as it would untraced.
func TestGroupStop(t *testing.T) {
	s := attach(t, "stop", 1000)
	s.begin()
	pid := s.tracee.Process.Pid
	if err := unix.Waitid(unix.P_PID, pid, nil, unix.WSTOPPED, nil); err != nil {
		t.Fatal(err)
	}
	s.check(unix.Kill(pid, unix.SIGCONT))
	s.says("done\n")
	r := s.reported()
	var order []string
	for _, e := range r.Events {
		if e.Name == "SIGSTOP" && e.Sender != pid {
			t.Errorf("%s sent by %d", e.Name, e.Sender)
		}
		if e.Kind == Signal && !e.Inside || e.Name == "getpgid" {
			order = append(order, e.Name)
		}
	}
	// Any thread may get SIGCONT, so it may come before the call or after it.
	if len(order) != 3 || order[0] != "SIGSTOP" || !slices.Contains(order, "SIGCONT") || !slices.Contains(order, "getpgid") {
		t.Errorf("%v", order)
	}
}

func TestEnds(t *testing.T) {
	for role, want := range map[string]string{"signal": "killed by SIGKILL", "exit": "exited with status 7"} {
		r := run(t, role)
		if len(r.Events) == 0 {
			t.Errorf("%s: nothing was seen", role)
			continue
		}
		if end := r.Events[len(r.Events)-1]; end.Kind != End || end.Text != want {
			t.Errorf("%s: %+v", role, end)
		}
	}
}

func TestTheTracedProgramOutlivesItsTracer(t *testing.T) {
	s := attach(t, "coming and going", 1000)
	s.check(s.tracer.Process.Kill())
	s.tracer.Wait()
	s.begin()
	s.says("done\n")
	s.check(s.tracee.Wait())
}

func TestUnknownCalls(t *testing.T) {
	calls := run(t, "unknown").of("syscall 9999")
	if len(calls) != 1 || calls[0].Errno != unix.ENOSYS || !slices.Equal(calls[0].Args[:3], []string{"0x1", "0x2", "0x3"}) {
		t.Errorf("%+v", calls)
	}
}

func TestBadPointers(t *testing.T) {
	r := run(t, "bad")
	for name, argument := range map[string]int{"write": 1, "openat": 1, "execve": 0, "sendmsg": 1, "writev": 1, "ppoll": 0, "connect": 1} {
		var seen []string
		for _, e := range r.of(name) {
			if !e.Inside && e.Errno != 0 {
				seen = append(seen, e.Args[argument])
			}
		}
		if want := []string{"0x10", "0x8000000000000000", "0xfffffffffffffffc"}; !slices.Equal(seen, want) {
			t.Errorf("%s: %q, want %q", name, seen, want)
		}
	}
}

func TestOnlySoManyEventsAreKept(t *testing.T) {
	s := attach(t, "three", 1)
	s.begin()
	if r := s.reported(); len(r.Events) != 1 || r.Lost < 2 {
		t.Errorf("%d events, %d lost", len(r.Events), r.Lost)
	}
}

func TestNoSuchProcess(t *testing.T) {
	r := Run(1<<30, 1, Look{}, func() { t.Error("attached") })
	if r.Error == "" || r.Errno != unix.ENOENT {
		t.Errorf("%+v", r)
	}
}

// Time in the kernel is not time of waiting.
func TestTimes(t *testing.T) {
	r := run(t, "busy")
	for _, e := range slices.Concat(r.of("read"), r.of("nanosleep")) {
		busy := e.Name == "read" && e.Result > 1<<20
		if busy && (e.System <= e.Waited || e.System > e.Duration) {
			t.Errorf("a call that works: %v, of that %v in the kernel, waited %v", e.Duration, e.System, e.Waited)
		}
		if e.Name == "nanosleep" && !e.Inside && (e.Waited < e.System || e.Waited > e.Duration || e.System == 0) {
			t.Errorf("a call that waits: %v, of that %v in the kernel, waited %v", e.Duration, e.System, e.Waited)
		}
	}
}
