package server

import (
	"encoding/json"
	"unicode/utf8"

	"ipclab/kernel/history"
	"ipclab/kernel/magic"
	"ipclab/kernel/message"
)

func (s *Server) complete(r *message.CompleteRequest) message.CompleteReply {
	cursor := byteOffset(r.Code, r.CursorPos)
	c, isMagic := magic.Complete(r.Code, cursor)
	if !isMagic {
		c = s.options.Cells.Complete(magic.Mask(r.Code), cursor)
	}
	reply := message.CompleteReply{
		Status:      message.OK,
		CursorStart: codePoints(r.Code, c.Start),
		CursorEnd:   codePoints(r.Code, c.End),
		Metadata:    message.Object{},
	}
	types := []typedMatch{}
	for _, m := range c.Matches {
		reply.Matches = append(reply.Matches, m.Text)
		types = append(types, typedMatch{reply.CursorStart, reply.CursorEnd, m.Text, drawn(m.Type), m.Signature})
	}
	if raw, err := json.Marshal(types); err == nil {
		reply.Metadata["_jupyter_types_experimental"] = raw
	}
	return reply
}

// typedMatch is what JupyterLab draws beside a completion.
type typedMatch struct {
	Start     int    `json:"start"`
	End       int    `json:"end"`
	Text      string `json:"text"`
	Type      string `json:"type"`
	Signature string `json:"signature"`
}

func (s *Server) inspect(r *message.InspectRequest, beside bool) message.InspectReply {
	cursor := byteOffset(r.Code, r.CursorPos)
	if text, isMagic := magic.Inspect(r.Code, cursor); isMagic {
		return message.InspectReply{Status: message.OK, Found: text != "", Data: message.PlainText(text)}
	}
	in, found := s.options.Cells.Inspect(magic.Mask(r.Code), cursor, r.DetailLevel)
	reply := message.InspectReply{Status: message.OK, Found: found}
	if found {
		reply.Data = inspectionData(s.withValue(in, beside))
	}
	return reply
}

func (s *Server) isComplete(r *message.IsCompleteRequest) message.IsCompleteReply {
	if _, ok := questionName(r.Code); ok {
		return message.IsCompleteReply{Status: message.Complete}
	}
	status, indent := magic.IsComplete(r.Code)
	return message.IsCompleteReply{Status: status, Indent: indent}
}

func (s *Server) recall(r *message.HistoryRequest) message.HistoryReply {
	entries, err := s.history(r)
	if err != nil {
		return message.HistoryReply{Status: message.Failed, Exception: &message.Exception{Name: "HistoryError", Value: err.Error()}}
	}
	reply := message.HistoryReply{Status: message.OK}
	for _, e := range entries {
		reply.History = append(reply.History, message.HistoryEntry{
			Session: e.Session, Line: e.Line, Input: e.Input, Output: e.Output, WithOutput: r.Output,
		})
	}
	return reply
}

func (s *Server) history(r *message.HistoryRequest) ([]history.Entry, error) {
	switch r.Access {
	case message.HistoryRange:
		return s.options.History.Range(r.Session, r.Start, r.Stop)
	case message.HistorySearch:
		return s.options.History.Search(r.Pattern, r.N, r.Unique)
	}
	return s.options.History.Tail(r.N)
}

// byteOffset turns a position in code points, as the protocol counts, into one
// in bytes. A negative one, or one beyond the end, is the end.
func byteOffset(code string, position int) int {
	if position < 0 {
		return len(code)
	}
	for offset := range code {
		if position == 0 {
			return offset
		}
		position--
	}
	return len(code)
}

// codePoints turns an offset in bytes into one in code points.
func codePoints(code string, offset int) int {
	return utf8.RuneCountInString(code[:min(max(offset, 0), len(code))])
}
