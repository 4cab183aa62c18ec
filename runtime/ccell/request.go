package ccell

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// A Request is a cell of C.
type Request struct {
	Cell     string        // the cell's name, as messages give it
	Line     int           // the line of the cell in which Text begins
	Text     string        // the source; without one, Flags name files that are
	Name     string        // the program's name: its argument 0, and of its source without .c
	Keep     string        // where to keep the program instead of running it: a name, or a path with a slash; "" to run it
	Flags    []string      // for the compiler, behind its own; files among them
	Args     []string      // the program's arguments
	Limit    time.Duration // how long the program may run; 0 for as long as it likes
	Buffered bool          // leave its standard output fully buffered
}

// DefaultName is the name of a program whose cell gives it none.
const DefaultName = "cell"

// Encode writes the request for Decode, which is in another process.
func (r *Request) Encode() string {
	text, err := json.Marshal(r)
	if err != nil { // strings and numbers can always be written
		panic(err)
	}
	return string(text)
}

// Decode reads what Encode has written.
func Decode(text string) (*Request, error) {
	r := &Request{}
	if err := json.Unmarshal([]byte(text), r); err != nil {
		return nil, fmt.Errorf("read the request of a cell of C: %w", err)
	}
	return r, nil
}

// Source is the name of the source file, as messages of the compiler and __FILE__
// give it.
func (r *Request) Source() string { return r.Name + ".c" }

// Sources are the files with C among the flags.
func (r *Request) Sources() (list []string) {
	for _, f := range r.Flags {
		if !strings.HasPrefix(f, "-") && strings.HasSuffix(f, ".c") {
			list = append(list, f)
		}
	}
	return list
}

// An Error ends a cell of C.
type Error struct {
	Name      string   // what sort of error it is, in one word
	Value     string   // what went wrong, in one line
	Traceback []string // the same at length, with ANSI colours, a line each
}

// Error implements error.
func (e *Error) Error() string { return e.Name + ": " + e.Value }
