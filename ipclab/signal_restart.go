package ipclab

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/handlers"
	"ipclab/ipclab/mime"
)

// InterruptionOptions are what Interruption may be told. The zero value is good.
type InterruptionOptions struct {
	Alarm time.Duration // how long a call waits before the signal comes; 0 means 20 ms
	Limit time.Duration // for each call; 0 means 10 s
}

// An InterruptionTable says what became of system calls that a signal interrupted.
type InterruptionTable struct{ rows []InterruptionRow }

// An InterruptionRow is one call.
type InterruptionRow struct {
	Call        string
	Restart     bool          // the handler was set with SA_RESTART
	Handled     int           // times the handler ran
	Interrupted bool          // the call returned EINTR
	Result      string        // what it returned
	Elapsed     time.Duration // how long it took, in which it may have begun anew
}

// alarmUsual is after how long the signal comes.
const alarmUsual = 20 * time.Millisecond

// Interruption has SIGALRM interrupt a read from a pipe in which nothing is, once with a handler without SA_RESTART, once
// with. Only after the handler has run, "hello" is written to the pipe. Without SA_RESTART the read has returned EINTR by
// then; with it the kernel's answer is the same, but the call begins anew and reads. The third call is ppoll(2), one of
// those that are never restarted, whatever the flags. See signal(7), "Interruption of system calls by signal handlers".
//
// The calls are made in a child, which has ended afterwards. Errors: EINVAL for options out of range; ETIMEDOUT when the
// limit has passed; EINTR if it is interrupted itself; those of Fork.
func Interruption(options ...InterruptionOptions) (*InterruptionTable, error) {
	o, err := interruptionOptions(options)
	if err != nil {
		return nil, &Error{Call: "Interruption", Arg: "options", Err: err}
	}
	t := &InterruptionTable{}
	for _, i := range []interruption{{call: "read"}, {call: "read", restart: true}, {call: "ppoll", restart: true}} {
		i.InterruptionOptions = o
		row, err := i.again()
		if err != nil {
			return nil, &Error{Call: "Interruption", Arg: i.call, Err: err}
		}
		t.rows = append(t.rows, row)
	}
	return t, nil
}

// interruptionOptions checks the options and puts in what is usual.
func interruptionOptions(options []InterruptionOptions) (o InterruptionOptions, err error) {
	if len(options) > 1 {
		return o, because(unix.EINVAL, "given %d times", len(options))
	}
	if len(options) == 1 {
		o = options[0]
	}
	if o.Alarm == 0 {
		o.Alarm = alarmUsual
	}
	if o.Limit == 0 {
		o.Limit = limitUsual
	}
	switch {
	case o.Alarm < time.Millisecond || o.Alarm > time.Minute:
		return o, because(unix.EINVAL, "alarm %v: want 1 ms to 1 min", o.Alarm)
	case o.Limit < 0 || o.Limit > limitMost:
		return o, because(unix.EINVAL, "limit %v: want up to %v", o.Limit, limitMost)
	}
	return o, nil
}

// An interruption is one call that is interrupted.
type interruption struct {
	InterruptionOptions
	call    string
	restart bool
}

// again makes the call until the signal does not come too early. It does on a busy machine.
func (i interruption) again() (InterruptionRow, error) {
	for deadline := time.Now().Add(i.Limit); ; {
		row, early, err := i.run()
		switch {
		case !early || err != nil:
			return row, err
		case time.Now().After(deadline):
			return row, because(unix.ETIMEDOUT, "the alarm came before the call had begun, each time: give it more time")
		}
	}
}

// run makes the call in a child. The gate is the pipe from which it reads. The signal may come too early, before the call
// has begun: then the row is of no use.
func (i interruption) run() (row InterruptionRow, early bool, err error) {
	s, err := newSignalSubject(i.Alarm+i.Limit, i.make)
	if err != nil {
		return row, false, err
	}
	defer s.end()
	var handled string
	if err := s.hear(&handled); err != nil {
		return row, false, err
	}
	if _, err := s.gate.w.Write([]byte("hello")); err != nil && !errors.Is(err, unix.EPIPE) {
		return row, false, err // nobody reads where the call has returned and the child has ended
	}
	row = InterruptionRow{Call: i.call, Restart: i.restart}
	var n int
	if err := s.hear(&row.Handled, &n, &row.Interrupted, (*int64)(&row.Elapsed), &early); err != nil {
		return row, false, err
	}
	row.Result = fmt.Sprintf("%d bytes", n)
	if row.Interrupted {
		row.Result = "-1, EINTR"
	}
	return row, early, nil
}

// make makes the call, in the child.
func (i interruption) make(s *signalSubject) error {
	handled := 0
	a := handlers.Action{Handler: func(*handlers.Info) {
		handled++
		s.say("handled")
	}}
	if i.restart {
		a.Flags = handlers.Restart
	}
	if err := handlers.SetAction(int(unix.SIGALRM), a); err != nil {
		return err
	}
	begun := time.Now()
	if _, err := Alarm(i.Alarm); err != nil {
		return err
	}
	var n int
	var err error
	if i.call == "read" {
		n, err = s.gate.r.Read(make([]byte, len("hello")))
	} else {
		n, err = Ppoll([]unix.PollFd{{Fd: int32(s.gate.r), Events: unix.POLLIN}}, -1, nil)
	}
	if err != nil && !errors.Is(err, unix.EINTR) {
		return err
	}
	return s.say(handled, n, err != nil, int64(time.Since(begun)), i.early(err))
}

// early reports whether the signal came before the call had begun: where the call ends with what it waited for, though it does
// not go on after a signal.
func (i interruption) early(err error) bool {
	goesOn := i.call == "read" && i.restart
	return err == nil && !goesOn
}

// Rows returns a row for each call.
func (t *InterruptionTable) Rows() []InterruptionRow {
	if t == nil {
		return nil
	}
	return slices.Clone(t.rows)
}

// Table returns the rows as a table.
func (t *InterruptionTable) Table() *Table {
	table := NewTable("call", "handler's flags", "handler ran", "returned", "took").Units("", "", "", "", "ms").
		Caption("A call that waits, interrupted by SIGALRM")
	for _, r := range t.Rows() {
		flags := "none"
		if r.Restart {
			flags = "SA_RESTART"
		}
		table.Row(r.Call, flags, r.Handled, r.Result, r.Elapsed)
	}
	return table.Note("With SA_RESTART read(2) begins anew after the handler; ppoll(2) and some others never do, see signal(7).")
}

// String returns the table as text.
func (t *InterruptionTable) String() string { return t.Table().String() }

// MIMEBundle returns the table in all its representations.
func (t *InterruptionTable) MIMEBundle() mime.Bundle { return t.Table().MIMEBundle() }
