package message

// ExecuteRequest asks to run code (shell).
type ExecuteRequest struct {
	Code            string            `json:"code"`
	Silent          bool              `json:"silent"`           // no output on iopub, no history, no count
	StoreHistory    bool              `json:"store_history"`    // absent: true; has no effect when Silent
	UserExpressions map[string]string `json:"user_expressions"` // evaluated after the code
	AllowStdin      bool              `json:"allow_stdin"`      // absent: true
	StopOnError     bool              `json:"stop_on_error"`    // absent: true; abort what is queued behind if this fails
}

// MsgType implements Content.
func (ExecuteRequest) MsgType() string { return "execute_request" }

func (r *ExecuteRequest) preset() {
	*r = ExecuteRequest{StoreHistory: true, AllowStdin: true, StopOnError: true}
}

// ExecuteReply ends an execute request.
type ExecuteReply struct {
	Status          string                `json:"status"` // OK, Failed or Aborted
	ExecutionCount  int                   `json:"execution_count"`
	UserExpressions Map[ExpressionResult] `json:"user_expressions"`
	Payload         List[Object]          `json:"payload"` // deprecated, but the pager has nothing else
	*Exception                            // if Failed
}

// MsgType implements Content.
func (ExecuteReply) MsgType() string { return "execute_reply" }

// ExpressionResult is the value of a user expression in an ExecuteReply.
type ExpressionResult struct {
	Status   string `json:"status"` // OK or Failed
	Data     Object `json:"data,omitempty"`
	Metadata Object `json:"metadata,omitempty"`
	*Exception
}

// ExecuteInput shows everybody which code is run under which number (iopub).
type ExecuteInput struct {
	Code           string `json:"code"`
	ExecutionCount int    `json:"execution_count"`
}

// MsgType implements Content.
func (ExecuteInput) MsgType() string { return "execute_input" }

// ExecuteResult is the value of a cell (iopub).
type ExecuteResult struct {
	ExecutionCount int       `json:"execution_count"`
	Data           Object    `json:"data"` // MIME type to representation
	Metadata       Object    `json:"metadata"`
	Transient      Transient `json:"transient"`
}

// MsgType implements Content.
func (ExecuteResult) MsgType() string { return "execute_result" }

// InputRequest asks the user who sent the cell for a line (stdin).
type InputRequest struct {
	Prompt   string `json:"prompt"`
	Password bool   `json:"password"` // do not show what is typed
}

// MsgType implements Content.
func (InputRequest) MsgType() string { return "input_request" }

// InputReply is the line typed, without its newline (stdin).
type InputReply struct {
	Value string `json:"value"`
}

// MsgType implements Content.
func (InputReply) MsgType() string { return "input_reply" }

// ConnectRequest asks for the ports; deprecated, still sent by old clients.
type ConnectRequest struct{}

// MsgType implements Content.
func (ConnectRequest) MsgType() string { return "connect_request" }

// ConnectReply answers a ConnectRequest with the numbers of the connection file.
type ConnectReply struct {
	Status  string `json:"status"`
	Shell   int    `json:"shell_port"`
	IOPub   int    `json:"iopub_port"`
	Stdin   int    `json:"stdin_port"`
	Control int    `json:"control_port"`
	HB      int    `json:"hb_port"`
}

// MsgType implements Content.
func (ConnectReply) MsgType() string { return "connect_reply" }
