// Package inotify reads what an inotify descriptor gives. See inotify(7).
//
// It is given bytes; who reads the descriptor is another's business.
package inotify

import (
	"encoding/binary"
	"strings"

	"golang.org/x/sys/unix"
)

// An Event is struct inotify_event, less what is not needed here.
type Event struct {
	Name string // of the entry in a watched folder; empty for the folder itself
	Mask uint32
}

// Parse reads events: each is a watch, a mask, a cookie and a length, 4 bytes each, then a name of that length, filled up
// with NUL. Bytes that are no whole event are left out.
func Parse(b []byte) []Event {
	var events []Event
	for len(b) >= unix.SizeofInotifyEvent {
		mask, length := binary.NativeEndian.Uint32(b[4:]), binary.NativeEndian.Uint32(b[12:])
		b = b[unix.SizeofInotifyEvent:]
		if uint64(length) > uint64(len(b)) {
			break
		}
		name, _, _ := strings.Cut(string(b[:length]), "\x00")
		events = append(events, Event{Name: name, Mask: mask})
		b = b[length:]
	}
	return events
}
