package cell_test

import (
	"fmt"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/runtime/cell"
)

// prepared checks a cell and commits it.
func prepared(tb testing.TB, s *cell.Session, name, source string) *cell.Program {
	tb.Helper()
	p, err := s.Prepare(name, source)
	if err != nil {
		tb.Fatalf("%s: %v", source, err)
	}
	s.Commit(p)
	return p
}

// BenchmarkTrivialCell measures what checking and lowering add to a cell.
func BenchmarkTrivialCell(b *testing.B) {
	s := cell.NewSession(shared)
	for i := 0; b.Loop(); i++ {
		prepared(b, s, fmt.Sprint("cell", i), "x := 1 + 1; _ = x")
	}
}

func BenchmarkPrintingCell(b *testing.B) {
	s := cell.NewSession(shared)
	for i := 0; b.Loop(); i++ {
		prepared(b, s, fmt.Sprint("cell", i), "for i := 0; i < 10; i++ {\n\tfmt.Println(i, \"hello\")\n}\nx := 1\nx")
	}
}

// processorTime is how long this process has run. Unlike the time of day it does not depend on what else runs on the machine.
func processorTime(t *testing.T) time.Duration {
	t.Helper()
	var used unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &used); err != nil {
		t.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// TestManyCells holds that a cell costs the same after thousands of others, and
// that running one again defines nothing more.
func TestManyCells(t *testing.T) {
	s := cell.NewSession(shared)
	round := func(from, n int, source func(i int) string) time.Duration {
		start := processorTime(t)
		for i := range n {
			prepared(t, s, fmt.Sprint("cell", from+i), source(from+i))
		}
		return (processorTime(t) - start) / time.Duration(n)
	}
	trivial := func(int) string { return "x := 1 + 1; _ = x" }
	first := prepared(t, s, "first", trivial(0))
	if again := prepared(t, s, "again", trivial(0)); len(again.Source) >= len(first.Source) {
		t.Errorf("the second time the cell declares something anew:\n%s", again.Source)
	}
	early := round(0, 200, trivial)
	for i := range 2000 {
		prepared(t, s, fmt.Sprint("define", i), fmt.Sprintf("v%d := %d\nfunc f%d() int { return v%d }", i, i, i, i))
	}
	late := round(3000, 200, trivial)
	t.Logf("a trivial cell takes %v, after 2000 definitions %v", early, late)
	if late > 10*early+time.Millisecond {
		t.Errorf("a trivial cell took %v at first and %v after 2000 definitions", early, late)
	}
}
