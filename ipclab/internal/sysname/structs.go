package sysname

import (
	"encoding/binary"
	"fmt"
	"runtime"
	"strings"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/signame"
)

// A structure reads what lies at an address; text is "" if there is no memory.
type structure struct {
	size int
	text func(b []byte, v View) string
}

// structures are the kinds of arguments that point to a structure of fixed size.
var structures = map[string]structure{
	"action":     {32, action},
	"cloneargs":  {40, cloneArguments},
	"timeval":    {16, func(b []byte, _ View) string { return "{" + timevalText(b) + "}" }},
	"itimerval":  {32, func(b []byte, _ View) string { return intervals(b, timevalText) }},
	"itimerspec": {32, func(b []byte, _ View) string { return intervals(b, timespecText) }},
	"flock":      {32, fileLock},
	"epollevent": {12, epollEvent},
}

// structured returns an argument that points to a structure; ok is false if the kind is none.
func structured(kind string, address uint64, v View) (text string, ok bool) {
	s, ok := structures[kind]
	if !ok {
		return "", false
	}
	b := make([]byte, s.size)
	if v.Memory(address, b) < len(b) {
		return pointer(address), true
	}
	return s.text(b, v), true
}

func long(b []byte, i int) uint64 { return binary.NativeEndian.Uint64(b[8*i:]) }

// action is the kernel's struct sigaction, which is not that of the C library: handler, flags, where to return to from the
// handler, which arm64 does not have, and mask.
func action(b []byte, _ View) string {
	h, mask := pointer(long(b, 0)), long(b, maskAt)
	switch long(b, 0) {
	case 0:
		h = "SIG_DFL"
	case 1:
		h = "SIG_IGN"
	}
	s := "{" + h + ", " + signalSet(mask)
	if flags := words["actionflags"].text(long(b, 1) &^ saRestorer); flags != "0" {
		s += ", " + flags
	}
	return s + "}"
}

var maskAt = map[string]int{"amd64": 3, "arm64": 2}[runtime.GOARCH]

// saRestorer says that there is an address to return to from the handler. The C library sets it, the user does not.
const saRestorer = 0x04000000

// cloneArguments are the first members of struct clone_args: flags, pidfd, child_tid, parent_tid, exit_signal.
func cloneArguments(b []byte, _ View) string {
	s := "{flags=" + words["cloneflags"].text(long(b, 0))
	if signal := long(b, 4); signal != 0 {
		s += ", exit_signal=" + signame.Of(unix.Signal(signal))
	}
	return s + "}"
}

func timevalText(b []byte) string {
	return fmt.Sprintf("%d.%06d s", int64(long(b, 0)), long(b, 1))
}

func timespecText(b []byte) string {
	return fmt.Sprintf("%d.%09d s", int64(long(b, 0)), long(b, 1))
}

// intervals are two times: how often a timer goes off, and when next.
func intervals(b []byte, text func([]byte) string) string {
	return fmt.Sprintf("{interval=%s, value=%s}", text(b), text(b[16:]))
}

// fileLock is struct flock: type, whence, start, length.
func fileLock(b []byte, _ View) string {
	kind := word{mask: 0xffff, names: []flag{{unix.F_RDLCK, "F_RDLCK"}, {unix.F_WRLCK, "F_WRLCK"}, {unix.F_UNLCK, "F_UNLCK"}}}
	order := binary.NativeEndian
	return fmt.Sprintf("{%s, %s, start=%d, length=%d}", kind.text(uint64(order.Uint16(b))), words["whence"].text(uint64(order.Uint16(b[2:]))),
		int64(long(b, 1)), int64(long(b, 2)))
}

// epollEvent is struct epoll_event: what is waited for. On amd64 it is packed.
func epollEvent(b []byte, _ View) string {
	return "{" + words["epollevents"].text(uint64(binary.NativeEndian.Uint32(b))) + "}"
}

