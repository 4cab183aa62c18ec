package sysname

import (
	"fmt"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/signame"
)

// A View looks into the process that makes a call, while it stands still.
type View interface {
	// Memory fills p from address, as far as there is memory, and returns how many bytes it got.
	Memory(address uint64, p []byte) int
	// Descriptor says what a descriptor refers to, "" if it is not open.
	Descriptor(fd int) string
}

// A Call is a system call, before it or after.
type Call struct {
	Name     string
	Args     [6]uint64
	Returned bool
	Result   int64         // once it has returned
	Errno    syscall.Errno // 0 unless it failed
}

// Arguments returns the arguments as a C programmer would write them, with what descriptors refer to behind their
// numbers. What the kernel fills in is there once the call has returned: before, it is "". The second time, before is
// what was returned the first time, which may have changed meanwhile.
func Arguments(c *Call, before []string, v View) []string {
	kinds, known := parameters[c.Name]
	if !known {
		kinds = []string{"hex", "hex", "hex", "hex", "hex", "hex"}
	}
	if c.Name == "open" || c.Name == "openat" {
		kinds = withoutMode(kinds, c)
	}
	out := make([]string, len(kinds))
	for i, kind := range kinds {
		filled, output := strings.CutPrefix(kind, ">")
		switch {
		case !output && i < len(before):
			out[i] = before[i]
		case output && !c.Returned:
		default:
			out[i] = c.argument(filled, i, v)
		}
	}
	return out
}

// withoutMode leaves out the mode of a file that is not made: it is not an argument then. See open(2).
func withoutMode(kinds []string, c *Call) []string {
	last := len(kinds) - 1
	if c.Args[last-1]&(unix.O_CREAT|unix.O_TMPFILE&^unix.O_DIRECTORY) == 0 {
		return kinds[:last]
	}
	return kinds
}

// Result returns the result as text: a number, what a new descriptor refers to, or the name of the error.
func Result(c *Call, v View) string {
	switch {
	case !c.Returned:
		return "?"
	case c.Errno != 0:
		return fmt.Sprintf("-1 %s (%s)", errno(c.Errno), c.Errno.Error())
	case gives[c.Name] == "fd", c.Name == "fcntl" && (c.Args[1] == unix.F_DUPFD || c.Args[1] == unix.F_DUPFD_CLOEXEC):
		return descriptor(c.Result, v)
	case c.Name == "fcntl" && c.Args[1] == unix.F_GETFL:
		return words["openflags"].text(uint64(c.Result))
	case gives[c.Name] == "pointer":
		return pointer(uint64(c.Result))
	}
	return strconv.FormatInt(c.Result, 10)
}

// restarts are the errors by which the kernel tells itself to make a call again after a signal; no program sees them.
var restarts = map[syscall.Errno]string{512: "ERESTARTSYS", 513: "ERESTARTNOINTR", 514: "ERESTARTNOHAND", 516: "ERESTART_RESTARTBLOCK"}

func errno(e syscall.Errno) string {
	if name := restarts[e]; name != "" {
		return name
	}
	if name := unix.ErrnoName(e); name != "" {
		return name
	}
	return fmt.Sprintf("errno %d", int(e))
}

// argument returns argument i, which is of kind.
func (c *Call) argument(kind string, i int, v View) string {
	value := c.Args[i]
	if w, ok := words[kind]; ok {
		return w.text(value)
	}
	if kind == "sockoption" {
		return socketOption(c.Args[i-1], value)
	}
	if text, ok := plain(kind, value); ok {
		return text
	}
	if text, ok := c.descriptors(kind, value, v); ok {
		return text
	}
	return c.memory(kind, i, v)
}

// plain returns arguments that are no more than their value.
func plain(kind string, value uint64) (string, bool) {
	switch kind {
	case "int", "length":
		return strconv.Itoa(int(int32(value))), true
	case "uint":
		return strconv.FormatUint(value, 10), true
	case "hex":
		return fmt.Sprintf("%#x", value), true
	case "mode", "openmode":
		return fmt.Sprintf("%#o", value&0o7777), true
	case "filemode":
		return fileMode(uint32(value)), true
	case "pointer":
		return pointer(value), true
	case "signal":
		return signame.Of(syscall.Signal(int32(value))), true
	case "offset":
		return fmt.Sprintf("%#x", value), true
	}
	return "", false
}

// descriptors returns arguments that are descriptors.
func (c *Call) descriptors(kind string, value uint64, v View) (string, bool) {
	switch {
	case kind == "fd", kind == "mapfd" && int32(value) >= 0:
		return descriptor(int64(int32(value)), v), true
	case kind == "mapfd":
		return "-1", true
	case kind == "dirfd" && int32(value) == unix.AT_FDCWD:
		return "AT_FDCWD", true
	case kind == "dirfd":
		return descriptor(int64(int32(value)), v), true
	}
	return "", false
}

func descriptor(fd int64, v View) string {
	if fd < 0 {
		return strconv.FormatInt(fd, 10)
	}
	if what := v.Descriptor(int(fd)); what != "" {
		return fmt.Sprintf("%d<%s>", fd, what)
	}
	return strconv.FormatInt(fd, 10)
}

func pointer(value uint64) string {
	if value == 0 {
		return "NULL"
	}
	return fmt.Sprintf("%#x", value)
}

func fileMode(mode uint32) string {
	types := map[uint32]string{unix.S_IFIFO: "S_IFIFO|", unix.S_IFREG: "S_IFREG|", unix.S_IFCHR: "S_IFCHR|", unix.S_IFBLK: "S_IFBLK|", unix.S_IFSOCK: "S_IFSOCK|"}
	return fmt.Sprintf("%s%#o", types[mode&unix.S_IFMT], mode&^unix.S_IFMT)
}
