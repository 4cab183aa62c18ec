package server

import "ipclab/kernel/message"

// explained adds to the error of a cell that was interrupted why it did not go on, in sentences.
func explained(e *message.Exception, findings []string) *message.Exception {
	if len(findings) == 0 {
		return e
	}
	e.Traceback = append(e.Traceback, bold("It did not go on because:"))
	for _, f := range findings {
		e.Traceback = append(e.Traceback, "  "+f)
	}
	return e
}
