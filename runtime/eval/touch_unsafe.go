package eval

import (
	"os"
	"reflect"
	"unsafe"
)

var pageSize = uintptr(os.Getpagesize())

// touch reads a byte of each page in which a variable is. The Go runtime copies
// what is sent to a channel while it holds the channel's lock; a page of a mapped
// file that is not there any more would end the process then. Here it is a panic.
func touch(v reflect.Value) {
	if !v.IsValid() || !v.CanAddr() || v.Type().Size() == 0 {
		return
	}
	p, last := v.Addr().UnsafePointer(), v.Type().Size()-1
	for i := uintptr(0); i < last; i += pageSize {
		readByte(unsafe.Add(p, i))
	}
	readByte(unsafe.Add(p, last))
}

// readByte is not inlined: a read of which nothing comes would be left out.
//
//go:noinline
func readByte(p unsafe.Pointer) byte { return *(*byte)(p) }
