package ipclab

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestMessageCounter(t *testing.T) {
	for _, c := range []struct {
		name, stream string // letters a and b are the bytes of writers 0 and 1; messages have 3
		want         AtomicityRow
	}{
		{"whole", "aaabbbaaa", AtomicityRow{Messages: 3, Pieces: 1}},
		{"one after the other of one writer", "aaaaaa", AtomicityRow{Messages: 2, Pieces: 1}},
		{"one inside another", "abbbaa", AtomicityRow{Messages: 2, Interleaved: 1, Pieces: 2}},
		{"both", "abbaab", AtomicityRow{Messages: 2, Interleaved: 2, Pieces: 2}},
		{"in three", "abababbbb", AtomicityRow{Messages: 3, Interleaved: 2, Pieces: 3}},
		{"second of two", "aaaabbbaa", AtomicityRow{Messages: 3, Interleaved: 1, Pieces: 2}},
		{"incomplete", "aabbb", AtomicityRow{Messages: 1, Pieces: 1}},
	} {
		for _, cut := range []int{1, 2, len(c.stream)} { // reads of any size give the same
			counter := newMessageCounter(3, 2)
			data := []byte(strings.Map(func(r rune) rune { return r - 'a' }, c.stream))
			for len(data) > 0 {
				n := min(cut, len(data))
				counter.add(data[:n])
				data = data[n:]
			}
			if counter.row != c.want || counter.strange != 0 {
				t.Errorf("%s, read %d at a time: %+v, want %+v", c.name, cut, counter.row, c.want)
			}
		}
	}
	counter := newMessageCounter(3, 2)
	if counter.add([]byte{7, 0, 0, 0}); counter.strange != 1 || counter.row.Messages != 1 {
		t.Errorf("a byte of no writer: %+v", counter)
	}
}

func TestAtomicity(t *testing.T) {
	const messages = 400  // or one writer may be done before the next has begun
	folder := t.TempDir() // others make such experiments in that of the system
	t.Setenv("TMPDIR", folder)
	table, err := Atomicity(AtomicityOptions{Messages: messages})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range table.Rows() {
		if whole := r.Interleaved == 0; r.Messages != 4*messages || whole != (r.Size <= PipeBuf) || whole != (r.Pieces == 1) {
			t.Errorf("messages of %d bytes: %+v", r.Size, r)
		}
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
		t.Errorf("left: %v, %v", left, err)
	}
}

func TestAtomicityErrors(t *testing.T) {
	for name, c := range map[string]struct {
		options []AtomicityOptions
		is      unix.Errno
	}{
		"twice":     {[]AtomicityOptions{{}, {}}, unix.EINVAL},
		"writers":   {[]AtomicityOptions{{Writers: 65}}, unix.EINVAL},
		"negative":  {[]AtomicityOptions{{Writers: -1}}, unix.EINVAL},
		"messages":  {[]AtomicityOptions{{Messages: -1}}, unix.EINVAL},
		"size":      {[]AtomicityOptions{{Sizes: []int{0}}}, unix.EINVAL},
		"too much":  {[]AtomicityOptions{{Sizes: []int{1 << 20}, Messages: 1 << 20}}, unix.EINVAL},
		"limit":     {[]AtomicityOptions{{Limit: -time.Second}}, unix.EINVAL},
		"capacity":  {[]AtomicityOptions{{Capacity: -1}}, unix.EINVAL},
		"no time":   {[]AtomicityOptions{{Limit: time.Nanosecond}}, unix.ETIMEDOUT},
		"less time": {[]AtomicityOptions{{Sizes: []int{1 << 20}, Messages: 200, Limit: 50 * time.Millisecond}}, unix.ETIMEDOUT},
	} {
		if table, err := Atomicity(c.options...); !errors.Is(err, c.is) || table != nil {
			t.Errorf("%s: %v, want %v", name, err, c.is)
		}
	}
	var none *AtomicityTable
	if none.Rows() != nil || none.String() == "" {
		t.Error("a nil table")
	}
}
