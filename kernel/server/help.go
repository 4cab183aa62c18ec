package server

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"sync"

	"ipclab/kernel/message"
)

// question matches a cell that asks what a name is: "fmt.Println?", or with
// the mark in front. Two marks ask for all there is. Neither is Go. It is
// compiled for the first cell with a mark: every start would wait for it
// otherwise.
var question = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^\s*(?:\?\??\s*([\pL_][\pL\pN_.]*)|([\pL_][\pL\pN_.]*)\s*\?\??)\s*$`)
})

// questionName gives the name that a cell asks about; ok is false if it does not.
func questionName(code string) (name string, ok bool) {
	if !strings.Contains(code, "?") {
		return "", false
	}
	m := question().FindStringSubmatch(code)
	if m == nil {
		return "", false
	}
	return m[1] + m[2], true
}

// questionDetail is the level of detail that a question asks for.
func questionDetail(code string) int { return strings.Count(code, "?") - 1 }

// help answers a question with what inspection says of name.
func (e *execution) help(name string, reply *message.ExecuteReply) *message.Exception {
	in, found := e.server.options.Cells.Inspect(name, len(name), questionDetail(e.content.Code))
	if !found {
		problem := fmt.Sprintf("nothing is known of %s", name)
		return &message.Exception{Name: "HelpError", Value: problem, Traceback: message.List[string]{red(problem)}}
	}
	return page(inspectionData(e.server.withValue(in, false)), reply)
}

// page hands a text to the pager, which takes it from the payload of the reply.
func page(text message.Object, reply *message.ExecuteReply) *message.Exception {
	data, err := json.Marshal(text)
	if err != nil {
		return &message.Exception{Name: "KernelError", Value: err.Error(), Traceback: message.List[string]{red(err.Error())}}
	}
	reply.Payload = message.List[message.Object]{{
		"source": message.Text("page"), "data": data, "start": json.RawMessage("0"),
	}}
	return nil
}
