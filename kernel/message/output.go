package message

// Kernel states in a Status.
const (
	Busy     = "busy"
	Idle     = "idle"
	Starting = "starting"
)

// Status says what the kernel does; Busy and Idle go around each request
// (iopub).
type Status struct {
	State string `json:"execution_state"`
}

// MsgType implements Content.
func (Status) MsgType() string { return "status" }

// Names of streams.
const (
	Stdout = "stdout"
	Stderr = "stderr"
)

// Stream is text that a cell wrote (iopub).
type Stream struct {
	Name string `json:"name"` // Stdout or Stderr
	Text string `json:"text"`
}

// MsgType implements Content.
func (Stream) MsgType() string { return "stream" }

// Transient is what belongs to a display but is not kept in the notebook.
type Transient struct {
	DisplayID string `json:"display_id,omitempty"` // under which UpdateDisplayData finds it
}

// DisplayData is something to show (iopub).
type DisplayData struct {
	Data      Object    `json:"data"` // MIME type to representation
	Metadata  Object    `json:"metadata"`
	Transient Transient `json:"transient"`
}

// MsgType implements Content.
func (DisplayData) MsgType() string { return "display_data" }

// UpdateDisplayData replaces what was shown under Transient.DisplayID (iopub).
type UpdateDisplayData struct {
	Data      Object    `json:"data"`
	Metadata  Object    `json:"metadata"`
	Transient Transient `json:"transient"`
}

// MsgType implements Content.
func (UpdateDisplayData) MsgType() string { return "update_display_data" }

// ClearOutput removes what the cell has shown so far (iopub).
type ClearOutput struct {
	Wait bool `json:"wait"` // only when the next output comes
}

// MsgType implements Content.
func (ClearOutput) MsgType() string { return "clear_output" }

// Error is how a cell failed (iopub).
type Error struct {
	Exception
}

// MsgType implements Content.
func (Error) MsgType() string { return "error" }

// IOPubWelcome tells a client that its subscription has arrived (iopub, JEP 65).
type IOPubWelcome struct {
	Subscription string `json:"subscription"` // topic, "" for everything
}

// MsgType implements Content.
func (IOPubWelcome) MsgType() string { return "iopub_welcome" }
