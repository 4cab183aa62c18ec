package proctext

import (
	"strconv"
	"strings"
)

// A Stat is /proc/PID/stat: the name, which stands in brackets and may hold any byte, and the numbered fields.
type Stat struct {
	Name   string
	State  string
	fields []string // from the third on, the state
}

// ProcessStat reads /proc/PID/stat.
func ProcessStat(text string) (Stat, error) {
	const least = 20 // fields that every kernel of this century writes after the name
	open, end := strings.IndexByte(text, '('), strings.LastIndexByte(text, ')')
	if open < 0 || end < open {
		return Stat{}, ErrFormat
	}
	fields := strings.Fields(text[end+1:])
	if len(fields) < least {
		return Stat{}, ErrFormat
	}
	return Stat{Name: text[open+1 : end], State: fields[0], fields: fields}, nil
}

// Field returns a field by its number in proc_pid_stat(5), from 4 on; 0 where it is missing or no number.
func (s Stat) Field(number int) int64 {
	const first = 3
	i := number - first
	if i < 0 || i >= len(s.fields) {
		return 0
	}
	n, err := strconv.ParseInt(s.fields[i], 10, 64)
	if err != nil {
		return 0 // rsslim may be beyond the range, for one
	}
	return n
}

// A Limit is a line of /proc/PID/limits. Soft and Hard are numbers, or "unlimited".
type Limit struct{ Name, Soft, Hard, Units string }

// Limits reads /proc/PID/limits, a table whose columns begin below their headings.
func Limits(text string) ([]Limit, error) {
	header, rest, _ := strings.Cut(text, "\n")
	soft, hard, units := strings.Index(header, "Soft Limit"), strings.Index(header, "Hard Limit"), strings.Index(header, "Units")
	if soft < 1 || hard < soft || units < hard {
		return nil, ErrFormat
	}
	column := func(line string, from, to int) string {
		return strings.TrimSpace(line[min(from, len(line)):min(to, len(line))])
	}
	var out []Limit
	for line := range strings.Lines(rest) {
		l := Limit{column(line, 0, soft), column(line, soft, hard), column(line, hard, units), column(line, units, len(line))}
		if l.Name != "" && l.Soft != "" && l.Hard != "" {
			out = append(out, l)
		}
	}
	return out, orFormat(len(out) > 0)
}

// A Mapping is a line of /proc/PID/maps.
type Mapping struct {
	Start, End  uint64 // addresses, the end exclusive
	Permissions string // "rwxp" with "-" for what is missing; "s" in last place for a shared one
	Offset      uint64 // in the file
	Inode       uint64
	Path        string // "[heap]" and the like for what is no file; empty for anonymous memory
}

// Maps reads /proc/PID/maps. There may be no line: a thread of the kernel has no mappings.
func Maps(text string) []Mapping {
	var out []Mapping
	for line := range strings.Lines(text) {
		if m, ok := mapping(strings.TrimSuffix(line, "\n")); ok {
			out = append(out, m)
		}
	}
	return out
}

// mapping reads "7f00-7f10 r-xp 00001000 fd:01 1234   /usr/lib/x y.so".
func mapping(line string) (m Mapping, ok bool) {
	const fields = 5 // before the path, which may hold spaces
	f := make([]string, fields)
	for i := range f {
		f[i], line, _ = strings.Cut(strings.TrimLeft(line, " "), " ")
	}
	from, to, _ := strings.Cut(f[0], "-")
	var errs [4]error
	m.Start, errs[0] = strconv.ParseUint(from, 16, 64)
	m.End, errs[1] = strconv.ParseUint(to, 16, 64)
	m.Offset, errs[2] = strconv.ParseUint(f[2], 16, 64)
	m.Inode, errs[3] = strconv.ParseUint(f[4], 10, 64)
	for _, err := range errs {
		if err != nil {
			return Mapping{}, false
		}
	}
	const permissions = 4
	m.Permissions, m.Path = f[1], strings.TrimLeft(line, " ")
	return m, len(m.Permissions) == permissions && m.Start <= m.End
}
