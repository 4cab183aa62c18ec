package server

import (
	"ipclab/kernel/message"
	"ipclab/runtime/cell"
)

// drawnAs gives the words for which JupyterLab has colours.
var drawnAs = map[string]string{
	"constant": "instance",
	"field":    "instance",
	"function": "function",
	"keyword":  "keyword",
	"method":   "function",
	"package":  "module",
	"path":     "module",
	"type":     "class",
	"variable": "instance",
}

// drawn gives the word by which JupyterLab knows what sort of name one is. What
// is not in the table stays as it is.
func drawn(kind string) string {
	if word, ok := drawnAs[kind]; ok {
		return word
	}
	return kind
}

// inspectionData gives an inspection in the forms that clients draw.
func inspectionData(in cell.Inspection) message.Object {
	return message.Object{
		"text/plain":    message.Text(in.Text()),
		"text/markdown": message.Text(in.Markdown()),
	}
}
