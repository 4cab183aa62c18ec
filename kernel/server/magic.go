package server

import (
	"encoding/json"
	"fmt"

	"ipclab/ipclab/mime"
	"ipclab/kernel/magic"
	"ipclab/kernel/message"
	"ipclab/runtime/cell"
	"ipclab/runtime/wire"
)

// callMagics carries out the line magics of a cell.
func (e *execution) callMagics(calls []magic.Call) *message.Exception {
	for _, c := range calls {
		if err := c.Run(e); err != nil {
			return magicException(err)
		}
	}
	return nil
}

func magicException(err error) *message.Exception {
	return &message.Exception{Name: "MagicError", Value: err.Error(), Traceback: message.List[string]{red(err.Error())}}
}

// Definitions implements magic.Kernel.
func (e *execution) Definitions() []cell.Definition { return e.server.options.Cells.Definitions() }

// Print implements magic.Kernel.
func (e *execution) Print(text string) { e.Stream("stdout", text) }

// Show implements magic.Kernel.
func (e *execution) Show(v mime.Displayable) {
	data := message.Object{}
	for kind, value := range v.MIMEBundle() {
		raw, err := json.Marshal(value)
		if err != nil {
			e.server.logf("show %s: %v", kind, err)
			continue
		}
		data[kind] = raw
	}
	e.publish(message.DisplayData{Data: data, Metadata: message.Object{}})
}

// shellException shows how a shell command of a cell ended. One that was
// interrupted has got the signal before the runtime process noticed.
func (e *execution) shellException(name string, d wire.Done) (failure *message.Exception, ok bool) {
	line, why, ok := magic.Failure(d.Value)
	if !ok {
		return nil, false
	}
	if e.server.interrupts.isAsked() {
		return runtimeException(wire.Done{Status: wire.StatusInterrupted, Value: "the cell was interrupted"}), true
	}
	return &message.Exception{Name: "ShellError", Value: why, Traceback: message.List[string]{
		bold(fmt.Sprintf("%s:%d:", name, line)) + " " + red("the shell command failed: "+why),
	}}, true
}
