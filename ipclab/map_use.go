package ipclab

import (
	"errors"
	"fmt"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/mapped"
)

// Len returns the length in bytes; 0 once it is unmapped.
func (m *Mapping) Len() int {
	length := 0
	m.use("", func(r *mapped.Region) error { length = r.Len(); return nil })
	return length
}

// Address returns the address of the first byte in this process; 0 once it is unmapped. In another process the same
// file is mapped elsewhere, as a rule: an address is not to be stored in the mapping.
func (m *Mapping) Address() uintptr {
	address := uintptr(0)
	m.use("", func(r *mapped.Region) error { address = r.Address(); return nil })
	return address
}

// Bytes returns the memory itself as a slice: what is assigned to its elements is in the mapping. Its length and
// capacity are those of the mapping, so append copies. It is nil once the mapping is unmapped, and of no use after
// Resize or Unmap if it was made before.
func (m *Mapping) Bytes() []byte {
	var bytes []byte
	m.use("", func(r *mapped.Region) error { bytes = r.Bytes()[:r.Len():r.Len()]; return nil })
	return bytes
}

// Sync writes what is in a shared mapping of a file to the file's disk and waits until it is there, as a file that must
// survive a power failure needs. Other processes see what was written without it. flags, unix.MS_SYNC if none is given,
// may be unix.MS_ASYNC, which waits for nothing, or have unix.MS_INVALIDATE. A mapping of memory has nothing to sync.
//
// Errors: EINVAL for other flags, or after Unmap; EIO and ENOSPC of the disk. See msync(2).
func (m *Mapping) Sync(flags ...int) error {
	how := unix.MS_SYNC
	for i, f := range flags {
		if i == 0 {
			how = 0
		}
		how |= f
	}
	return m.use("msync", func(r *mapped.Region) error {
		_, err := retry(func() (int, error) { return 0, r.Sync(how) })
		return err
	})
}

// Resize changes the length of the mapping, not that of the file: Ftruncate does that, before the mapping is made
// longer and after it is made shorter. Where the mapping has no room to grow it goes to other addresses; Address tells.
// Views and Bytes made before must then be made again, and also where they lie behind the new end: an access through an
// old one is an error that says so.
//
// Errors: EINVAL for a length below 1, or after Unmap, or to make longer what MapAnonymous has made; ENOMEM, also for a
// private mapping that has no room to grow, which does not move. See mremap(2).
func (m *Mapping) Resize(length int) error {
	return m.use("mremap", func(r *mapped.Region) error {
		if err := lengthError(length); err != nil {
			return err
		}
		if m.what == anonymousText && length > r.Len() {
			return because(unix.EINVAL, "%s, to be %d: memory without a file keeps the length that it was made with; use ipclab.MemfdCreate and ipclab.Ftruncate",
				bytesText(r.Len()), length)
		}
		_, err := r.Resize(length)
		switch {
		case errors.Is(err, mapped.ErrPrivate):
			return because(unix.ENOMEM, "%v; map the file again", mapped.ErrPrivate)
		case err == unix.EINVAL:
			return because(unix.ENOMEM, "%d bytes are more than there are addresses", length)
		}
		return err
	})
}

// Unmap removes the mapping from this process; others keep theirs, and a file keeps what was written. Views and Bytes
// made before must not be used any more: an access is an error that says so. In a notebook, the copy to which the cell
// would be rolled back still has the mapping, so that memory or disk of a removed file is free one cell later. Errors:
// EINVAL if it is unmapped already. See munmap(2).
func (m *Mapping) Unmap() error {
	return m.use("munmap", func(r *mapped.Region) error {
		if err := r.Release(); err != nil {
			return err
		}
		m.region = nil
		return nil
	})
}

// String returns the length, the address and what is mapped: "8192 bytes at 0x7f12a4c00000, shared, of /tmp/file".
func (m *Mapping) String() string {
	text := "no mapping: it has been unmapped"
	m.use("", func(r *mapped.Region) error {
		text = fmt.Sprintf("%s at %#x, %s", bytesText(r.Len()), r.Address(), m.what)
		return nil
	})
	return text
}

// use runs f on the memory, if it is there, and makes the error of a call.
func (m *Mapping) use(call string, f func(*mapped.Region) error) error {
	if m == nil {
		return &Error{Call: call, Arg: "mapping", Err: because(unix.EINVAL, "it is nil; Map and MapAnonymous make one")}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.region == nil {
		return &Error{Call: call, Arg: "mapping", Err: because(unix.EINVAL, "it has been unmapped")}
	}
	if err := f(m.region); err != nil {
		return &Error{Call: call, Arg: fmt.Sprintf("mapping at %#x", m.region.Address()), Err: err}
	}
	return nil
}
