package stuck

import (
	"bytes"
	"encoding/binary"
	"os"
	"strconv"
	"strings"
	"time"
)

// peek reads n bytes of the process's memory; nil where it may not be read. See proc_pid_mem(5).
func (p *process) peek(address uint64, n int) []byte {
	f, err := os.Open(p.file("mem"))
	if err != nil || address == 0 || address > 1<<63 {
		return nil
	}
	defer f.Close()
	b := make([]byte, n)
	if m, _ := f.ReadAt(b, int64(address)); m < n {
		return nil
	}
	return b
}

// word reads a 32-bit word of the process's memory.
func (p *process) word(address uint64) (uint32, bool) {
	b := p.peek(address, 4)
	if b == nil {
		return 0, false
	}
	return binary.NativeEndian.Uint32(b), true
}

// text reads a string that ends with a zero, such as a path.
func (p *process) text(address uint64) string {
	const most, page = 4096, 4096
	var out []byte
	for len(out) < most {
		b := p.peek(address, int(page-address%page)) // what lies behind the page need not be there
		if b == nil {
			return ""
		}
		if i := bytes.IndexByte(b, 0); i >= 0 {
			return string(append(out, b[:i]...))
		}
		out, address = append(out, b...), address+uint64(len(b))
	}
	return ""
}

// span reads a struct timespec.
func (p *process) span(address uint64) (time.Duration, bool) {
	b := p.peek(address, 16)
	if b == nil {
		return 0, false
	}
	seconds, rest := binary.NativeEndian.Uint64(b), binary.NativeEndian.Uint64(b[8:])
	return time.Duration(seconds)*time.Second + time.Duration(rest), true
}

// A mapping is a line of /proc/PID/maps.
type mapping struct {
	start, end, offset uint64
	shared             bool
	device             string
	inode              uint64
	path               string
}

// mappings returns the process's memory map.
func (p *process) mappings() []mapping {
	if p.maps == nil {
		text, _ := os.ReadFile(p.file("maps"))
		for line := range strings.Lines(string(text)) {
			if m, ok := parseMapping(line); ok {
				p.maps = append(p.maps, m)
			}
		}
	}
	return p.maps
}

// parseMapping reads "7f00-7f01 rw-s 00001000 00:01 1024 /dev/shm/x"; see proc_pid_maps(5).
func parseMapping(line string) (m mapping, ok bool) {
	fields := strings.Fields(line)
	if len(fields) < 5 || len(fields[1]) != 4 {
		return m, false
	}
	from, to, _ := strings.Cut(fields[0], "-")
	var errs [4]error
	m.start, errs[0] = strconv.ParseUint(from, 16, 64)
	m.end, errs[1] = strconv.ParseUint(to, 16, 64)
	m.offset, errs[2] = strconv.ParseUint(fields[2], 16, 64)
	m.inode, errs[3] = strconv.ParseUint(fields[4], 10, 64)
	m.shared, m.device = fields[1][3] == 's', fields[3]
	m.path = strings.Join(fields[5:], " ")
	return m, errs == [4]error{}
}

// mappingAt returns the mapping that holds an address.
func (p *process) mappingAt(address uint64) (mapping, bool) {
	for _, m := range p.mappings() {
		if m.start <= address && address < m.end {
			return m, true
		}
	}
	return mapping{}, false
}

// maps reports whether the process has the same file or shared memory mapped, at the page of the given offset.
func (p *process) hasMapped(m mapping, offset uint64) bool {
	for _, o := range p.mappings() {
		if o.shared && o.inode == m.inode && o.device == m.device && o.offset <= offset && offset-o.offset < o.end-o.start {
			return true
		}
	}
	return false
}
