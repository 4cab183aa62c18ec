package connection

import (
	"fmt"
	"strings"
)

// Error says what is wrong with a connection file. Its text is one line that
// names the file, the field, the value found and what is expected.
type Error struct {
	File    string // path as given
	Field   string // field at fault; empty: the file as a whole
	Value   string // JSON text found; empty: the field is missing
	Problem string // what is wrong with the file as a whole
	Want    string // what is expected
	Err     error  // cause, or nil
}

// maxQuoted bounds how much of a value is quoted, in bytes.
const maxQuoted = 60

// Error implements error.
func (e *Error) Error() string {
	if e.Field == "" {
		return oneLine(fmt.Sprintf("connection file %s: %s; expected %s", e.File, e.Problem, e.Want))
	}
	value := "is missing"
	if e.Value != "" {
		value = "is " + shorten(e.Value)
	}
	return oneLine(fmt.Sprintf("connection file %s: field %q %s; expected %s", e.File, e.Field, value, e.Want))
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

func shorten(s string) string {
	if len(s) <= maxQuoted {
		return s
	}
	return strings.ToValidUTF8(s[:maxQuoted], "") + "..."
}

// oneLine replaces what would break the line or the terminal.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, s)
}
