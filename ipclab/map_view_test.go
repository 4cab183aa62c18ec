package ipclab_test

import (
	"reflect"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestViewTypes(t *testing.T) {
	type wheel struct{ Brand [50]byte }
	_, fd := mappedFile(t, 8192)
	m := mapping(t, fd)
	for _, c := range []struct {
		name     string
		offset   int
		variable any
		is       unix.Errno
		text     string
	}{
		{"number", 8, new(*int64), 0, ""},
		{"array", 4, new(*[5]int32), 0, ""},
		{"struct", 3, new(*[4]wheel), 0, ""},
		{"atomics", 8, new(*struct{ n atomic.Int64 }), 0, ""},
		{"last", 8184, new(*int64), 0, ""},
		{"slice", 8191, new([]byte), 0, ""},
		{"named", 0, new(sort), 0, ""},
		{"value", 0, new(int64), unix.EINVAL, "not of a value"},
		{"no pointer", 0, 5, unix.EINVAL, "var p *T; m.View(0, &p)"},
		{"nil", 0, nil, unix.EINVAL, "var p *T; m.View(0, &p)"},
		{"nil pointer", 0, (**int64)(nil), unix.EINVAL, "var p *T; m.View(0, &p)"},
		{"no bytes", 0, new(*struct{}), unix.EINVAL, "no bytes"},
		{"unaligned", 12, new(*int64), unix.EINVAL, "a multiple of 8; the next are 8 and 16"},
		{"unaligned struct", 2, new(*struct{ a, b int32 }), unix.EINVAL, "a multiple of 4"},
		{"negative", -8, new(*int64), unix.ERANGE, "8 bytes at offset -8: the mapping has 8192 bytes"},
		{"beyond", 8192, new(*byte), unix.ERANGE, "1 byte at offset 8192"},
		{"partly", 8188, new(*int64), unix.ERANGE, "8 bytes at offset 8188"},
		{"slice of none", 8192, new([]byte), unix.ERANGE, "1 byte at offset 8192"},
		{"far", 1<<63 - 1, new(*[100]byte), unix.ERANGE, "the mapping has 8192 bytes"},
		{"string", 0, new(*string), unix.EINVAL, "the type is a string, which holds an address, and addresses mean nothing in another process"},
		{"pointer inside", 0, new(*struct{ a struct{ b [2]*int } }), unix.EINVAL, "field a.b[] is a pointer"},
		{"slices", 0, new([][]byte), unix.EINVAL, "the type is a slice"},
		{"map", 0, new(*map[int]int), unix.EINVAL, "a map"},
		{"function", 0, new(*func()), unix.EINVAL, "a function"},
		{"channel", 0, new(*chan int), unix.EINVAL, "a channel"},
		{"interface", 0, new(*error), unix.EINVAL, "an interface"},
		{"time", 0, new(*time.Time), unix.EINVAL, "field loc is a pointer"},
		{"atomic pointer", 0, new(*struct{ p atomic.Pointer[int] }), unix.EINVAL, "is a pointer"},
		{"lock", 0, new(*struct{ mu sync.Mutex }), unix.EINVAL, "field mu is of package sync: it works between goroutines of one process"},
	} {
		before := reflect.ValueOf(c.variable)
		err := m.View(c.offset, c.variable)
		if c.is != 0 {
			if wantError(t, c.name, err, c.is, c.text); before.Kind() == reflect.Pointer && !before.IsNil() && !before.Elem().IsZero() {
				t.Errorf("%s: the variable was set", c.name)
			}
			continue
		}
		if err != nil || before.Elem().Pointer() != m.Address()+uintptr(c.offset) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// sort is a named slice type.
type sort []int32

func TestViewOfASliceHasWhatFits(t *testing.T) {
	_, fd := mappedFile(t, 100)
	m := mapping(t, fd)
	var s []int64
	if err := m.View(16, &s); err != nil || len(s) != 10 || cap(s) != 10 {
		t.Fatalf("%d of %d elements, %v; want the 10 that fit into 84 bytes", len(s), cap(s), err)
	}
	s[9] = -1
	if b := m.Bytes(); b[95] != 0xff || b[96] != 0 {
		t.Errorf("%v", b[88:])
	}
	if s = append(s, 5); m.Bytes()[96] != 0 {
		t.Error("append wrote behind the slice")
	}
}
