package server

import (
	"errors"
	"fmt"
	"strings"

	"ipclab/kernel/message"
	"ipclab/kernel/supervisor"
	"ipclab/runtime/cell"
	"ipclab/runtime/wire"
)

// ANSI colours, which clients draw in tracebacks.
const (
	redOn    = "\x1b[1;31m"
	boldOn   = "\x1b[1m"
	colorOff = "\x1b[0m"
)

func red(s string) string  { return redOn + s + colorOff }
func bold(s string) string { return boldOn + s + colorOff }

// compileException shows the problems of a cell that did not pass the checker,
// each with its line and a caret.
func compileException(err error) *message.Exception {
	var problems *cell.Error
	if !errors.As(err, &problems) || len(problems.Problems) == 0 {
		return &message.Exception{Name: "CompileError", Value: err.Error(), Traceback: message.List[string]{red(err.Error())}}
	}
	e := &message.Exception{Name: "CompileError", Value: problems.Problems[0].Message}
	for _, p := range problems.Problems {
		e.Traceback = append(e.Traceback,
			fmt.Sprintf("%s %s", bold(fmt.Sprintf("%s:%d:%d:", problems.Name, p.Line, p.Column)), red(p.Message)))
		if strings.TrimSpace(p.Text) != "" {
			e.Traceback = append(e.Traceback, "    "+p.Text, "    "+caretIndent(p.Text, p.Column)+red("^"))
		}
	}
	return e
}

// caretIndent is white space as wide as the part of line before column, which
// counts bytes from 1.
func caretIndent(line string, column int) string {
	before := line[:min(max(column-1, 0), len(line))]
	return strings.Map(func(r rune) rune {
		if r == '\t' {
			return '\t'
		}
		return ' '
	}, before)
}

// runtimeException shows a panic and where it passed.
func runtimeException(d wire.Done) *message.Exception {
	e := &message.Exception{Name: d.Name, Value: d.Value}
	if d.Status == wire.StatusInterrupted {
		e.Name = "Interrupted"
	}
	e.Traceback = message.List[string]{red(e.Name + ": " + d.Value)}
	for _, frame := range d.Frames {
		e.Traceback = append(e.Traceback, "  "+frame)
	}
	return e
}

// rejectedException shows what the interpreter does not take although it is
// right Go.
func rejectedException(name string, d wire.Done) *message.Exception {
	text := fmt.Sprintf("%s: this is correct Go, but cells do not support it yet: %s", name, d.Value)
	return &message.Exception{Name: "NotSupported", Value: d.Value, Traceback: message.List[string]{red(text)}}
}

// deathException shows how the runtime process ended under a cell.
func deathException(name string, d *supervisor.Death) *message.Exception {
	e := &message.Exception{Name: "RuntimeDied", Value: d.Error(), Traceback: message.List[string]{
		bold(name+":") + " " + red("the runtime process "+d.How()),
	}}
	for line := range strings.Lines(d.LastWords) {
		e.Traceback = append(e.Traceback, "    "+strings.TrimRight(line, "\n"))
	}
	e.Traceback = append(e.Traceback, d.Left()...)
	return e
}
