// Package proctext reads the text of files in /proc that describe the machine or one process: vmstat, cpuinfo, loadavg,
// and a process's stat, status, limits and maps. See proc(5) and the pages that it names.
//
// It is given text and returns what stands in it; who reads the files is another's business.
//
// The hazard: these files differ between kernels, and between kinds of processor. Lines that are not understood are
// passed over, and it is an error only if nothing is left, or if what is missing is what the file is for.
package proctext

import (
	"errors"
	"strconv"
	"strings"
)

// ErrFormat says that a text is not that of the file it is taken for.
var ErrFormat = errors.New("unexpected format")

// A Counter is a line of /proc/vmstat: a name and a number.
type Counter struct {
	Name  string
	Value uint64
}

// VMStat reads /proc/vmstat.
func VMStat(text string) ([]Counter, error) {
	var out []Counter
	for line := range strings.Lines(text) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		if n, err := strconv.ParseUint(value, 10, 64); err == nil && name != "" {
			out = append(out, Counter{Name: name, Value: n})
		}
	}
	return out, orFormat(len(out) > 0)
}

// orFormat returns ErrFormat unless it is ok.
func orFormat(ok bool) error {
	if ok {
		return nil
	}
	return ErrFormat
}

// A Pair is a line "name: value".
type Pair struct{ Name, Value string }

// Pairs reads lines "name: value", such as those of /proc/PID/status.
func Pairs(text string) ([]Pair, error) {
	var out []Pair
	for line := range strings.Lines(text) {
		name, value, ok := strings.Cut(line, ":")
		if name = strings.TrimSpace(name); ok && name != "" {
			out = append(out, Pair{Name: name, Value: strings.Join(strings.Fields(value), " ")})
		}
	}
	return out, orFormat(len(out) > 0)
}

// Find returns the value of the first pair of a name; "" if there is none.
func Find(pairs []Pair, name string) string {
	for _, p := range pairs {
		if p.Name == name {
			return p.Value
		}
	}
	return ""
}

// KiB returns a value such as "812 kB" as a number; 0 if it is none.
func KiB(value string) int {
	n, err := strconv.Atoi(strings.TrimSuffix(value, " kB"))
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// CPUInfo reads /proc/cpuinfo: the lines of each processor, then, on some machines, lines about all of them in a last
// group that has no "processor".
func CPUInfo(text string) ([][]Pair, error) {
	var out [][]Pair
	for group := range strings.SplitSeq(text, "\n\n") {
		if pairs, err := Pairs(group); err == nil {
			out = append(out, pairs)
		}
	}
	return out, orFormat(len(out) > 0)
}

// A Load is what /proc/loadavg says.
type Load struct {
	One, Five, Fifteen float64 // of as many minutes
	Running, Threads   int
	LastPid            int
}

// LoadAverage reads /proc/loadavg: "0.20 0.18 0.12 1/80 11206".
func LoadAverage(text string) (Load, error) {
	const fields = 5
	f := strings.Fields(text)
	if len(f) != fields {
		return Load{}, ErrFormat
	}
	running, threads, _ := strings.Cut(f[3], "/")
	var l Load
	var errs [6]error
	l.One, errs[0] = strconv.ParseFloat(f[0], 64)
	l.Five, errs[1] = strconv.ParseFloat(f[1], 64)
	l.Fifteen, errs[2] = strconv.ParseFloat(f[2], 64)
	l.Running, errs[3] = strconv.Atoi(running)
	l.Threads, errs[4] = strconv.Atoi(threads)
	l.LastPid, errs[5] = strconv.Atoi(f[4])
	if errors.Join(errs[:]...) != nil {
		return Load{}, ErrFormat
	}
	return l, nil
}
