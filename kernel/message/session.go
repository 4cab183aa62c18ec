package message

import (
	"fmt"
	"time"

	"github.com/google/uuid"
)

// Session makes messages of one sender: one life of a kernel, or one client.
// It is safe for concurrent use as long as its fields are not changed.
type Session struct {
	ID       string // unique per sender
	Username string // for display only
}

// NewSession makes a session with a random id.
func NewSession(username string) *Session {
	return &Session{ID: uuid.NewString(), Username: username}
}

// New makes a message with content c and a fresh id, caused by parent (nil: by
// nothing). It has no identities. The error says that c cannot be JSON. What is
// put into its raw parts afterwards must be JSON: it is not checked again.
func (s *Session) New(parent *Message, c Content) (*Message, error) {
	content, err := marshal(c)
	if err != nil {
		return nil, fmt.Errorf("message: content of %s: %w", c.MsgType(), err)
	}
	m := &Message{
		Header: Header{
			ID:       uuid.NewString(),
			Session:  s.ID,
			Username: s.Username,
			Date:     time.Now().UTC().Format(dateLayout),
			Type:     c.MsgType(),
			Version:  Version,
		},
		Content: content,
		isJSON:  true,
	}
	if parent != nil {
		m.ParentHeader, err = parent.header()
	}
	return m, err
}

// header gives the header as it came, or as it would be sent.
func (m *Message) header() ([]byte, error) {
	if m.RawHeader != nil {
		return m.RawHeader, nil
	}
	return marshal(m.Header)
}

// Reply is New with the identities of the parent: it goes back to who asked.
func (s *Session) Reply(parent *Message, c Content) (*Message, error) {
	m, err := s.New(parent, c)
	if err != nil {
		return nil, err
	}
	m.Identities = parent.Identities
	return m, nil
}

// Publish is New with an iopub topic, "kernel.SESSION.TYPE". Clients subscribe
// to everything; the topic is for those that look at the wire.
func (s *Session) Publish(parent *Message, c Content) (*Message, error) {
	m, err := s.New(parent, c)
	if err != nil {
		return nil, err
	}
	m.Identities = [][]byte{[]byte("kernel." + s.ID + "." + c.MsgType())}
	return m, nil
}
