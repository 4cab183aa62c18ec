package proc

import (
	"fmt"
	"strings"

	"golang.org/x/sys/unix"
)

// Describe says what a descriptor refers to: "pipe 812, read end", "terminal /dev/pts/0", "/tmp/x", "socket 99".
func (d Descriptor) Describe() string {
	switch d.Type() {
	case unix.S_IFIFO:
		return d.pipeName() + ", " + d.end()
	case unix.S_IFSOCK:
		return fmt.Sprintf("socket %d", d.File.Inode)
	case unix.S_IFCHR:
		if terminal(unix.Major(d.File.Node)) {
			return "terminal " + d.Target
		}
	case unix.S_IFDIR:
		return "directory " + d.Target
	case unix.S_IFREG:
		if name, ok := strings.CutPrefix(d.Target, "/memfd:"); ok {
			return "memory file " + strings.TrimSuffix(name, " (deleted)")
		}
	}
	if strings.Contains(d.Target, "[pidfd]") || strings.HasPrefix(d.Target, "pidfd:") {
		return fmt.Sprintf("pidfd of process %d", d.Info.Pid)
	}
	if name, ok := strings.CutPrefix(d.Target, "anon_inode:"); ok {
		return strings.Trim(name, "[]")
	}
	return d.Target
}

// pipeName names the pipe, or the FIFO by its path.
func (d Descriptor) pipeName() string {
	if strings.HasPrefix(d.Target, "/") {
		return "FIFO " + d.Target
	}
	return fmt.Sprintf("pipe %d", d.File.Inode)
}

// end says which end of a pipe the descriptor is.
func (d Descriptor) end() string {
	switch {
	case d.Readable() && d.Writable():
		return "both ends"
	case d.Readable():
		return "read end"
	}
	return "write end"
}

// Access returns "read", "write" or "read, write".
func (d Descriptor) Access() string {
	switch {
	case d.Info.Flags&unix.O_PATH != 0:
		return "path only"
	case d.Readable() && d.Writable():
		return "read, write"
	case d.Readable():
		return "read"
	}
	return "write"
}

// terminal reports whether a character device of this major number is a terminal: consoles and serial lines (4),
// /dev/tty and /dev/console (5), pseudoterminals (136 to 143). See the kernel's devices.txt.
func terminal(major uint32) bool { return major == 4 || major == 5 || major >= 136 && major <= 143 }
