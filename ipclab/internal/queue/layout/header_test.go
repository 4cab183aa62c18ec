package layout

import (
	"encoding/binary"
	"errors"
	"testing"
)

// here is the PID namespace of the tests.
const here = 7

func TestParse(t *testing.T) {
	g, err := Queue.Geometry(4, 17)
	if err != nil || g != (Geometry{Slots: 4, Size: 17, Stride: 32, First: 192, Bytes: 320}) {
		t.Fatalf("%+v, %v", g, err)
	}
	good := Queue.Header(g, here)
	put := func(at int, v uint32) func([]byte) {
		return func(b []byte) { binary.LittleEndian.PutUint32(b[at:], v) }
	}
	for name, c := range map[string]struct {
		change func(b []byte)
		size   int64
		want   error
	}{
		"good":              {func([]byte) {}, 320, nil},
		"no namespace":      {put(atNamespace, 0), 320, nil},
		"another namespace": {put(atNamespace, 8), 320, ErrNamespace},
		"cut":               {func([]byte) {}, 319, ErrForeign},
		"longer":            {func([]byte) {}, 321, ErrForeign},
		"no size":           {func([]byte) {}, 0, ErrForeign},
		"magic":             {func(b []byte) { b[7] = 'r' }, 320, ErrForeign},
		"version":           {put(atVersion, 2), 320, ErrForeign},
		"byte order":        {put(atByteOrder, 0x04030201), 320, ErrForeign},
		"no slots":          {put(atSlots, 0), 320, ErrForeign},
		"more slots":        {put(atSlots, 5), 320, ErrForeign},
		"2^32-1 slots":      {put(atSlots, 1<<32-1), 320, ErrForeign},
		"size 2^31":         {put(atSize, 1<<31), 320, ErrForeign},
		"another file size": {put(atBytes, 321), 321, ErrForeign},
		"reserved":          {put(atZero, 1), 320, ErrForeign},
		"reserved, the end": {put(Length-4, 1<<24), 320, ErrForeign},
	} {
		b := append([]byte{}, good...)
		c.change(b)
		got, err := Queue.Parse(b, c.size, here)
		if !errors.Is(err, c.want) || err == nil && got != g {
			t.Errorf("%s: %+v, %v; want %v", name, got, err, c.want)
		}
	}
	for n := range Length {
		if _, err := Queue.Parse(good[:n], 320, here); !errors.Is(err, ErrForeign) {
			t.Errorf("%d bytes of a header: %v", n, err)
		}
	}
}

// FuzzParse: no header makes a geometry that does not fit into the file.
func FuzzParse(f *testing.F) {
	for _, k := range []Kind{Queue, Ring} {
		g, err := k.Geometry(4, 16)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(k.Header(g, here), int64(g.Bytes))
		f.Add(k.Header(g, 0), int64(Length))
	}
	f.Fuzz(func(t *testing.T, b []byte, fileSize int64) {
		for _, k := range []Kind{Queue, Ring} {
			g, err := k.Parse(b, fileSize, here)
			fits := int64(g.Bytes) == fileSize && g.Slots > 0 && g.Size > 0 && g.Stride >= g.Size &&
				g.First >= Length && g.First+g.Slots*g.Stride == g.Bytes && g.Bytes <= mostBytes+g.First
			if err == nil && !fits {
				t.Errorf("%+v was accepted for a file of %d bytes", g, fileSize)
			}
		}
	})
}
