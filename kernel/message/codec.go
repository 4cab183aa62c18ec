package message

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// Delimiter is the frame between the identities and the message proper.
const Delimiter = "<IDS|MSG>"

// Bounds on what Decode accepts.
const (
	MaxIdentities = 64   // frames before the delimiter
	MaxBuffers    = 4096 // frames after the content
)

// What can be wrong with a message; Decode's errors wrap one of them.
var (
	ErrMalformed = errors.New("malformed message")
	ErrSignature = errors.New("wrong signature")
	ErrRepeated  = errors.New("repeated signature")
)

func malformed(why string) error { return fmt.Errorf("message: %w: %s", ErrMalformed, why) }

// signed is the number of frames that a signature covers.
const signed = 4

// Codec signs and checks messages with one key. It may be used by any number of
// goroutines. One codec should serve all channels of a kernel: a message that
// was seen on one is then refused on the others too.
type Codec struct {
	signer *Signer
	seen   *history
}

// NewCodec makes a codec for the key of the connection file, in the form the
// file has it. With an empty key messages are neither signed nor checked.
func NewCodec(key string) *Codec {
	return &Codec{signer: NewSigner([]byte(key)), seen: newHistory(historySize)}
}

// Decode checks frames and makes a message of them. It refuses, in this order,
// a wrong shape (ErrMalformed), a signature that does not fit (ErrSignature), one
// that was accepted before (ErrRepeated), and a header that is not a JSON object
// with a type and an id (ErrMalformed). Nothing is parsed before the signature
// was found right. The message shares the frames' memory.
func (c *Codec) Decode(frames [][]byte) (*Message, error) {
	at, err := delimiter(frames)
	if err != nil {
		return nil, err
	}
	body := frames[at+2 : at+2+signed]
	if err := c.check(frames[at+1], body); err != nil {
		return nil, err
	}
	header, err := parseHeader(body[0])
	if err != nil {
		return nil, err
	}
	for _, part := range body[1:] {
		if !json.Valid(part) {
			return nil, malformed("parent header, metadata or content is not JSON")
		}
	}
	return &Message{
		Identities:   frames[:at:at],
		Header:       header,
		RawHeader:    body[0],
		ParentHeader: body[1],
		Metadata:     body[2],
		Content:      body[3],
		Buffers:      frames[at+2+signed:],
		isJSON:       true,
	}, nil
}

// delimiter finds the delimiter and makes sure that enough frames follow it.
func delimiter(frames [][]byte) (int, error) {
	for i, f := range frames[:min(len(frames), MaxIdentities+1)] {
		if string(f) != Delimiter {
			continue
		}
		switch rest := len(frames) - i - 2 - signed; {
		case rest < 0:
			return 0, malformed("fewer than six frames from the delimiter on")
		case rest > MaxBuffers:
			return 0, malformed(fmt.Sprintf("more than %d buffers", MaxBuffers))
		}
		return i, nil
	}
	return 0, malformed("no delimiter " + Delimiter)
}

func (c *Codec) check(signature []byte, body [][]byte) error {
	if !c.signer.Signs() {
		return nil
	}
	mac, ok := c.signer.Verify(signature, body...)
	if !ok {
		return fmt.Errorf("message: %w", ErrSignature)
	}
	if !c.seen.add(mac) {
		return fmt.Errorf("message: %w", ErrRepeated)
	}
	return nil
}

var emptyObject = []byte("{}")

// Encode gives the frames of m, identities first, signed. It fails only if a
// part of m is not JSON. The frames share memory with m.
func (c *Codec) Encode(m *Message) ([][]byte, error) {
	header := []byte(m.RawHeader)
	if header == nil {
		var err error
		if header, err = marshal(m.Header); err != nil {
			return nil, fmt.Errorf("message: header: %w", err)
		}
	}
	frames := make([][]byte, 0, len(m.Identities)+2+signed+len(m.Buffers))
	frames = append(frames, m.Identities...)
	frames = append(frames, []byte(Delimiter), nil,
		header, orEmpty(m.ParentHeader), orEmpty(m.Metadata), orEmpty(m.Content))
	body := frames[len(frames)-signed:]
	for _, part := range body {
		if !m.isJSON && !json.Valid(part) {
			return nil, malformed(fmt.Sprintf("%s to be sent has a part that is not JSON", m.Header.Type))
		}
	}
	frames[len(m.Identities)+1] = c.signer.Sign(body...)
	return append(frames, m.Buffers...), nil
}

func orEmpty(raw json.RawMessage) []byte {
	if len(raw) == 0 {
		return emptyObject
	}
	return raw
}

// marshal gives v as compact JSON; unlike json.Marshal it leaves <, > and & as
// they are, which makes HTML output a good deal shorter.
func marshal(v any) (json.RawMessage, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return b.Bytes()[:b.Len()-1], nil // without the newline
}
