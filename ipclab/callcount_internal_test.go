package ipclab

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"slices"
	"testing"

	"golang.org/x/sys/unix"
)

// work has a child make known calls, n times over.
func work(n int) error {
	_, err := knownCalls(n)
	return err
}

// knownCalls is work that tells the number of the child.
func knownCalls(n int) (pids []int, err error) {
	c, err := forkOwn()
	if err != nil {
		return nil, err
	}
	if c == nil {
		var ends [2]int
		if unix.Pipe2(ends[:], unix.O_CLOEXEC) != nil {
			unix.Exit(1)
		}
		for range n {
			_, _ = unix.Write(ends[1], []byte("x"))
			_, _ = unix.Read(ends[0], make([]byte, 1))
			_, _ = unix.Getpgid(1)
		}
		unix.Exit(0)
	}
	_, _, err = c.wait()
	return []int{c.pid}, err
}

// What the program asks for is counted exactly, by every way that there is.
func TestCallsAreCountedExactly(t *testing.T) {
	want := map[string]float64{"write": 1, "read": 1, "getpgid": 1}
	for i, c := range callCounters {
		counted, failed, err := c.each(work)
		byTracepoints := i < len(callCounters)-1
		if byTracepoints && (errors.Is(failed, fs.ErrPermission) || errors.Is(failed, fs.ErrNotExist)) {
			continue // not everybody may; by ptrace all may
		}
		if failed != nil || err != nil {
			t.Errorf("%s: %v, %v", c.note, failed, err)
			continue
		}
		if !maps.Equal(counted.program, want) {
			t.Errorf("%s: %v", counted.note, counted.program)
		}
	}
}

func TestAnErrorOfTheWorkIsNotOneOfCounting(t *testing.T) {
	runs := 0
	_, err := countCalls(func(int) error { runs++; return os.ErrInvalid })
	if err != os.ErrInvalid || runs != 1 {
		t.Errorf("%v after %d runs", err, runs)
	}
}

// Where one way is not permitted, the next is taken, and the note says so.
func TestCallsAreCountedInTheNextWay(t *testing.T) {
	all := callCounters
	defer func() { callCounters = all }()
	refused := callCounter{1, 2, func(func()) (callTally, error) { return callTally{}, unix.EACCES }, ""}
	callCounters = []callCounter{refused, all[len(all)-1]}
	counted, err := countCalls(work)
	if want := all[len(all)-1].note; err != nil || counted.program["getpgid"] != 1 || counted.note == "" || want == "" {
		t.Errorf("%+v, %v", counted, err)
	}
	callCounters = []callCounter{refused}
	if _, err := countCalls(work); err != unix.EACCES {
		t.Errorf("no way: %v", err)
	}
}

func TestNotesOnCalls(t *testing.T) {
	quiet := callCount{note: "counted", runtime: map[string]float64{"futex": 0.1}}
	if n := quiet.notes("pipe"); len(n) != 1 || n[0] != "counted" {
		t.Errorf("%q", n)
	}
	busy := callCount{note: "counted", runtime: map[string]float64{"futex": 5, "epoll_pwait": 2.5, "nanosleep": 0.04}}
	if n := busy.notes("pipe"); len(n) != 2 || n[1] != "pipe: beside the system calls of the program, the Go runtime makes 7.54 a trip for itself: futex 5.00, epoll_pwait 2.50." {
		t.Errorf("%q", n)
	}
}

// What there is no time for is left out; what comes after it is counted all the same.
func TestOneThatIsLeftOutDoesNotKeepOthersFromBeingCounted(t *testing.T) {
	works := []*callWork{{}, {run: func(n int) ([]int, error) { return knownCalls(n) }}}
	err := countTogether(works, func(i int) bool { return i > 0 })
	if errors.Is(err, fs.ErrPermission) || errors.Is(err, fs.ErrNotExist) {
		t.Skip("the system lets not everybody count calls by tracepoints:", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	if want := (map[string]float64{"write": 1, "read": 1, "getpgid": 1}); works[0].counted.program != nil || !maps.Equal(works[1].counted.program, want) {
		t.Errorf("%v, then %v", works[0].counted.program, works[1].counted.program)
	}
}

// Many rows without a count make one note.
func TestRowsThatWereNotCountedAreNamedOnce(t *testing.T) {
	b := &benchRun{uncounted: []string{"tcp (raw)", "pipe (raw)", "tcp (raw)"}}
	b.noteUncounted()
	if want := "There was no time to count the system calls of pipe (raw), tcp (raw); a longer Limit gives it."; len(b.notes) != 1 || b.notes[0] != want {
		t.Errorf("%q", b.notes)
	}
}

// A short run that made more of a call than a long one tells that their number does not depend on the work.
func TestCallsByChanceAreNamed(t *testing.T) {
	short := map[string]int{"pwrite64": 40, "pread64": 900, "sched_yield": 3, "read": 7}
	long := map[string]int{"pwrite64": 140, "pread64": 500, "read": 7}
	if got := byChance(short, long, togetherShort); !slices.Equal(got, []string{"pread64"}) {
		t.Errorf("%q", got)
	}
}

// So it is where each piece of work is counted by itself.
func TestCallsByChanceAreKnownWhereOneIsCountedByItself(t *testing.T) {
	runs := []map[string]int{{"pread64": 900, "pwrite64": 20}, {"pread64": 400, "pwrite64": 70}}
	c := callCounter{short: 20, long: 70, count: func(func()) (callTally, error) {
		tally := callTally{program: runs[0], runtime: map[string]int{}}
		runs = runs[1:]
		return tally, nil
	}}
	counted, failed, err := c.each(nil)
	if failed != nil || err != nil || !maps.Equal(counted.program, map[string]float64{"pwrite64": 1}) || !slices.Equal(counted.chance, []string{"pread64"}) {
		t.Errorf("%+v, %v, %v", counted, failed, err)
	}
}
