package sockdiag

import (
	"fmt"
	"os"
	"strconv"
	"strings"

	"ipclab/ipclab/internal/proc"
)

// A Holder is a process with a descriptor of a socket.
type Holder struct {
	Pid, FD int
	Command string // name of the program
}

// String returns "4242 (descriptor 7, python3)".
func (h Holder) String() string { return fmt.Sprintf("%d (descriptor %d, %s)", h.Pid, h.FD, h.Command) }

// Holders returns who holds the sockets of the given inodes, as far as /proc lets look: the descriptors of other users'
// processes may not be read.
func Holders(inodes ...uint64) (map[uint64][]Holder, error) {
	all, err := proc.All()
	if err != nil {
		return nil, err
	}
	wanted := map[string]uint64{}
	for _, i := range inodes {
		if i != 0 {
			wanted[fmt.Sprintf("socket:[%d]", i)] = i
		}
	}
	out := map[uint64][]Holder{}
	for _, s := range all {
		if len(wanted) == 0 {
			break
		}
		for _, fd := range links(s.Pid) {
			if i, ok := wanted[fd.target]; ok {
				out[i] = append(out[i], Holder{Pid: s.Pid, FD: fd.number, Command: s.Comm})
			}
		}
	}
	return out, nil
}

// A link is what a descriptor refers to.
type link struct {
	number int
	target string
}

// links returns the sockets among the descriptors of a process, none if they may not be read.
func links(pid int) (out []link) {
	folder := fmt.Sprintf("/proc/%d/fd", pid)
	entries, _ := os.ReadDir(folder)
	for _, e := range entries {
		n, err := strconv.Atoi(e.Name())
		target, err2 := os.Readlink(folder + "/" + e.Name())
		if err == nil && err2 == nil && strings.HasPrefix(target, "socket:") {
			out = append(out, link{number: n, target: target})
		}
	}
	return out
}
