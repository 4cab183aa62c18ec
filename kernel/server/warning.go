package server

import "strings"

// warn tells the user, once, what was wrong with how the kernel was started. A kernel's own standard error is where few
// look.
func (e *execution) warn() {
	warning := e.server.options.Warning
	if warning == nil {
		return
	}
	e.server.options.Warning = nil
	for line := range strings.Lines(warning.Error()) {
		e.Stream("stderr", "[ipclab: "+strings.TrimSpace(line)+"]\n")
	}
}
