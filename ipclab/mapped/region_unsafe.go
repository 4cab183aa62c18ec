package mapped

import (
	"errors"
	"fmt"
	"os"
	"reflect"
	"unsafe"

	"golang.org/x/sys/unix"
)

// ErrPrivate says that a private mapping does not fit where it is.
var ErrPrivate = errors.New("the addresses behind it are taken, and a private mapping does not move")

// A Region is a mapping. It is for one goroutine at a time; the memory may be used by any number.
type Region struct {
	base   unsafe.Pointer // the first byte, at the beginning of a page
	length int            // as asked for; the mapping goes on to the end of a page
	shared bool
}

// New maps length bytes, 1 or more, of an open file from an offset on; fd -1 is for MAP_ANONYMOUS. The error is the
// errno. See mmap(2).
func New(fd int, offset int64, length, protection, flags int) (*Region, error) {
	base, err := unix.MmapPtr(fd, offset, nil, uintptr(length), protection, flags)
	if err == unix.ENOMEM && giveAllBack() {
		base, err = unix.MmapPtr(fd, offset, nil, uintptr(length), protection, flags)
	}
	if err != nil {
		return nil, err
	}
	present.Add(1)
	return &Region{base: base, length: length, shared: flags&unix.MAP_TYPE != unix.MAP_PRIVATE}, nil
}

// Len returns the length in bytes.
func (r *Region) Len() int { return r.length }

// Address returns where the region begins in this process.
func (r *Region) Address() uintptr { return uintptr(r.base) }

// Bytes returns the memory. It must not be used after Release, nor after a Resize that moved it.
func (r *Region) Bytes() []byte { return unsafe.Slice((*byte)(r.base), r.length) }

// At returns a pointer to the value of type t at an offset. The caller has looked that
//   - t holds no pointers;
//   - all of the value lies within the region;
//   - the offset is a multiple of t's alignment, as the region begins at a page.
func (r *Region) At(offset int, t reflect.Type) reflect.Value {
	return reflect.NewAt(t, unsafe.Add(r.base, offset))
}

// Slice returns a slice of n values of type t from an offset on. The same has to hold as for At, for all of them.
func (r *Region) Slice(offset, n int, t reflect.Type) reflect.Value {
	return reflect.SliceAt(t, unsafe.Add(r.base, offset), n)
}

// Sync is msync(2) on the whole region.
func (r *Region) Sync(flags int) error { return unix.Msync(r.Bytes(), flags) }

// Resize changes the length, and tells whether the region is at other addresses now. A shared region moves if it has to;
// a private one returns ErrPrivate then. Other errors are errnos. See mremap(2).
func (r *Region) Resize(length int) (moved bool, err error) {
	from, to := pages(r.length), pages(length)
	switch {
	case to < from:
		err = forbid(unsafe.Add(r.base, to), from-to, fmt.Sprintf("a mapping was made %d bytes long there", length))
	case to > from:
		moved, err = r.grow(from, to)
	}
	if err == nil {
		r.length = length
	}
	return moved, err
}

// grow is Resize to more pages.
func (r *Region) grow(from, to int) (moved bool, err error) {
	err = remap(r.base, from, nil, to, 0)
	if err != unix.ENOMEM {
		return false, err
	}
	if !r.shared {
		return false, fmt.Errorf("%w: %w", ErrPrivate, unix.ENOMEM)
	}
	// For a length of 0, mremap maps the same pages once more. So the old addresses are never free for others.
	place, err := unix.MmapPtr(-1, 0, nil, uintptr(to), unix.PROT_NONE, reservation)
	if err != nil {
		return false, err
	}
	if err := remap(r.base, 0, place, to, unix.MREMAP_MAYMOVE|unix.MREMAP_FIXED); err != nil {
		unix.MunmapPtr(place, uintptr(to))
		return false, err
	}
	old := r.base
	r.base = place
	return true, forbid(old, from, "a mapping was there until it was resized, and is elsewhere now: make the view again")
}

// remap is mremap(2).
func remap(old unsafe.Pointer, from int, place unsafe.Pointer, to, flags int) error {
	_, _, errno := unix.Syscall6(unix.SYS_MREMAP, uintptr(old), uintptr(from), uintptr(to), uintptr(flags), uintptr(place), 0)
	if errno != 0 {
		return errno
	}
	return nil
}

// Release gives the memory back. Of its addresses, no access is permitted afterwards.
func (r *Region) Release() error {
	err := forbid(r.base, pages(r.length), fmt.Sprintf("a mapping of %d bytes was there and has been unmapped", r.length))
	if err == nil {
		present.Add(-1)
	}
	return err
}

// pages returns the bytes of the whole pages in which n bytes lie.
func pages(n int) int {
	page := os.Getpagesize()
	return (n + page - 1) &^ (page - 1)
}
