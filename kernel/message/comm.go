package message

// CommInfoRequest asks which comms exist (shell).
type CommInfoRequest struct {
	Target string `json:"target_name"` // only of this target; absent: all
}

// MsgType implements Content.
func (CommInfoRequest) MsgType() string { return "comm_info_request" }

// CommInfoReply lists comms by id.
type CommInfoReply struct {
	Status     string        `json:"status"`
	Comms      Map[CommInfo] `json:"comms"`
	*Exception               // if Failed
}

// MsgType implements Content.
func (CommInfoReply) MsgType() string { return "comm_info_reply" }

// CommInfo is what a CommInfoReply says about one comm.
type CommInfo struct {
	Target string `json:"target_name"`
}

// CommOpen opens a comm, a conversation between widget and kernel (shell,
// iopub).
type CommOpen struct {
	ID     string `json:"comm_id"`
	Target string `json:"target_name"`
	Module string `json:"target_module,omitempty"`
	Data   Object `json:"data"`
}

// MsgType implements Content.
func (CommOpen) MsgType() string { return "comm_open" }

// CommMsg is one message of a comm (shell, iopub).
type CommMsg struct {
	ID   string `json:"comm_id"`
	Data Object `json:"data"`
}

// MsgType implements Content.
func (CommMsg) MsgType() string { return "comm_msg" }

// CommClose ends a comm (shell, iopub).
type CommClose struct {
	ID   string `json:"comm_id"`
	Data Object `json:"data"`
}

// MsgType implements Content.
func (CommClose) MsgType() string { return "comm_close" }
