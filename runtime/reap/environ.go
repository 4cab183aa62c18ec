package reap

import (
	"bytes"
	"os"
	"slices"
	"strconv"
	"time"
)

// environLimit bounds the wait for a whole environment.
const environLimit = 200 * time.Millisecond

// isGiven reports whether a process has an entry in its environment. One that is in the middle of execve(2) has none to be
// read for a moment, or a part of the one it had: it is read again until all of it was seen.
func isGiven(pid int, entry []byte) bool {
	for end := time.Now().Add(environLimit); ; time.Sleep(100 * time.Microsecond) {
		text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/environ")
		if err != nil {
			return false
		}
		if slices.ContainsFunc(bytes.Split(text, []byte{0}), func(e []byte) bool { return bytes.Equal(e, entry) }) {
			return true
		}
		if isAll(pid, len(text)) || time.Now().After(end) {
			return false
		}
	}
}

// isAll reports whether the environment of a process has that size; a thread of the kernel and a process that has ended
// have no program, and so none. While a program is being loaded, the address at which its code ends is 0, and those of its
// environment are not final. See proc_pid_stat(5).
func isAll(pid, size int) bool {
	folder := "/proc/" + strconv.Itoa(pid)
	if _, err := os.Readlink(folder + "/exe"); err != nil {
		return true
	}
	text, _ := os.ReadFile(folder + "/stat")
	fields := bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:])
	const endcode, envStart, envEnd = 24, 47, 48 // behind the name of the command
	if len(fields) <= envEnd || string(fields[endcode]) == "0" {
		return false
	}
	start, _ := strconv.Atoi(string(fields[envStart]))
	end, _ := strconv.Atoi(string(fields[envEnd]))
	return size == end-start
}
