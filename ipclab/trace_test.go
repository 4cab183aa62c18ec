package ipclab_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"ipclab/ipclab"
	"ipclab/ipclab/mime"
)

func ExampleTrace() {
	t, err := ipclab.NewTrace(100)
	if err != nil {
		fmt.Println(err)
		return
	}
	t.Label("parent")
	r, w, _ := ipclab.Pipe()
	p, err := ipclab.Spawn(func() {
		t.Label("child")
		t.Event("writes", 5000)
		fmt.Fprintln(w, 5000)
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	var value int
	fmt.Fscan(r, &value)
	t.Eventf("read %d", value)
	p.Wait()
	r.Close()
	w.Close()
	for _, e := range t.Events() {
		fmt.Printf("%s: %s\n", e.Process, e.Text)
	}
	// Output:
	// child: writes 5000
	// parent: read 5000
}

// trace makes a trace for a test.
func trace(t *testing.T, events int) *ipclab.Trace {
	t.Helper()
	tr, err := ipclab.NewTrace(events)
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

func TestTraceFromManyProcesses(t *testing.T) {
	const processes, each = 4, 500
	tr := trace(t, processes*each)
	var children []*ipclab.Process
	for range processes {
		children = append(children, spawn(t, func() {
			for i := range each {
				tr.Event("event", i)
			}
		}))
	}
	for _, c := range children {
		if status, err := c.Wait(); err != nil || status.ExitCode() != 0 {
			t.Fatalf("%v: %v", c, err)
		}
	}
	events := tr.Events()
	if len(events) != processes*each || tr.Lost() != 0 {
		t.Fatalf("%d events, %d lost; want %d and none", len(events), tr.Lost(), processes*each)
	}
	next := map[int]int{} // of each process, every event is there, in order
	for i, e := range events {
		if want := fmt.Sprint("event ", next[e.Pid]); e.Text != want {
			t.Fatalf("event %d is %q of process %d, want %q", i, e.Text, e.Pid, want)
		}
		next[e.Pid]++
		if i > 0 && (e.Delta < 0 || e.Time != events[i-1].Time+e.Delta) {
			t.Fatalf("event %d: time %v, delta %v, after %v", i, e.Time, e.Delta, events[i-1].Time)
		}
	}
	if len(next) != processes || events[0].Time != 0 {
		t.Errorf("events of %d processes from %v on, want %d from 0 on", len(next), events[0].Time, processes)
	}
}

func TestTraceFull(t *testing.T) {
	tr := trace(t, 3)
	for i := range 10 {
		tr.Event(i)
	}
	if len(tr.Events()) != 3 || tr.Lost() != 7 {
		t.Errorf("%d events kept, %d lost; want 3 and 7", len(tr.Events()), tr.Lost())
	}
	if text := tr.String(); !strings.Contains(text, "7 events were lost: the trace has room for 3.") {
		t.Errorf("the table does not say what was lost:\n%s", text)
	}
}

func TestTraceLongText(t *testing.T) {
	tr := trace(t, 2)
	tr.Event(strings.Repeat("é", 100))
	tr.Event(strings.Repeat("x", 104))
	events := tr.Events()
	if want := strings.Repeat("é", 50) + "…"; events[0].Text != want {
		t.Errorf("200 bytes are kept as %q, want %q", events[0].Text, want)
	}
	if events[1].Text != strings.Repeat("x", 104) {
		t.Errorf("104 bytes are kept as %q", events[1].Text)
	}
}

func TestTraceErrors(t *testing.T) {
	for _, n := range []int{0, -1, 1<<20 + 1} {
		tr, err := ipclab.NewTrace(n)
		if tr != nil || !errors.Is(err, unix.EINVAL) || !strings.HasPrefix(err.Error(), fmt.Sprintf("NewTrace: %d events: ", n)) {
			t.Errorf("NewTrace(%d): %v, want EINVAL", n, err)
		}
	}
	var none *ipclab.Trace
	none.Event("nothing")
	none.Label("nothing")
	if len(none.Events()) != 0 || none.Lost() != 0 || none.MIMEBundle()[mime.Plain] == nil {
		t.Error("a nil trace is not an empty one")
	}
}

func BenchmarkTraceEvent(b *testing.B) {
	var tr *ipclab.Trace
	for i := 0; b.Loop(); i++ {
		if i%(1<<16) == 0 {
			b.StopTimer()
			tr, _ = ipclab.NewTrace(1 << 16)
			b.StartTimer()
		}
		tr.Event("child writes", 5000)
	}
}
