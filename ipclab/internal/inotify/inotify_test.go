package inotify

import (
	"encoding/binary"
	"slices"
	"testing"

	"golang.org/x/sys/unix"
)

// event returns the bytes of an event.
func event(mask uint32, length int, name string) []byte {
	var b []byte
	for _, word := range []uint32{1, mask, 0, uint32(length)} {
		b = binary.NativeEndian.AppendUint32(b, word)
	}
	return append(b, name...)
}

func TestParse(t *testing.T) {
	moved := event(unix.IN_MOVED_TO, 8, "job\x00\x00\x00\x00\x00")
	for _, c := range []struct {
		name  string
		bytes []byte
		want  []Event
	}{
		{"nothing", nil, nil},
		{"two", slices.Concat(moved, event(unix.IN_IGNORED, 0, "")), []Event{{"job", unix.IN_MOVED_TO}, {"", unix.IN_IGNORED}}},
		{"cut", slices.Concat(moved, moved[:20]), []Event{{"job", unix.IN_MOVED_TO}}},
		{"cut in the head", moved[:15], nil},
		{"too long", event(1, 1<<32-1, "x"), nil},
	} {
		if got := Parse(c.bytes); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(event(unix.IN_MOVED_TO, 4, "job\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if e := Parse(b); len(e) > len(b)/unix.SizeofInotifyEvent {
			t.Errorf("%d events in %d bytes", len(e), len(b))
		}
	})
}
