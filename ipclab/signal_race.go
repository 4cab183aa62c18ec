package ipclab

import (
	"math"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/mime"
)

// AlarmRaceOptions are what AlarmRace may be told. The zero value is good.
type AlarmRaceOptions struct {
	Runs     int           // sleeps of each kind; 0 means 500, the most is 1,000,000
	Alarm    time.Duration // the longest alarm: each sleep has another one, from 1 µs to this; 0 means 100 µs
	Patience time.Duration // without progress for so long, a sleep is taken to hang, and looked at; 0 means 2 ms
	Limit    time.Duration // for each kind; 0 means 10 s
}

// An AlarmRaceTable says how often a sleep made of an alarm hung.
type AlarmRaceTable struct{ rows []AlarmRaceRow }

// An AlarmRaceRow is one way to sleep.
type AlarmRaceRow struct {
	Method  string
	Runs    int
	Hangs   int           // sleeps that would have lasted for ever: the alarm had rung before the wait began
	Longest time.Duration // the longest sleep; one that hung lasted until it was looked at
	Elapsed time.Duration // all of them
}

// What AlarmRace may be told.
const (
	raceRunsUsual     = 500
	raceRunsMost      = 1_000_000
	raceAlarmUsual    = 100 * time.Microsecond
	racePatienceUsual = 2 * time.Millisecond
)

// AlarmRace shows why alarm(2) and pause(2) do not make a sleep. The alarm can ring between the two, on a busy machine or
// when it is short; its handler runs, and pause waits for a signal that has come already. A child sleeps many times, each
// time for a few microseconds, so that the moment is hit often; this process watches it. Where it makes no progress, the
// wait is ended from outside and counted as a hang, if no alarm is set or pending any more: it would never have ended.
//
// The four ways to sleep:
//   - alarm, pause: as in the course;
//   - alarm, pause, siglongjmp: the handler leaves the wait, whether it has begun or not (here by a panic);
//   - sigsuspend: SIGALRM is blocked before the alarm is set, and let in by the wait itself;
//   - ppoll: the same, and one could wait for descriptors too.
//
// The first two calls are two steps, in the last two the mask and the wait are one. siglongjmp may also leave the handler
// of another signal that the alarm interrupts in the middle.
//
// Errors: EINVAL for options out of range; ETIMEDOUT when the limit has passed; EINTR if it is interrupted; those of Fork.
// See alarm(2), pause(2) and sigsuspend(2).
func AlarmRace(options ...AlarmRaceOptions) (*AlarmRaceTable, error) {
	o, err := alarmRaceOptions(options)
	if err != nil {
		return nil, &Error{Call: "AlarmRace", Arg: "options", Err: err}
	}
	t := &AlarmRaceTable{}
	for _, way := range sleeps {
		row, err := alarmRace{AlarmRaceOptions: o, way: way}.run()
		if err != nil {
			return nil, &Error{Call: "AlarmRace", Arg: way.name, Err: err}
		}
		t.rows = append(t.rows, row)
	}
	return t, nil
}

// alarmRaceOptions checks the options and puts in what is usual.
func alarmRaceOptions(options []AlarmRaceOptions) (o AlarmRaceOptions, err error) {
	if len(options) > 1 {
		return o, because(unix.EINVAL, "given %d times", len(options))
	}
	if len(options) == 1 {
		o = options[0]
	}
	o.Runs = orUsual(o.Runs, raceRunsUsual)
	for d, usual := range map[*time.Duration]time.Duration{
		&o.Alarm: raceAlarmUsual, &o.Patience: racePatienceUsual, &o.Limit: limitUsual,
	} {
		if *d == 0 {
			*d = usual
		}
	}
	switch {
	case o.Runs < 1 || o.Runs > raceRunsMost:
		return o, because(unix.EINVAL, "%d runs: want 1 to %d", o.Runs, raceRunsMost)
	case o.Alarm < time.Microsecond || o.Alarm > time.Second:
		return o, because(unix.EINVAL, "alarm %v: want 1 µs to 1 s", o.Alarm)
	case o.Patience < time.Millisecond || o.Patience > time.Minute:
		return o, because(unix.EINVAL, "patience %v: want 1 ms to 1 min", o.Patience)
	case o.Limit < 0 || o.Limit > limitMost:
		return o, because(unix.EINVAL, "limit %v: want up to %v", o.Limit, limitMost)
	}
	return o, nil
}

// Rows returns a row for each way to sleep.
func (t *AlarmRaceTable) Rows() []AlarmRaceRow {
	if t == nil {
		return nil
	}
	return slices.Clone(t.rows)
}

// Table returns the rows as a table.
func (t *AlarmRaceTable) Table() *Table {
	table := NewTable("sleep made of", "runs", "hangs caught", "share", "longest sleep", "all sleeps").
		Units("", "", "", "%", "ms", "ms").Caption("Sleeping with an alarm")
	for _, r := range t.Rows() {
		share := math.Round(1000*float64(r.Hangs)/float64(max(r.Runs, 1))) / 10
		table.Row(r.Method, r.Runs, r.Hangs, share, r.Longest, r.Elapsed)
	}
	return table.Note("A hang: the alarm rang between alarm and pause, and the wait had to be ended from outside.").
		Note("sigsuspend and ppoll let the blocked signal in and begin to wait in one step: none is missed.")
}

// String returns the table as text.
func (t *AlarmRaceTable) String() string { return t.Table().String() }

// MIMEBundle returns the table in all its representations.
func (t *AlarmRaceTable) MIMEBundle() mime.Bundle { return t.Table().MIMEBundle() }
