package supervisor_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"golang.org/x/sys/unix"

	"ipclab/kernel/supervisor"
	"ipclab/runtime/wire"
)

// define runs a cell that declares variables.
func (l *lab) define(declarations string) {
	l.Helper()
	c := l.cell("", newRecorder())
	c.Source += declarations
	if d, err := l.execute(c); err != nil || d.Status != wire.StatusOK {
		l.Fatalf("%s\nended with %v, %+v", declarations, err, d)
	}
}

func TestLook(t *testing.T) {
	l := start(t)
	l.define("var x = 41\nvar list = []int{1, 2}")
	l.run("x++")
	for name, want := range map[string]string{"x": "42", "list": "[1 2]"} {
		if got, err := l.Look(context.Background(), name); got != want || err != nil {
			t.Errorf("%s: got %q, %v, want %q", name, got, err, want)
		}
	}
	if got, err := l.Look(context.Background(), "none"); err == nil {
		t.Errorf("none: got %q", got)
	}
}

func TestNoLookWhileACellRuns(t *testing.T) {
	l := start(t)
	l.define("var x = 41")
	gate := filepath.Join(l.dir, "gate")
	if err := unix.Mkfifo(gate, 0o600); err != nil {
		t.Fatal(err)
	}
	o := newRecorder()
	var cell sync.WaitGroup
	cell.Go(func() { _, _ = l.execute(l.cell(`fmt.Println("on"); os.ReadFile("`+gate+`")`, o)) })
	defer cell.Wait()
	o.wait(t, "on")
	got, err := l.Look(context.Background(), "x")
	if !errors.Is(err, supervisor.ErrRunning) {
		t.Errorf("got %q, %v", got, err)
	}
	if err := os.WriteFile(gate, nil, 0); err != nil {
		t.Fatal(err)
	}
}

// TestACellGoesBeforeALook gives up each look at once and runs a cell behind it,
// which changes the map that is being looked at.
func TestACellGoesBeforeALook(t *testing.T) {
	l := start(t)
	l.define("var m = map[int]int{}")
	over, cancel := context.WithCancel(context.Background())
	cancel()
	for range 50 {
		_, _ = l.Look(over, "m")
		if text := l.run("for i := 0; i < 1000; i++ { m[len(m)] = i }").text("stderr"); text != "" {
			t.Fatal(text) // what the race detector says, where the test has it
		}
	}
	if got, err := l.Look(context.Background(), "m"); err != nil || got == "" {
		t.Errorf("at the end: %q, %v", got, err)
	}
}
