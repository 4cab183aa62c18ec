package message

import "encoding/json"

// Statuses of replies.
const (
	OK      = "ok"
	Failed  = "error"
	Aborted = "aborted" // not run, because a request before it failed
)

// List is a JSON array: empty it is [], never null.
type List[T any] []T

// MarshalJSON implements json.Marshaler.
func (l List[T]) MarshalJSON() ([]byte, error) {
	if l == nil {
		return []byte("[]"), nil
	}
	return marshal([]T(l))
}

// Map is a JSON object: empty it is {}, never null.
type Map[V any] map[string]V

// MarshalJSON implements json.Marshaler.
func (m Map[V]) MarshalJSON() ([]byte, error) {
	if m == nil {
		return emptyObject, nil
	}
	return marshal(map[string]V(m))
}

// Object is a JSON object whose values are passed through as they are: metadata,
// or MIME type to representation.
type Object = Map[json.RawMessage]

// Text gives s as a JSON string.
func Text(s string) json.RawMessage {
	raw, _ := marshal(s) // a string always marshals
	return raw
}

// PlainText is the MIME bundle {"text/plain": s}.
func PlainText(s string) Object { return Object{"text/plain": Text(s)} }

// Exception is the error that a cell or a request ended in. In a reply it is
// nil unless the status is Failed.
type Exception struct {
	Name      string       `json:"ename"`     // class of error, such as the Go type
	Value     string       `json:"evalue"`    // its text
	Traceback List[string] `json:"traceback"` // lines to show, ANSI colours allowed
}
