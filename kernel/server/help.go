package server

import (
	"encoding/json"
	"fmt"
	"regexp"

	"ipclab/kernel/message"
)

// question matches a cell that asks what a name is: "fmt.Println?", or with
// the mark in front. Two marks ask for all there is. Neither is Go.
var question = regexp.MustCompile(`^\s*(?:(\?\??)\s*([\pL_][\pL\pN_.]*)|([\pL_][\pL\pN_.]*)\s*(\?\??))\s*$`)

// questionName gives the name that a cell asks about, and the level of detail; ok
// is false if it does not ask.
func questionName(code string) (name string, detail int, ok bool) {
	m := question.FindStringSubmatch(code)
	if m == nil {
		return "", 0, false
	}
	return m[2] + m[3], len(m[1]+m[4]) - 1, true
}

// help answers a question with what inspection says of name. The pager, for
// which it is meant, takes it from the payload of the reply.
func (e *execution) help(name string, detail int, reply *message.ExecuteReply) *message.Exception {
	in, found := e.server.options.Cells.Inspect(name, len(name), detail)
	if !found {
		problem := fmt.Sprintf("nothing is known of %s", name)
		return &message.Exception{Name: "HelpError", Value: problem, Traceback: message.List[string]{red(problem)}}
	}
	data, err := json.Marshal(inspectionData(in))
	if err != nil {
		return &message.Exception{Name: "KernelError", Value: err.Error(), Traceback: message.List[string]{red(err.Error())}}
	}
	reply.Payload = message.List[message.Object]{{
		"source": message.Text("page"), "data": data, "start": json.RawMessage("0"),
	}}
	return nil
}
