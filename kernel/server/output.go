package server

import (
	"encoding/json"

	"ipclab/kernel/message"
	"ipclab/runtime/wire"
)

// Stream implements supervisor.Output.
func (e *execution) Stream(name, text string) { e.publish(message.Stream{Name: name, Text: text}) }

// Clear implements supervisor.Output.
func (e *execution) Clear(wait bool) { e.publish(message.ClearOutput{Wait: wait}) }

// Display implements supervisor.Output. What is shown comes from processes
// that run users' code and is passed on only as far as it is JSON.
func (e *execution) Display(d wire.Display) {
	data, metadata := message.Object(d.Data), message.Object(d.Metadata)
	transient := message.Transient{DisplayID: d.ID}
	if d.Update {
		e.publish(message.UpdateDisplayData{Data: data, Metadata: metadata, Transient: transient})
		return
	}
	e.publish(message.DisplayData{Data: data, Metadata: metadata, Transient: transient})
}

// plain gives the text/plain representation of a result.
func plain(b wire.Bundle) string {
	var text string
	_ = json.Unmarshal(b["text/plain"], &text) // of a bundle without one, nothing is kept
	return text
}
