package message

import "encoding/json"

// HistoryRequest asks for earlier input (shell).
type HistoryRequest struct {
	Output  bool   `json:"output"` // with results
	Raw     bool   `json:"raw"`    // input as typed; absent: true
	Access  string `json:"hist_access_type"`
	Session int    `json:"session"` // range: 0 is the current one, negative counts back
	Start   int    `json:"start"`   // range: first line
	Stop    int    `json:"stop"`    // range: line after the last; 0: to the end
	N       int    `json:"n"`       // tail, search: how many; 0: all
	Pattern string `json:"pattern"` // search: glob with * and ?
	Unique  bool   `json:"unique"`  // search: each input once
}

// Values of HistoryRequest.Access.
const (
	HistoryRange  = "range"
	HistoryTail   = "tail"
	HistorySearch = "search"
)

// MsgType implements Content.
func (HistoryRequest) MsgType() string { return "history_request" }

func (r *HistoryRequest) preset() { *r = HistoryRequest{Raw: true} }

// HistoryReply answers a HistoryRequest, oldest entry first.
type HistoryReply struct {
	Status     string             `json:"status"`
	History    List[HistoryEntry] `json:"history"`
	*Exception                    // if Failed
}

// MsgType implements Content.
func (HistoryReply) MsgType() string { return "history_reply" }

// HistoryEntry is one cell that was run. As JSON it is an array: session, line,
// and the input or, if asked for, the pair of input and output.
type HistoryEntry struct {
	Session    int
	Line       int
	Input      string
	Output     string
	WithOutput bool // Output is part of the entry
}

// MarshalJSON implements json.Marshaler.
func (e HistoryEntry) MarshalJSON() ([]byte, error) {
	if !e.WithOutput {
		return marshal([]any{e.Session, e.Line, e.Input})
	}
	var output any // null without a result
	if e.Output != "" {
		output = e.Output
	}
	return marshal([]any{e.Session, e.Line, []any{e.Input, output}})
}

// UnmarshalJSON implements json.Unmarshaler.
func (e *HistoryEntry) UnmarshalJSON(data []byte) error {
	var last json.RawMessage
	if err := json.Unmarshal(data, &[]any{&e.Session, &e.Line, &last}); err != nil {
		return err
	}
	if json.Unmarshal(last, &e.Input) == nil {
		return nil
	}
	e.WithOutput = true
	return json.Unmarshal(last, &[]any{&e.Input, &e.Output})
}
