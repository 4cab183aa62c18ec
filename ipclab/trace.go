package ipclab

import (
	"cmp"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/shm"
	"ipclab/ipclab/mime"
)

// A Trace is a time line of events in all processes of an experiment. It lies in memory that this process shares with
// the children forked after NewTrace; an event takes under a microsecond and no system call but getpid.
//
//	t, err := ipclab.NewTrace(1000)
//	p, err := ipclab.Spawn(func() {
//		t.Label("child")
//		t.Event("writes", 5000)
//		…
//	})
//	t.Event("reads")
//	…
//	t // as the last line of a cell, shows the table
//
// Timeline draws it: a lane for each process, with an arrow from each Send to its Receive, and shaded where a process Waits.
//
// Events are in the order of their times, by CLOCK_MONOTONIC, which is one clock for all processors. Methods may be
// called by any process and goroutine at the same time.
type Trace struct {
	memory *shm.Region
	slots  int
	start  time.Time
	clock  time.Duration // start, by CLOCK_MONOTONIC
}

// A TraceEvent is one event of a Trace.
type TraceEvent struct {
	Time    time.Duration // since the first event
	Delta   time.Duration // since the event before it, in whichever process
	Pid     int           // the process
	Process string        // its label, or its number
	Text    string

	Channel         string // of Send and Receive
	Sends, Receives bool   // whether it was recorded by these
	Waits           bool   // whether it was recorded by Waits
}

// The layout of a trace in shared memory: a header, then slots of one event each.
//
//	header  0  double word: slots taken so far, also beyond the last
//	slot    0  word: 0 empty, 1 an event, 2 a label, 3 Send, 4 Receive, 5 Waits; stored last
//	        4  word: length of the text
//	        8  double word: nanoseconds since NewTrace
//	       16  word: process number
//	       24  the text
const (
	traceHeader = 64
	traceSlot   = 128
	traceText   = traceSlot - slotText
	slotKind    = 0
	slotLength  = 4
	slotTime    = 8
	slotPid     = 16
	slotText    = 24
	kindEvent   = 1
	kindLabel   = 2
	kindSend    = 3
	kindReceive = 4
	kindWaits   = 5
	traceMost   = 1 << 20
)

// NewTrace makes a trace with room for the given number of events, at 128 bytes each. Events beyond that are lost, and
// counted. Errors: EINVAL for a number below 1 or above 1,048,576; ENOMEM.
func NewTrace(events int) (*Trace, error) {
	arg := fmt.Sprintf("%d events", events)
	if events < 1 || events > traceMost {
		return nil, &Error{Call: "NewTrace", Arg: arg, Err: because(unix.EINVAL, "want 1 to %d", traceMost)}
	}
	memory, err := shm.New(traceHeader+events*traceSlot, false)
	if err != nil {
		return nil, &Error{Call: "NewTrace", Arg: arg, Err: err}
	}
	return &Trace{memory: memory, slots: events, start: time.Now(), clock: monotonic()}, nil
}

// Event records that something happened now in the calling process. The values are put together as by fmt.Println; of
// the text, the first 104 bytes are kept.
func (t *Trace) Event(values ...any) {
	t.record(kindEvent, strings.TrimSuffix(fmt.Sprintln(values...), "\n"))
}

// Eventf is Event with a format, as fmt.Printf has it.
func (t *Trace) Eventf(format string, values ...any) {
	t.record(kindEvent, fmt.Sprintf(format, values...))
}

// Label names the calling process in the trace: "parent", "child". It takes the room of one event. The last one counts,
// for events before it too.
func (t *Trace) Label(name string) { t.record(kindLabel, name) }

