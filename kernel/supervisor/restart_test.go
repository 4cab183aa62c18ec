package supervisor_test

import (
	"errors"
	"testing"

	"ipclab/kernel/supervisor"
)

func TestRestartGivesANewRuntimeAndSaysNothing(t *testing.T) {
	l := start(t)
	r := newRecorder()
	d, err := l.execute(l.cell(`exec.Command("sleep", "100").Start()
fmt.Print(os.Getpid())`, r))
	if err != nil {
		t.Fatalf("%v, %+v", err, d)
	}
	before := r.text("stdout")
	for range 3 {
		if err := l.Restart(); err != nil {
			t.Fatal(err)
		}
	}
	after := l.run(`fmt.Print(os.Getpid())
if _, err := os.Stat("/proc/` + before + `"); err == nil { fmt.Print(" the old one is still there") }`).text("stdout")
	if after == before || len(after) > len("4194304") {
		t.Errorf("the runtime process is %s, was %s", after, before)
	}
	if text := r.text("stderr"); text != "" {
		t.Errorf("the cell before got %q", text)
	}
}

func TestRestartAfterCloseIsAnError(t *testing.T) {
	l := start(t)
	l.Close()
	if err := l.Restart(); !errors.Is(err, supervisor.ErrClosed) {
		t.Errorf("got %v", err)
	}
}
