package ipclab

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/mime"
)

// A Stage is one process of a Pipeline. Program and Function make it.
type Stage struct {
	name string
	run  func() error // returns only if it fails, for a program
	err  error        // why it is no stage
}

// Program is a stage that runs a program with arguments, as Exec does. One that cannot be run exits with status 127 after
// saying why on standard error, as a shell has it.
func Program(program string, args ...string) Stage {
	s := Stage{name: strings.Join(append([]string{program}, args...), " ")}
	s.run = func() error { return Exec(program, args...) }
	if program == "" {
		s.err = because(unix.EINVAL, "the program has no name")
	}
	return s
}

// Function is a stage that calls f in a process of its own, in which standard input is the pipe from the stage before
// and standard output the pipe to the next: fmt.Scan and fmt.Println, os.Stdin and os.Stdout, descriptors 0 and 1 go
// there. It exits with status 0 when f returns, and with status 2 if f panics. What f assigns stays in its process.
//
// As in C, SIGPIPE has its default effect: a stage that writes when nobody can read any more is killed by it.
func Function(name string, f func()) Stage {
	s := Stage{name: name}
	s.run = func() error { f(); return nil }
	if f == nil {
		s.err = because(unix.EINVAL, "the function is nil")
	}
	return s
}

// A PipelineTable says what became of each stage of a pipeline.
type PipelineTable struct {
	rows  []PipelineRow
	notes []string
}

// A PipelineRow is one stage.
type PipelineRow struct {
	Stage   string
	Pid     int
	In      int64         // bytes that it read from the stage before; -1 for the first stage
	Out     int64         // bytes that it wrote to standard output
	Begun   time.Duration // when its process was there, from when the first one was
	Elapsed time.Duration // from then until it had ended
	User    time.Duration // processor time in the program
	System  time.Duration // processor time in the kernel on its behalf
	Status  Status
}

// Pipeline runs stages at the same time, each in a process of its own, connected by pipes as by | in a shell, and
// returns when all have ended. The first reads the standard input of the calling process, the last writes to its standard
// output; standard error is everybody's. A stage that fails is no error of Pipeline: the table shows its status.
//
//	ipclab.Pipeline(
//		ipclab.Program("seq", "100"),
//		ipclab.Function("squares", func() {
//			for x := 0; ; {
//				if _, err := fmt.Scan(&x); err != nil {
//					return
//				}
//				fmt.Println(x * x)
//			}
//		}),
//		ipclab.Program("tail", "-1"),
//	)
//
// One process more, the meter, sits in the pipes between the stages to count the bytes: it reads what a stage writes and
// writes it to the next. So between two stages there are two pipes, of 64 KiB each. When a stage ends or closes its
// input, the meter closes its own end to the stage before, which SIGPIPE kills at its next write.
//
// Errors: EINVAL for no stage, more than 64, or one that is none; EMFILE; EINTR if it is interrupted; those of Fork. All
// stages are killed then. See pipe(7).
func Pipeline(stages ...Stage) (*PipelineTable, error) {
	const most = 64
	if len(stages) == 0 || len(stages) > most {
		return nil, &Error{Call: "Pipeline", Arg: fmt.Sprintf("%d stages", len(stages)), Err: because(unix.EINVAL, "want 1 to %d", most)}
	}
	for i, s := range stages {
		if s.err == nil && s.run == nil {
			s.err = because(unix.EINVAL, "it is empty; Program and Function make one")
		}
		if s.err != nil {
			return nil, &Error{Call: "Pipeline", Arg: fmt.Sprintf("stage %d", i+1), Err: s.err}
		}
	}
	p := &pipeline{stages: stages}
	t, err := p.run()
	if err != nil {
		return nil, &Error{Call: "Pipeline", Err: err}
	}
	return t, nil
}

// explain notes what a reader may wonder at.
func (t *PipelineTable) explain() {
	for i, r := range t.rows {
		switch last := i == len(t.rows)-1; {
		case r.Status.Signaled() && r.Status.Signal() == unix.SIGPIPE && !last:
			t.note("%s was killed by SIGPIPE: it wrote after %s had stopped reading.", r.Stage, t.rows[i+1].Stage)
		case r.Status.Signaled():
			t.note("%s was %v: the next stage read end of file then, as after a good end.", r.Stage, r.Status)
		case r.Status.ExitCode() != 0:
			t.note("%s failed: it %v.", r.Stage, r.Status)
		}
		if i > 0 && r.In < t.rows[i-1].Out {
			t.note("%s left %d bytes unread.", r.Stage, t.rows[i-1].Out-r.In)
		}
	}
}

// note adds a note.
func (t *PipelineTable) note(format string, args ...any) {
	t.notes = append(t.notes, fmt.Sprintf(format, args...))
}

// Rows returns a row for each stage, in order.
func (t *PipelineTable) Rows() []PipelineRow {
	if t == nil {
		return nil
	}
	return slices.Clone(t.rows)
}

// Table returns the stages as a table.
func (t *PipelineTable) Table() *Table {
	table := NewTable("stage", "process", "in", "out", "begun", "elapsed", "user", "system", "ended").
		Units("", "", "bytes", "bytes", "ms", "ms", "ms", "ms")
	for _, r := range t.Rows() {
		var in any
		if r.In >= 0 {
			in = r.In
		}
		table.Row(shorten(r.Stage, commandWidth), r.Pid, in, r.Out, r.Begun, r.Elapsed, r.User, r.System, r.Status)
	}
	if t != nil {
		for _, n := range t.notes {
			table.Note(n)
		}
	}
	return table
}

// String returns the table as text.
func (t *PipelineTable) String() string { return t.Table().String() }

// MIMEBundle returns the table in all its representations.
func (t *PipelineTable) MIMEBundle() mime.Bundle { return t.Table().MIMEBundle() }
