package procstat

import (
	"errors"
	"os"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	// A process may call itself anything.
	line := "4242 (a) S (b) Z 17 4242 5979 34816 -1 4194304 240 113 0 1 31 42 0 0 20 0 7 0 136138 125 57 18 4\n"
	got, err := Parse([]byte(line))
	want := Stat{Pid: 4242, Comm: "a) S (b", State: 'Z', PPid: 17, PGrp: 4242, Session: 5979, User: 31, System: 42, Threads: 7, Start: 136138}
	if err != nil || got != want {
		t.Errorf("ParseStat = %+v, %v; want %+v", got, err, want)
	}
	for _, bad := range []string{"", "1", "1 (x", "1 (x)", "1 )x( S", "x (y) S " + strings.Repeat("1 ", 30), "1 (x) S 1 2"} {
		if s, err := Parse([]byte(bad)); err == nil {
			t.Errorf("Parse(%q) = %+v, want an error", bad, s)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("4242 (a) S (b) Z 17 4242 5979 34816 -1 4194304 240 113 0 1 0 0 0 0 20 0 7 0 136138 125"))
	f.Fuzz(func(t *testing.T, line []byte) {
		s, err := Parse(line)
		if err != nil && !errors.Is(err, ErrFormat) {
			t.Errorf("unexpected kind of error %v", err)
		}
		if err == nil && !strings.Contains(string(line), "("+s.Comm+")") {
			t.Errorf("name %q is not in %q", s.Comm, line)
		}
	})
}

func TestRead(t *testing.T) {
	if s, err := Read(os.Getpid()); err != nil || s.Pid != os.Getpid() || s.PPid != os.Getppid() || s.Start == 0 {
		t.Errorf("of this process: %+v, %v", s, err)
	}
	if s, err := Read(1<<22 + 1); err == nil {
		t.Errorf("of no process: %+v", s)
	}
}
