package ipclab

import (
	"fmt"
	"math"
	"os"
	"slices"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/handlers"
	"ipclab/ipclab/mime"
	"ipclab/ipclab/signame"
)

// LostSignalsOptions are what LostSignals may be told. The zero value is good.
type LostSignalsOptions struct {
	Signals int           // how many are sent each time; 0 means 100, the most is 100,000
	Handler time.Duration // for how long a handler computes; 0 means 50 µs
	Limit   time.Duration // for each measurement; 0 means 10 s
}

// A LostSignalsTable says how many signals were sent, and for how many a handler ran.
type LostSignalsTable struct{ rows []LostSignalsRow }

// A LostSignalsRow is one measurement.
type LostSignalsRow struct {
	Signal    string
	RealTime  bool // from SIGRTMIN on
	Blocked   bool // while they were sent; else they came while the handler ran for earlier ones
	Sent      int
	Refused   int  // of these, by the kernel: EAGAIN, more would be queued than RLIMIT_SIGPENDING allows
	Delivered int  // times the handler ran
	InOrder   bool // the values came in the order in which they were sent
}

// Lost returns how many were sent, and taken by the kernel, and never came.
func (r LostSignalsRow) Lost() int { return r.Sent - r.Refused - r.Delivered }

// What LostSignals may be told.
const (
	lostSignalsUsual = 100
	lostSignalsMost  = 100_000
	lostHandlerUsual = 50 * time.Microsecond
)

// LostSignals sends the same signal many times to a process that has a handler for it, and counts how often the handler
// runs. Standard signals merge: one that is pending is not pending twice. Real-time ones queue, and come in the order in
// which they were sent. Each is measured with the signal blocked while all are sent, and with the handler running while
// the next ones come.
//
// The signals are sent by sigqueue(3), numbered by their values. The process is a child, which has ended afterwards.
//
// Errors: EINVAL for options out of range; ETIMEDOUT when the limit has passed; EINTR if it is interrupted; those of Fork.
// See signal(7), "Real-time signals".
func LostSignals(options ...LostSignalsOptions) (*LostSignalsTable, error) {
	o, err := lostSignalsOptions(options)
	if err != nil {
		return nil, &Error{Call: "LostSignals", Arg: "options", Err: err}
	}
	t := &LostSignalsTable{}
	for _, blocked := range []bool{true, false} {
		for _, sig := range []syscall.Signal{unix.SIGUSR1, RtMin} {
			row, err := lostRun{LostSignalsOptions: o, sig: sig, blocked: blocked}.run()
			if err != nil {
				return nil, &Error{Call: "LostSignals", Arg: signame.Of(sig), Err: err}
			}
			t.rows = append(t.rows, row)
		}
	}
	return t, nil
}

// lostSignalsOptions checks the options and puts in what is usual.
func lostSignalsOptions(options []LostSignalsOptions) (o LostSignalsOptions, err error) {
	if len(options) > 1 {
		return o, because(unix.EINVAL, "given %d times", len(options))
	}
	if len(options) == 1 {
		o = options[0]
	}
	o.Signals = orUsual(o.Signals, lostSignalsUsual)
	if o.Handler == 0 {
		o.Handler = lostHandlerUsual
	}
	if o.Limit == 0 {
		o.Limit = limitUsual
	}
	switch {
	case o.Signals < 1 || o.Signals > lostSignalsMost:
		return o, because(unix.EINVAL, "%d signals: want 1 to %d", o.Signals, lostSignalsMost)
	case o.Handler < 0 || o.Handler > time.Second:
		return o, because(unix.EINVAL, "handler %v: want up to 1 s", o.Handler)
	case o.Limit < 0 || o.Limit > limitMost:
		return o, because(unix.EINVAL, "limit %v: want up to %v", o.Limit, limitMost)
	}
	return o, nil
}

// A lostRun is one measurement.
type lostRun struct {
	LostSignalsOptions
	sig     syscall.Signal
	blocked bool
}

// run sends the signals and asks what came.
func (l lostRun) run() (row LostSignalsRow, err error) {
	s, err := newSignalSubject(l.Limit, l.take)
	if err != nil {
		return row, err
	}
	defer s.end()
	var ready string
	if err := s.hear(&ready); err != nil {
		return row, err
	}
	row = LostSignalsRow{Signal: signame.Of(l.sig), RealTime: l.sig >= RtMin, Blocked: l.blocked, Sent: l.Signals}
	for i := range l.Signals {
		info := handlers.NewInfo(int(l.sig), SiQueue, os.Getpid(), os.Getuid(), i+1)
		switch err := handlers.Queue(s.pid, int(l.sig), info); err {
		case nil:
		case unix.EAGAIN:
			row.Refused++
		default:
			return row, err
		}
		if !l.blocked {
			spin(l.Handler / sentMeanwhile)
		}
	}
	if err := s.open(); err != nil {
		return row, err
	}
	err = s.hear(&row.Delivered, &row.InOrder)
	return row, err
}

// take is what the process does that takes the signals.
func (l lostRun) take(s *signalSubject) error {
	delivered, last, inOrder := 0, 0, true
	count := func(i *handlers.Info) {
		delivered++
		inOrder = inOrder && i.Value() > last
		last = i.Value()
		spin(l.Handler)
	}
	if err := handlers.SetAction(int(l.sig), handlers.Action{Handler: count, Flags: handlers.Restart}); err != nil {
		return err
	}
	if l.blocked {
		handlers.SetMask(handlers.Set(bitOf(l.sig)))
	}
	if err := s.say("ready"); err != nil {
		return err
	}
	if err := s.pass(); err != nil {
		return err
	}
	handlers.SetMask(0) // the handlers have run when this returns
	return s.say(delivered, inOrder)
}

// sentMeanwhile is how many signals are sent while a handler runs.
const sentMeanwhile = 5

// spin computes for a time.
func spin(d time.Duration) {
	for begun := time.Now(); time.Since(begun) < d; {
	}
}

// Rows returns a row for each measurement.
func (t *LostSignalsTable) Rows() []LostSignalsRow {
	if t == nil {
		return nil
	}
	return slices.Clone(t.rows)
}

// Table returns the rows as a table.
func (t *LostSignalsTable) Table() *Table {
	table := NewTable("signal", "kind", "while they were sent", "sent", "delivered", "lost", "share lost", "in order").
		Units("", "", "", "", "", "", "%").Caption("Signals sent and delivered")
	for _, r := range t.Rows() {
		kind, state, order := "standard", "handled one by one", "no"
		if r.RealTime {
			kind = "real-time"
		}
		if r.Blocked {
			state = "blocked"
		}
		if r.InOrder {
			order = "yes"
		}
		share := math.Round(1000*float64(r.Lost())/float64(max(r.Sent, 1))) / 10
		table.Row(r.Signal, kind, state, r.Sent, r.Delivered, r.Lost(), share, order)
		if r.Refused > 0 {
			table.Note(fmt.Sprintf("%d of %s were refused: sigqueue(3) failed with EAGAIN, at RLIMIT_SIGPENDING.", r.Refused, r.Signal))
		}
	}
	return table.Note("A standard signal that is pending already is lost when it is sent again; real-time signals queue.")
}

// String returns the table as text.
func (t *LostSignalsTable) String() string { return t.Table().String() }

// MIMEBundle returns the table in all its representations.
func (t *LostSignalsTable) MIMEBundle() mime.Bundle { return t.Table().MIMEBundle() }
