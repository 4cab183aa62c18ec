//go:build linux && (amd64 || arm64) && !cgo

package fork

import (
	"runtime"
	"slices"
	"testing"
	"unsafe"
)

// parse returns the watches that text describes, and whether all lines about watches could be read.
func parse(text string) (found []watch, ok bool) {
	b := append(make([]byte, 0, len(text)+1), text...)
	start := uintptr(unsafe.Pointer(unsafe.SliceData(b)))
	defer runtime.KeepAlive(b)
	c := cursor{start, start + uintptr(len(b))}
	for {
		var w watch
		switch c.next(&w) {
		case noWatch:
			return found, true
		case badWatch:
			return found, false
		}
		found = append(found, w)
	}
}

func TestWatches(t *testing.T) {
	const head = "pos:\t0\nflags:\t02000002\nmnt_id:\t15\nino:\t1057\n"
	for _, test := range []struct {
		text string
		want []watch
		ok   bool
	}{
		{"", nil, true},
		{head, nil, true},
		{head + "tfd:        4 events:       19 data:     5c1a40  pos:0 ino:421 sdev:10\n",
			[]watch{{4, 0x19, 0x5c1a40, 0x421}}, true},
		{head + "tfd:        4 events: 80002019 data: ffffffffffffffff  pos:-1 ino:1 sdev:8\n" +
			"tfd:      123 events:        1 data:                0  pos:0 ino:ff sdev:8\n",
			[]watch{{4, 0x80002019, 1<<64 - 1, 1}, {123, 1, 0, 0xff}}, true},
		{"tfd: 7 events: 1 data: 2\n", []watch{{7, 1, 2, 0}}, true}, // as kernels before 4.13 had it
		{"tfd: 7 events: 1 data: 2", []watch{{7, 1, 2, 0}}, true},
		{"tfd: 7 events: 1 data:\n", nil, false},
		{"tfd: x events: 1 data: 2\n", nil, false},
		{"tfd: 7 data: 2\n", nil, false},
		{"tfd: 7 events: 1 data: 10000000000000000\n", nil, false},
		{"tfd: 7 events: 1 data: 2 pos:0 ino: sdev:8\n", nil, false},
		{"tfd:", nil, false},
	} {
		if found, ok := parse(test.text); !slices.Equal(found, test.want) || ok != test.ok {
			t.Errorf("%q: %v, %v; want %v, %v", test.text, found, ok, test.want, test.ok)
		}
	}
}

// What the conductor reads while all threads are stopped must end and stay within the text.
func FuzzWatches(f *testing.F) {
	f.Add("tfd:        4 events:       19 data:     5c1a40  pos:0 ino:421 sdev:10\n")
	f.Add("pos:\t0\nflags:\t02\ntfd: 1 events: 1 data: 1\ntfd:")
	f.Fuzz(func(t *testing.T, text string) {
		b := append([]byte(text), '\n', 't', 'f', 'd', ':', '9') // not to be read
		start := uintptr(unsafe.Pointer(unsafe.SliceData(b)))
		c := cursor{start, start + uintptr(len(text))}
		for n := 0; ; n++ {
			var w watch
			if before := c.at; c.next(&w) == noWatch {
				break
			} else if c.at <= before || n > len(text) {
				t.Fatalf("%q: no progress at %d", text, c.at-start)
			}
		}
		if c.at > start+uintptr(len(text))+1 {
			t.Errorf("%q: the cursor is %d bytes past the end", text, c.at-start-uintptr(len(text)))
		}
		runtime.KeepAlive(b)
	})
}
