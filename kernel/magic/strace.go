package magic

import (
	"fmt"
	"strconv"
	"strings"

	"ipclab/runtime/cell"
)

const straceWord = "%%strace"

// A traceView is how a cell wants to see its system calls.
type traceView struct{ summary, all, timeline bool }

// methods returns what to call on a trace to have it.
func (v traceView) methods() (calls string) {
	if v.all {
		calls += ".All()"
	}
	switch {
	case v.summary:
		calls += ".Summary()"
	case v.timeline:
		calls += ".Timeline()"
	}
	return calls
}

func straceMagic() Magic {
	return Magic{
		Word: straceWord, Usage: "%%strace [OPTIONS]", wraps: true, translateLine: translateStrace,
		Short: "run the rest of the cell and show the system calls it made",
		Long: "-c         how often each call was made and how long that took, as strace -c has it\n" +
			"-timeline  a picture, a lane for each process\n" +
			"-all       with the calls that the Go runtime makes for itself\n\n" +
			"Without -c and -timeline, a table of the calls of the runtime process and of all processes that the cell\n" +
			"starts, with arguments, results and times, as ipclab.Strace gives it. The rest of the cell is Go, shell commands\n" +
			"among it, or %%sh or %%c. Tracing makes each call slower.\n",
		options: []option{
			{"-c", "how often each call was made, and how long that took"}, {"-timeline", "a picture, a lane for each process"},
			{"-all", "with the calls that the Go runtime makes for itself"},
		},
	}
}

// translateStrace translates a cell that begins with %%strace.
func translateStrace(before int, args, text string) (Cell, error) {
	var view traceView
	for _, word := range strings.Fields(args) {
		switch word {
		case "-c":
			view.summary = true
		case "-timeline":
			view.timeline = true
		case "-all":
			view.all = true
		default:
			return Cell{}, fmt.Errorf("%s takes no %q: its options are -c, -timeline and -all, and what it is for goes on the lines below it", straceWord, word)
		}
	}
	if view.summary && view.timeline {
		return Cell{}, fmt.Errorf("%s: -c and -timeline are two ways to show the same; choose one", straceWord)
	}
	c, err := around(straceWord, func(c *Cell) *bool { return &c.Traced })(before, strings.Repeat("\n", before)+text)
	c.view = view
	return c, err
}

// traceSource is what a traced cell begins with, as beginSource is for a timed one. In a child that the cell has forked,
// stopping is an error.
const traceSource = ` stopˑs, errˑs := ipclab%[1]s.StartStrace(); if errˑs != nil { panic(errˑs) }; ` +
	`defer func() { if t, err := stopˑs(); err == nil { ipclab%[1]s.Display(tVIEW) } }();`

// Traced changes a lowered cell so that it shows, in the end, the system calls that it made, as c wants to see them. Number
// must be another one at each call.
func Traced(p *cell.Program, c Cell, number int) {
	source, packages := strings.Replace(traceSource, "VIEW", c.view.methods(), 1), []string{"ipclab"}
	if c.C != nil { // the compiler's calls are not what one wants to see, and would be slow
		r := *c.C
		r.Cell = p.Name
		source = " host%[1]s.CompileC(" + strings.ReplaceAll(strconv.Quote(r.Encode()), "%", "%%") + ");" + source
		packages = append(packages, "ipclab/host")
	}
	wrap(p, fmt.Sprintf("ˑstrace%d", number), packages, source, "")
}