// record writes a slot: the kind last, so that a slot with a kind is whole.
func (t *Trace) record(kind uint32, text string) {
	if t == nil || t.memory == nil {
		return
	}
	now := time.Since(t.start)
	n := t.memory.Add64(0, 1) - 1
	if n >= uint64(t.slots) {
		return // full: the count says how many were lost
	}
	at := traceHeader + int(n)*traceSlot
	text = shorten(text, traceText)
	t.memory.Write(at+slotText, []byte(text))
	t.memory.Store32(at+slotLength, uint32(len(text)))
	t.memory.Store64(at+slotTime, uint64(now))
	t.memory.Store32(at+slotPid, uint32(os.Getpid()))
	t.memory.Store32(at+slotKind, kind)
}

// shorten cuts s to at most most bytes, at a rune's boundary and with an ellipsis.
func shorten(s string, most int) string {
	if len(s) <= most {
		return s
	}
	end := most - len("…")
	for end > 0 && !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end] + "…"
}

// Events returns what has been recorded so far, in order of time.
func (t *Trace) Events() []TraceEvent {
	events, _, _ := t.read()
	return events
}

// Lost returns how many events found no room.
func (t *Trace) Lost() int {
	if t == nil || t.memory == nil {
		return 0
	}
	taken := t.memory.Load64(0)
	if taken <= uint64(t.slots) {
		return 0
	}
	return int(min(taken-uint64(t.slots), math.MaxInt))
}

// Table returns the time line as a table.
func (t *Trace) Table() *Table {
	events, unfinished, _ := t.read()
	table := NewTable("time", "since last", "process", "event").Units("µs", "µs")
	for _, e := range events {
		table.Row(e.Time, e.Delta, e.Process, e.Text)
	}
	if len(events) == 0 {
		table.Note("No events.")
	}
	if n := t.Lost(); n > 0 {
		table.Note(fmt.Sprintf("%d events were lost: the trace has room for %d.", n, t.slots))
	}
	if unfinished > 0 {
		table.Note(fmt.Sprintf("%d events are incomplete: a process is writing them, or ended in the middle.", unfinished))
	}
	return table
}

// String returns the table as text.
func (t *Trace) String() string { return t.Table().String() }

// MIMEBundle returns the table in all its representations.
func (t *Trace) MIMEBundle() mime.Bundle { return t.Table().MIMEBundle() }

// read returns the events in order of time, how many slots are taken but not written, and when after NewTrace the first event
// was. It trusts no word of the shared memory: any process could have written it.
func (t *Trace) read() (events []TraceEvent, unfinished int, first time.Duration) {
	if t == nil || t.memory == nil {
		return nil, 0, 0
	}
	labels := map[int]string{}
	for i := range int(min(t.memory.Load64(0), uint64(t.slots))) {
		at := traceHeader + i*traceSlot
		kind := t.memory.Load32(at + slotKind)
		length := int(min(t.memory.Load32(at+slotLength), traceText))
		text, _ := t.memory.Read(at+slotText, length)
		pid := int(t.memory.Load32(at + slotPid))
		switch kind {
		case kindEvent, kindSend, kindReceive, kindWaits:
			e := TraceEvent{Time: time.Duration(t.memory.Load64(at + slotTime)), Pid: pid, Text: string(text)}
			e.describe(kind)
			events = append(events, e)
		case kindLabel:
			labels[pid] = string(text)
		default:
			unfinished++
		}
	}
	slices.SortStableFunc(events, func(a, b TraceEvent) int { return cmp.Compare(a.Time, b.Time) })
	if len(events) > 0 {
		first = events[0].Time
	}
	finish(events, labels)
	return events, unfinished, first
}

// finish makes times relative to the first event, computes the differences and puts in the labels.
func finish(events []TraceEvent, labels map[int]string) {
	for i := len(events) - 1; i >= 0; i-- {
		e := &events[i]
		if i > 0 {
			e.Delta = e.Time - events[i-1].Time
		}
		e.Time -= events[0].Time
		if e.Process = labels[e.Pid]; e.Process == "" {
			e.Process = pidText(e.Pid)
		}
	}
}
