package eval

import (
	"fmt"
	"os"
	"strings"
)

// faultAt says what an access to an address that is not memory commonly means.
func faultAt(addr uintptr) runtimeError {
	text := fmt.Sprintf("runtime error: invalid memory address %#x: ", addr)
	m, ok := mappingOf(addr)
	switch {
	case !ok:
		return runtimeError(text + "nothing is mapped there (SIGSEGV); was it unmapped?")
	case m.beyondEnd(addr):
		return runtimeError(text + "it is in a mapping, but beyond the end of the mapped file (SIGBUS); was the file made long enough, or truncated?")
	}
	return runtimeError(text + "the mapping there has the protection " + m.access + ", which does not permit the access (SIGSEGV)")
}

// A mapping is a line of /proc/self/maps.
type mapping struct {
	from, to, offset uintptr
	access, file     string
}

func mappingOf(addr uintptr) (mapping, bool) {
	maps, err := os.ReadFile("/proc/self/maps")
	if err != nil {
		return mapping{}, false
	}
	for line := range strings.Lines(string(maps)) {
		var m mapping
		var device string
		var inode uint64
		if _, err := fmt.Sscanf(line, "%x-%x %s %x %s %d", &m.from, &m.to, &m.access, &m.offset, &device, &inode); err != nil {
			continue
		}
		if addr < m.from || addr >= m.to {
			continue
		}
		if _, file, ok := strings.Cut(line, " /"); ok && inode != 0 {
			m.file = "/" + strings.TrimSpace(file)
		}
		return m, true
	}
	return mapping{}, false
}

// beyondEnd tells whether the page of an address begins after the mapped file's
// end. Where the file cannot be found it is taken to, if the protection permits
// any access.
func (m mapping) beyondEnd(addr uintptr) bool {
	if m.file == "" {
		return false
	}
	info, err := os.Stat(m.file)
	if err != nil {
		return strings.HasPrefix(m.access, "rw")
	}
	page := uintptr(os.Getpagesize())
	return addr/page*page-m.from+m.offset >= uintptr(info.Size())
}