// semaphoreOperations reads the operations of semop(2).
func semaphoreOperations(v View, address, count uint64) string {
	const most, size = 8, 6
	var parts []string
	for i := range min(count, most) {
		b := make([]byte, size)
		if v.Memory(address+size*i, b) < size {
			return pointer(address)
		}
		order := binary.NativeEndian
		flags := words["semflags"].text(uint64(order.Uint16(b[4:])))
		parts = append(parts, fmt.Sprintf("{%d, %+d, %s}", order.Uint16(b), int16(order.Uint16(b[2:])), flags))
	}
	if count > most {
		parts = append(parts, "...")
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

// socketOption names an option of setsockopt(2), whose meaning depends on the level before it.
func socketOption(level, option uint64) string {
	for _, o := range socketOptions[uint32(level)] {
		if o.value == option&0xffffffff {
			return o.name
		}
	}
	return fmt.Sprint(int32(option))
}

var socketOptions = map[uint32][]flag{
	unix.SOL_SOCKET: {{unix.SO_REUSEADDR, "SO_REUSEADDR"}, {unix.SO_TYPE, "SO_TYPE"}, {unix.SO_ERROR, "SO_ERROR"}, {unix.SO_BROADCAST, "SO_BROADCAST"},
		{unix.SO_SNDBUF, "SO_SNDBUF"}, {unix.SO_RCVBUF, "SO_RCVBUF"}, {unix.SO_KEEPALIVE, "SO_KEEPALIVE"}, {unix.SO_LINGER, "SO_LINGER"},
		{unix.SO_REUSEPORT, "SO_REUSEPORT"}, {unix.SO_PASSCRED, "SO_PASSCRED"}, {unix.SO_PEERCRED, "SO_PEERCRED"}, {unix.SO_RCVTIMEO, "SO_RCVTIMEO"},
		{unix.SO_SNDTIMEO, "SO_SNDTIMEO"}, {unix.SO_ACCEPTCONN, "SO_ACCEPTCONN"}, {unix.SO_DOMAIN, "SO_DOMAIN"}, {unix.SO_PROTOCOL, "SO_PROTOCOL"}},
	unix.IPPROTO_TCP: {{unix.TCP_NODELAY, "TCP_NODELAY"}, {unix.TCP_MAXSEG, "TCP_MAXSEG"}, {unix.TCP_CORK, "TCP_CORK"}, {unix.TCP_KEEPIDLE, "TCP_KEEPIDLE"},
		{unix.TCP_KEEPINTVL, "TCP_KEEPINTVL"}, {unix.TCP_KEEPCNT, "TCP_KEEPCNT"}, {unix.TCP_QUICKACK, "TCP_QUICKACK"}, {unix.TCP_INFO, "TCP_INFO"},
		{unix.TCP_USER_TIMEOUT, "TCP_USER_TIMEOUT"}, {unix.TCP_FASTOPEN, "TCP_FASTOPEN"}},
	unix.IPPROTO_IPV6: {{unix.IPV6_V6ONLY, "IPV6_V6ONLY"}},
}

func init() {
	for kind, w := range map[string]word{
		"actionflags": {flags: []flag{{0x1, "SA_NOCLDSTOP"}, {0x2, "SA_NOCLDWAIT"}, {0x4, "SA_SIGINFO"}, {0x08000000, "SA_ONSTACK"}, {0x10000000, "SA_RESTART"},
			{0x40000000, "SA_NODEFER"}, {0x80000000, "SA_RESETHAND"}}},
		"ipckey":      {none: "IPC_PRIVATE"},
		"ipcflags":    {flags: []flag{{unix.IPC_CREAT, "IPC_CREAT"}, {unix.IPC_EXCL, "IPC_EXCL"}, {unix.IPC_NOWAIT, "IPC_NOWAIT"}}, octal: true},
		"ipccommand":  {mask: 0xff, names: []flag{{unix.IPC_RMID, "IPC_RMID"}, {unix.IPC_SET, "IPC_SET"}, {unix.IPC_STAT, "IPC_STAT"}, {11, "GETPID"}, {12, "GETVAL"}, {13, "GETALL"}, {14, "GETNCNT"}, {15, "GETZCNT"}, {16, "SETVAL"}, {17, "SETALL"}}},
		"messageget":  {flags: []flag{{unix.IPC_NOWAIT, "IPC_NOWAIT"}, {0x1000, "MSG_NOERROR"}, {0x2000, "MSG_EXCEPT"}}},
		"attachflags": {flags: []flag{{0x1000, "SHM_RDONLY"}, {0x2000, "SHM_RND"}, {0x4000, "SHM_REMAP"}, {0x8000, "SHM_EXEC"}}},
		"semflags":    {flags: []flag{{unix.IPC_NOWAIT, "IPC_NOWAIT"}, {0x1000, "SEM_UNDO"}}},
		"remapflags":  {flags: []flag{{unix.MREMAP_MAYMOVE, "MREMAP_MAYMOVE"}, {unix.MREMAP_FIXED, "MREMAP_FIXED"}, {unix.MREMAP_DONTUNMAP, "MREMAP_DONTUNMAP"}}},
		"randomflags": {flags: []flag{{unix.GRND_NONBLOCK, "GRND_NONBLOCK"}, {unix.GRND_RANDOM, "GRND_RANDOM"}, {unix.GRND_INSECURE, "GRND_INSECURE"}}},
		"itimer":      one(flag{unix.ITIMER_REAL, "ITIMER_REAL"}, flag{unix.ITIMER_VIRTUAL, "ITIMER_VIRTUAL"}, flag{unix.ITIMER_PROF, "ITIMER_PROF"}),
		"whose":       one(flag{0, "RUSAGE_SELF"}, flag{1, "RUSAGE_THREAD"}, flag{0xffffffff, "RUSAGE_CHILDREN"}),
		"epollevents": {flags: []flag{{unix.EPOLLIN, "EPOLLIN"}, {unix.EPOLLPRI, "EPOLLPRI"}, {unix.EPOLLOUT, "EPOLLOUT"}, {unix.EPOLLERR, "EPOLLERR"}, {unix.EPOLLHUP, "EPOLLHUP"},
			{unix.EPOLLRDHUP, "EPOLLRDHUP"}, {unix.EPOLLONESHOT, "EPOLLONESHOT"}, {unix.EPOLLET, "EPOLLET"}, {unix.EPOLLEXCLUSIVE, "EPOLLEXCLUSIVE"}}},
	} {
		words[kind] = w
	}
}
