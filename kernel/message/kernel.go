package message

// KernelInfoRequest asks what this kernel is (shell and control).
type KernelInfoRequest struct{}

// MsgType implements Content.
func (KernelInfoRequest) MsgType() string { return "kernel_info_request" }

// KernelInfoReply says what this kernel is.
type KernelInfoReply struct {
	Status                string         `json:"status"`
	ProtocolVersion       string         `json:"protocol_version"`
	Implementation        string         `json:"implementation"`
	ImplementationVersion string         `json:"implementation_version"`
	LanguageInfo          LanguageInfo   `json:"language_info"`
	Banner                string         `json:"banner"`
	Debugger              bool           `json:"debugger"` // deprecated by SupportedFeatures, still read
	HelpLinks             List[HelpLink] `json:"help_links"`
	SupportedFeatures     List[string]   `json:"supported_features"` // JEP 92
}

// MsgType implements Content.
func (KernelInfoReply) MsgType() string { return "kernel_info_reply" }

// LanguageInfo describes the language of the cells.
type LanguageInfo struct {
	Name           string `json:"name"`
	Version        string `json:"version"`
	MIMEType       string `json:"mimetype"`
	FileExtension  string `json:"file_extension"`
	PygmentsLexer  string `json:"pygments_lexer,omitempty"`
	CodeMirrorMode string `json:"codemirror_mode,omitempty"`
	Exporter       string `json:"nbconvert_exporter,omitempty"`
}

// HelpLink is an entry of the client's help menu.
type HelpLink struct {
	Text string `json:"text"`
	URL  string `json:"url"`
}

// InterruptRequest asks to stop the running cell (control).
type InterruptRequest struct{}

// MsgType implements Content.
func (InterruptRequest) MsgType() string { return "interrupt_request" }

// InterruptReply answers an InterruptRequest.
type InterruptReply struct {
	Status     string `json:"status"`
	*Exception        // if Failed
}

// MsgType implements Content.
func (InterruptReply) MsgType() string { return "interrupt_reply" }

// ShutdownRequest asks the kernel to end (control, from old clients shell).
type ShutdownRequest struct {
	Restart bool `json:"restart"` // another kernel will follow
}

// MsgType implements Content.
func (ShutdownRequest) MsgType() string { return "shutdown_request" }

// ShutdownReply answers a ShutdownRequest; it is also published.
type ShutdownReply struct {
	Status  string `json:"status"`
	Restart bool   `json:"restart"`
}

// MsgType implements Content.
func (ShutdownReply) MsgType() string { return "shutdown_reply" }
