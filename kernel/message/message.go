package message

import (
	"encoding/json"
	"fmt"
)

// Message is one message of the protocol, in either direction.
type Message struct {
	// Identities are the frames before the delimiter: the address of a router's
	// peer, or the topic on iopub.
	Identities [][]byte
	Header     Header
	// RawHeader is the header as it came, so that fields unknown here survive
	// when it is sent back as a parent header. If it is nil, Encode makes it from
	// Header; if not, Header is not looked at.
	RawHeader    json.RawMessage
	ParentHeader json.RawMessage // header of the message that caused this one; nil is sent as {}
	Metadata     json.RawMessage // nil is sent as {}
	Content      json.RawMessage // nil is sent as {}
	Buffers      [][]byte        // binary data beside the content

	isJSON bool // the raw parts were made or checked here
}

// Content is the typed content of one kind of message.
type Content interface {
	// MsgType gives the message type as the header has it.
	MsgType() string
}

// presetter is a content whose absent fields do not mean zero.
type presetter interface{ preset() }

// Decode fills in v, a pointer to one of the content types. Fields the message
// does not have get the value that the protocol gives them; fields it does not
// know are passed over. The error names the field that has another JSON type.
func (m *Message) Decode(v any) error {
	if p, ok := v.(presetter); ok {
		p.preset()
	}
	if err := json.Unmarshal(m.Content, v); err != nil {
		return fmt.Errorf("message: content of %s: %w", m.Header.Type, err)
	}
	return nil
}

// Parent gives the header of the message that caused this one; the zero Header
// if there is none or it cannot be read.
func (m *Message) Parent() Header {
	h, err := parseHeader(m.ParentHeader)
	if err != nil {
		return Header{}
	}
	return h
}
