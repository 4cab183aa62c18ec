package sysname

import (
	"encoding/binary"
	"fmt"
	"math/bits"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/signame"
)

// How much of what lies in memory is shown.
const (
	shownBytes   = 32 // of a buffer
	shownStrings = 16 // arguments of a program
	longestPath  = 4096
)

// memory returns argument i, which points to something of kind.
func (c *Call) memory(kind string, i int, v View) string {
	address := c.Args[i]
	next := uint64(0)
	if i+1 < len(c.Args) {
		next = c.Args[i+1]
	}
	if kind == "fcntlarg" {
		return c.operation(address, v)
	}
	if address == 0 {
		return "NULL"
	}
	if c.Returned && c.Errno != 0 {
		return pointer(address) // nothing was filled in
	}
	if text, ok := structured(kind, address, v); ok {
		return text
	}
	switch kind {
	case "semops":
		return semaphoreOperations(v, address, next)
	case "path":
		return text(v, address, longestPath)
	case "buffer":
		if c.Returned && c.Result >= 0 {
			next = uint64(c.Result)
		}
		return quoted(v, address, next)
	case "string":
		return text(v, address, longestPath)
	case "strings":
		return list(v, address)
	case "environment":
		return fmt.Sprintf("%#x /* %d variables */", address, pointers(v, address))
	case "fds":
		return numbers(v, address, 2, v.Descriptor)
	case "int32", "uint32", "lengthp":
		return numbers(v, address, 1, nil)
	case "status":
		if c.Result == 0 {
			return pointer(address) // nobody has ended
		}
		return status(v, address)
	case "sockaddr":
		if c.Returned && i+1 < len(c.Args) {
			next = uint64(word32(v, next))
		}
		return socketAddress(v, address, next)
	case "timespec":
		return timespec(v, address)
	case "sigset":
		return signals(v, address)
	case "pollfds":
		return polls(v, address, next)
	case "vector":
		return vector(v, address, next, c)
	case "message":
		return message(v, address, c)
	}
	return pointer(address)
}

// operation returns the third argument of fcntl, whose meaning depends on the second.
func (c *Call) operation(value uint64, v View) string {
	switch c.Args[1] {
	case unix.F_GETFD, unix.F_GETFL, unix.F_GETPIPE_SZ, unix.F_GET_SEALS, unix.F_GETOWN:
		return ""
	case unix.F_SETFL:
		return words["openflags"].text(value)
	case unix.F_SETFD:
		return word{flags: []flag{{unix.FD_CLOEXEC, "FD_CLOEXEC"}}}.text(value)
	case unix.F_SETLK, unix.F_SETLKW, unix.F_GETLK, unix.F_OFD_SETLK, unix.F_OFD_SETLKW, unix.F_OFD_GETLK:
		text, _ := structured("flock", value, v)
		return text
	}
	return strconv.Itoa(int(int32(value)))
}

// text reads a string that ends with a zero byte.
func text(v View, address uint64, most int) string {
	var all []byte
	for len(all) < most {
		chunk := make([]byte, 256)
		n := v.Memory(address+uint64(len(all)), chunk)
		if n == 0 {
			return pointer(address)
		}
		if end := strings.IndexByte(string(chunk[:n]), 0); end >= 0 {
			return quote(append(all, chunk[:end]...))
		}
		all = append(all, chunk[:n]...)
	}
	return quote(all) + "..."
}

// quoted reads the first bytes of length.
func quoted(v View, address, length uint64) string {
	shown := make([]byte, min(length, shownBytes))
	if n := v.Memory(address, shown); n < len(shown) {
		return pointer(address)
	}
	s := quote(shown)
	if length > shownBytes {
		s += "..."
	}
	return s
}

// quote quotes bytes, which may be text.
func quote(b []byte) string {
	if utf8.Valid(b) {
		return strconv.Quote(string(b))
	}
	return strconv.QuoteToASCII(string(b))
}

func word32(v View, address uint64) uint32 {
	var b [4]byte
	if address == 0 || v.Memory(address, b[:]) < len(b) {
		return 0
	}
	return binary.NativeEndian.Uint32(b[:])
}

func word64(v View, address uint64) (uint64, bool) {
	var b [8]byte
	if v.Memory(address, b[:]) < len(b) {
		return 0, false
	}
	return binary.NativeEndian.Uint64(b[:]), true
}

// list reads a list of strings that ends with a null pointer.
func list(v View, address uint64) string {
	var parts []string
	for i := uint64(0); ; i++ {
		p, ok := word64(v, address+8*i)
		switch {
		case !ok && i == 0:
			return pointer(address)
		case !ok || p == 0:
			return "[" + strings.Join(parts, ", ") + "]"
		case i == shownStrings:
			return "[" + strings.Join(parts, ", ") + ", ...]"
		}
		parts = append(parts, text(v, p, longestPath))
	}
}

// pointers counts those in a list that ends with a null pointer.
func pointers(v View, address uint64) (n int) {
	const most = 10_000
	for n < most {
		if p, ok := word64(v, address+8*uint64(n)); !ok || p == 0 {
			break
		}
		n++
	}
	return n
}

// numbers reads ints; those that are descriptors are said to be of something.
func numbers(v View, address uint64, count int, what func(int) string) string {
	b := make([]byte, 4*count)
	if v.Memory(address, b) < len(b) {
		return pointer(address)
	}
	var parts []string
	for i := range count {
		n := int(int32(binary.NativeEndian.Uint32(b[4*i:])))
		s := strconv.Itoa(n)
		if what != nil {
			if w := what(n); w != "" {
				s += "<" + w + ">"
			}
		}
		parts = append(parts, s)
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

// status reads a wait status.
func status(v View, address uint64) string {
	w := unix.WaitStatus(word32(v, address))
	switch {
	case w.Exited():
		return fmt.Sprintf("[exited with %d]", w.ExitStatus())
	case w.Signaled():
		return fmt.Sprintf("[killed by %s]", signame.Of(w.Signal()))
	case w.Stopped():
		return fmt.Sprintf("[stopped by %s]", signame.Of(w.StopSignal()))
	case w.Continued():
		return "[continued]"
	}
	return fmt.Sprintf("[%#x]", uint32(w))
}

func timespec(v View, address uint64) string {
	s, ok := word64(v, address)
	ns, ok2 := word64(v, address+8)
	if !ok || !ok2 {
		return pointer(address)
	}
	return fmt.Sprintf("{%d.%09d s}", int64(s), ns)
}

// signals reads a set of them.
func signals(v View, address uint64) string {
	set, ok := word64(v, address)
	if !ok {
		return pointer(address)
	}
	return signalSet(set)
}

// signalSet lists the signals of a set, those that are not in it if they are fewer.
func signalSet(set uint64) string {
	prefix := ""
	if most := 32; bits.OnesCount64(set) > most { // shorter by those that are missing; of two of them the C library keeps the program away
		prefix, set = "~", ^set&^(1<<31|1<<32)
	}
	var parts []string
	for i := range 64 {
		if set&(1<<i) != 0 {
			parts = append(parts, strings.TrimPrefix(signame.Of(unix.Signal(i+1)), "SIG"))
		}
	}
	return prefix + "[" + strings.Join(parts, " ") + "]"
}
