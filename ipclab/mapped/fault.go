package mapped

import (
	"fmt"
	"os"
	"runtime"
	"strings"

	"golang.org/x/sys/unix"
)

// Fault says what the value of a panic means if it is an access to an address that could not be made (which is a panic
// after debug.SetPanicOnFault); ok is false for other values. The Go runtime tells the address, not which of the signals
// SIGSEGV and SIGBUS it got; what is mapped there tells that.
func Fault(value any) (text string, ok bool) {
	err, ok := value.(runtime.Error)
	if !ok {
		return "", false
	}
	at, ok := err.(interface{ Addr() uintptr })
	if !ok {
		return "", false
	}
	return fmt.Sprintf("runtime error: invalid memory address %#x: %s", at.Addr(), meaning(at.Addr())), true
}

// meaning says why an access to an address commonly fails.
func meaning(addr uintptr) string {
	if why, ok := Gone(addr); ok {
		return why + " (SIGSEGV)"
	}
	m, ok := mappingOf(addr)
	switch {
	case !ok:
		return "nothing is mapped there (SIGSEGV); was it unmapped?"
	case m.permitted(addr):
		return m.missing(addr)
	}
	return "the mapping there has the protection " + m.access + ", which does not permit the access (SIGSEGV)"
}

// A mapping is a line of /proc/self/maps.
type mapping struct {
	from, to, offset uintptr
	access, file     string
	device           string // major:minor, hexadecimal
	inode            uint64
}

func mappingOf(addr uintptr) (mapping, bool) {
	maps, err := os.ReadFile("/proc/self/maps")
	if err != nil {
		return mapping{}, false
	}
	for line := range strings.Lines(string(maps)) {
		var m mapping
		if _, err := fmt.Sscanf(line, "%x-%x %s %x %s %d", &m.from, &m.to, &m.access, &m.offset, &m.device, &m.inode); err != nil {
			continue
		}
		if addr < m.from || addr >= m.to {
			continue
		}
		if _, file, ok := strings.Cut(line, " /"); ok && m.inode != 0 {
			m.file = "/" + strings.TrimSpace(file)
		}
		return m, true
	}
	return mapping{}, false
}

// permitted tells whether the protection permits the access that failed, so that it was the page that could not be had:
// SIGBUS. Whether it was a read or a write is not known. Where only reads are permitted, another read tells: the
// operating system makes it, and has an error for what would be a signal here.
func (m mapping) permitted(addr uintptr) bool {
	switch {
	case strings.HasPrefix(m.access, "rw"):
		return true
	case !strings.HasPrefix(m.access, "r"):
		return false
	}
	var b [1]byte
	_, err := unix.ProcessVMReadv(os.Getpid(), []unix.Iovec{{Base: &b[0], Len: uint64(len(b))}}, []unix.RemoteIovec{{Base: addr, Len: len(b)}}, 0)
	return err == unix.EFAULT
}

// missing says why the file has no page for an address.
func (m mapping) missing(addr uintptr) string {
	const beyond = "it is in a mapping, but beyond the end of the mapped file (SIGBUS); was the file made long enough, or truncated?"
	size, known := m.size()
	page := uintptr(os.Getpagesize())
	switch {
	case !known:
		return beyond + " Or is the disk full?"
	case addr/page*page-m.from+m.offset >= uintptr(size):
		return beyond
	}
	return "it is in a mapping and in the mapped file, but the file has no memory or disk for that page (SIGBUS); " +
		"is the disk full? unix.Fallocate makes sure of the room before"
}

// size is the length of the mapped file, if it is still to be found: by its name, or, when that has been removed or is
// another file's now, by the mapping itself, which the operating system does not permit to everybody.
func (m mapping) size() (int64, bool) {
	for _, path := range []string{m.file, fmt.Sprintf("/proc/self/map_files/%x-%x", m.from, m.to)} {
		var st unix.Stat_t
		if m.file == "" || unix.Stat(path, &st) != nil {
			continue
		}
		device := fmt.Sprintf("%02x:%02x", unix.Major(st.Dev), unix.Minor(st.Dev))
		if st.Ino == m.inode && device == m.device {
			return st.Size, true
		}
	}
	return 0, false
}
