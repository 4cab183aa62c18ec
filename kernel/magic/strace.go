package magic

import (
	"fmt"

	"ipclab/runtime/cell"
)

// traceSource is what a traced cell begins with, as beginSource is for a timed one. In a child that the cell has forked,
// stopping is an error.
const traceSource = ` stopˑs, errˑs := ipclab%[1]s.StartStrace(); if errˑs != nil { panic(errˑs) }; ` +
	`defer func() { if t, err := stopˑs(); err == nil { ipclab%[1]s.Display(t) } }();`

// Traced changes a lowered cell so that it shows, in the end, the system calls that it made. Number must be another one
// at each call.
func Traced(p *cell.Program, number int) {
	wrap(p, fmt.Sprintf("ˑstrace%d", number), []string{"ipclab"}, traceSource, "")
}
