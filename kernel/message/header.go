package message

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"
)

// Version is the version of the messaging protocol that this package speaks.
const Version = "5.5"

// dateLayout is RFC 3339 in UTC with microseconds, the form that jupyter_client
// itself writes; its parser takes six digits and ignores more.
const dateLayout = "2006-01-02T15:04:05.000000Z07:00"

// Header is what each message says about itself.
type Header struct {
	ID         string `json:"msg_id"`                // unique in the session
	Session    string `json:"session"`               // who sent it: one client, or one life of the kernel
	Username   string `json:"username"`              // for display only
	Date       string `json:"date"`                  // RFC 3339
	Type       string `json:"msg_type"`              // for instance execute_request
	Version    string `json:"version"`               // protocol version of the sender
	SubshellID string `json:"subshell_id,omitempty"` // set by clients that use subshells
}

// Time gives the date, or the zero time if there is none that can be read.
func (h *Header) Time() time.Time {
	t, err := time.Parse(time.RFC3339Nano, h.Date)
	if err != nil {
		return time.Time{}
	}
	return t
}

// parseHeader reads a header leniently: unknown fields and fields of another
// JSON type are passed over, but a message type there must be, and an id.
func parseHeader(raw []byte) (Header, error) {
	var h Header
	if !utf8.Valid(raw) {
		return h, malformed("header is not UTF-8")
	}
	var wrongType *json.UnmarshalTypeError
	if err := json.Unmarshal(raw, &h); err != nil && !errors.As(err, &wrongType) {
		return h, malformed(fmt.Sprintf("header is not JSON: %v", err))
	}
	if !isObject(raw) {
		return h, malformed("header is not a JSON object")
	}
	if h.Type == "" || h.ID == "" {
		return h, malformed("header has no msg_type or no msg_id")
	}
	return h, nil
}

// isObject tells whether valid JSON text is an object.
func isObject(raw []byte) bool {
	for _, b := range raw {
		switch b {
		case ' ', '\t', '\r', '\n':
		default:
			return b == '{'
		}
	}
	return false
}
