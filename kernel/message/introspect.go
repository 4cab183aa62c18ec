package message

// CompleteRequest asks how a name could go on (shell).
type CompleteRequest struct {
	Code      string `json:"code"`
	CursorPos int    `json:"cursor_pos"` // in code points; absent: -1, the end
}

// MsgType implements Content.
func (CompleteRequest) MsgType() string { return "complete_request" }

func (r *CompleteRequest) preset() { *r = CompleteRequest{CursorPos: -1} }

// CompleteReply lists what could replace the text from CursorStart to CursorEnd.
type CompleteReply struct {
	Status      string       `json:"status"`
	Matches     List[string] `json:"matches"`
	CursorStart int          `json:"cursor_start"` // in code points
	CursorEnd   int          `json:"cursor_end"`
	Metadata    Object       `json:"metadata"`
	*Exception               // if Failed
}

// MsgType implements Content.
func (CompleteReply) MsgType() string { return "complete_reply" }

// InspectRequest asks what the name at the cursor is (shell).
type InspectRequest struct {
	Code        string `json:"code"`
	CursorPos   int    `json:"cursor_pos"` // in code points; absent: -1, the end
	DetailLevel int    `json:"detail_level"`
}

// MsgType implements Content.
func (InspectRequest) MsgType() string { return "inspect_request" }

func (r *InspectRequest) preset() { *r = InspectRequest{CursorPos: -1} }

// InspectReply describes a name.
type InspectReply struct {
	Status     string `json:"status"`
	Found      bool   `json:"found"`
	Data       Object `json:"data"`
	Metadata   Object `json:"metadata"`
	*Exception        // if Failed
}

// MsgType implements Content.
func (InspectReply) MsgType() string { return "inspect_reply" }

// IsCompleteRequest asks whether code can be run as it is (shell).
type IsCompleteRequest struct {
	Code string `json:"code"`
}

// MsgType implements Content.
func (IsCompleteRequest) MsgType() string { return "is_complete_request" }

// Statuses of an IsCompleteReply.
const (
	Complete   = "complete"
	Incomplete = "incomplete"
	Invalid    = "invalid"
	Unknown    = "unknown"
)

// IsCompleteReply answers an IsCompleteRequest.
type IsCompleteReply struct {
	Status string `json:"status"` // Complete, Incomplete, Invalid or Unknown
	Indent string `json:"indent"` // how the next line begins, if Incomplete
}

// MsgType implements Content.
func (IsCompleteReply) MsgType() string { return "is_complete_reply" }
