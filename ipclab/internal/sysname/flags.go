package sysname

import (
	"fmt"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// A flag is a bit, or several, with its name.
type flag struct {
	value uint64
	name  string
}

// A word is a value made of one name of a list, under a mask, and flags.
type word struct {
	mask  uint64
	names []flag // one of these under the mask
	flags []flag
	none  string // what 0 is called, "0" unless given
	octal bool   // the rest is a mode
}

// largeFile is O_LARGEFILE, which the kernel adds for all programs of 64 bits; package unix has it as 0.
var largeFile = map[string]uint64{"amd64": 0o100000, "arm64": 0o400000}[runtime.GOARCH]

// words are the kinds of arguments that are made of names.
var words = map[string]word{
	"openflags": {mask: unix.O_ACCMODE, names: []flag{{unix.O_RDONLY, "O_RDONLY"}, {unix.O_WRONLY, "O_WRONLY"}, {unix.O_RDWR, "O_RDWR"}},
		flags: []flag{{unix.O_CREAT, "O_CREAT"}, {unix.O_EXCL, "O_EXCL"}, {unix.O_NOCTTY, "O_NOCTTY"}, {unix.O_TRUNC, "O_TRUNC"}, {unix.O_APPEND, "O_APPEND"},
			{unix.O_NONBLOCK, "O_NONBLOCK"}, {unix.O_SYNC, "O_SYNC"}, {unix.O_DSYNC, "O_DSYNC"}, {unix.O_TMPFILE, "O_TMPFILE"}, {unix.O_DIRECTORY, "O_DIRECTORY"},
			{unix.O_NOFOLLOW, "O_NOFOLLOW"}, {unix.O_CLOEXEC, "O_CLOEXEC"}, {unix.O_DIRECT, "O_DIRECT"}, {unix.O_PATH, "O_PATH"}, {unix.O_NOATIME, "O_NOATIME"},
			{unix.O_ASYNC, "O_ASYNC"}, {largeFile, "O_LARGEFILE"}}},
	"descriptorflags": {flags: []flag{{unix.O_CLOEXEC, "O_CLOEXEC"}, {unix.O_NONBLOCK, "O_NONBLOCK"}, {unix.O_DIRECT, "O_DIRECT"}}},
	"accessmode":      {none: "F_OK", flags: []flag{{unix.R_OK, "R_OK"}, {unix.W_OK, "W_OK"}, {unix.X_OK, "X_OK"}}},
	"atflags": {flags: []flag{{unix.AT_EMPTY_PATH, "AT_EMPTY_PATH"}, {unix.AT_SYMLINK_NOFOLLOW, "AT_SYMLINK_NOFOLLOW"}, {unix.AT_SYMLINK_FOLLOW, "AT_SYMLINK_FOLLOW"},
		{unix.AT_NO_AUTOMOUNT, "AT_NO_AUTOMOUNT"}, {unix.AT_EACCESS, "AT_EACCESS"}}},
	"unlinkflags": {flags: []flag{{unix.AT_REMOVEDIR, "AT_REMOVEDIR"}}},
	"protection":  {none: "PROT_NONE", flags: []flag{{unix.PROT_READ, "PROT_READ"}, {unix.PROT_WRITE, "PROT_WRITE"}, {unix.PROT_EXEC, "PROT_EXEC"}}},
	"mapflags": {mask: 3, names: []flag{{unix.MAP_SHARED, "MAP_SHARED"}, {unix.MAP_PRIVATE, "MAP_PRIVATE"}, {unix.MAP_SHARED_VALIDATE, "MAP_SHARED_VALIDATE"}},
		flags: []flag{{unix.MAP_FIXED, "MAP_FIXED"}, {unix.MAP_ANONYMOUS, "MAP_ANONYMOUS"}, {unix.MAP_DENYWRITE, "MAP_DENYWRITE"}, {unix.MAP_NORESERVE, "MAP_NORESERVE"},
			{unix.MAP_POPULATE, "MAP_POPULATE"}, {unix.MAP_STACK, "MAP_STACK"}, {unix.MAP_HUGETLB, "MAP_HUGETLB"}, {unix.MAP_LOCKED, "MAP_LOCKED"},
			{unix.MAP_FIXED_NOREPLACE, "MAP_FIXED_NOREPLACE"}, {unix.MAP_GROWSDOWN, "MAP_GROWSDOWN"}}},
	"syncflags": {flags: []flag{{unix.MS_ASYNC, "MS_ASYNC"}, {unix.MS_SYNC, "MS_SYNC"}, {unix.MS_INVALIDATE, "MS_INVALIDATE"}}},
	"cloneflags": {mask: 0xff, names: []flag{{uint64(unix.SIGCHLD), "SIGCHLD"}}, flags: []flag{{unix.CLONE_VM, "CLONE_VM"}, {unix.CLONE_FS, "CLONE_FS"}, {unix.CLONE_FILES, "CLONE_FILES"}, {unix.CLONE_SIGHAND, "CLONE_SIGHAND"},
		{unix.CLONE_PIDFD, "CLONE_PIDFD"}, {unix.CLONE_PTRACE, "CLONE_PTRACE"}, {unix.CLONE_VFORK, "CLONE_VFORK"}, {unix.CLONE_PARENT, "CLONE_PARENT"},
		{unix.CLONE_THREAD, "CLONE_THREAD"}, {unix.CLONE_NEWNS, "CLONE_NEWNS"}, {unix.CLONE_SYSVSEM, "CLONE_SYSVSEM"}, {unix.CLONE_SETTLS, "CLONE_SETTLS"},
		{unix.CLONE_PARENT_SETTID, "CLONE_PARENT_SETTID"}, {unix.CLONE_CHILD_CLEARTID, "CLONE_CHILD_CLEARTID"}, {unix.CLONE_UNTRACED, "CLONE_UNTRACED"},
		{unix.CLONE_CHILD_SETTID, "CLONE_CHILD_SETTID"}, {unix.CLONE_NEWUSER, "CLONE_NEWUSER"}, {unix.CLONE_NEWPID, "CLONE_NEWPID"}, {unix.CLONE_NEWNET, "CLONE_NEWNET"}}},
	"messageflags": {flags: []flag{{unix.MSG_OOB, "MSG_OOB"}, {unix.MSG_PEEK, "MSG_PEEK"}, {unix.MSG_CTRUNC, "MSG_CTRUNC"}, {unix.MSG_TRUNC, "MSG_TRUNC"},
		{unix.MSG_DONTWAIT, "MSG_DONTWAIT"}, {unix.MSG_EOR, "MSG_EOR"}, {unix.MSG_WAITALL, "MSG_WAITALL"}, {unix.MSG_NOSIGNAL, "MSG_NOSIGNAL"},
		{unix.MSG_MORE, "MSG_MORE"}, {unix.MSG_CMSG_CLOEXEC, "MSG_CMSG_CLOEXEC"}}},
	"socktype": {mask: 0xf, names: []flag{{unix.SOCK_STREAM, "SOCK_STREAM"}, {unix.SOCK_DGRAM, "SOCK_DGRAM"}, {unix.SOCK_RAW, "SOCK_RAW"}, {unix.SOCK_SEQPACKET, "SOCK_SEQPACKET"}},
		flags: []flag{{unix.SOCK_CLOEXEC, "SOCK_CLOEXEC"}, {unix.SOCK_NONBLOCK, "SOCK_NONBLOCK"}}},
	"sockflags":   {flags: []flag{{unix.SOCK_CLOEXEC, "SOCK_CLOEXEC"}, {unix.SOCK_NONBLOCK, "SOCK_NONBLOCK"}}},
	"spliceflags": {flags: []flag{{unix.SPLICE_F_MOVE, "SPLICE_F_MOVE"}, {unix.SPLICE_F_NONBLOCK, "SPLICE_F_NONBLOCK"}, {unix.SPLICE_F_MORE, "SPLICE_F_MORE"}, {unix.SPLICE_F_GIFT, "SPLICE_F_GIFT"}}},
	"epollflags":  {flags: []flag{{unix.EPOLL_CLOEXEC, "EPOLL_CLOEXEC"}}},
	"eventflags":  {flags: []flag{{unix.EFD_CLOEXEC, "EFD_CLOEXEC"}, {unix.EFD_NONBLOCK, "EFD_NONBLOCK"}, {unix.EFD_SEMAPHORE, "EFD_SEMAPHORE"}}},
	"memfdflags":  {flags: []flag{{unix.MFD_CLOEXEC, "MFD_CLOEXEC"}, {unix.MFD_ALLOW_SEALING, "MFD_ALLOW_SEALING"}, {unix.MFD_HUGETLB, "MFD_HUGETLB"}}},
	"closeflags":  {flags: []flag{{unix.CLOSE_RANGE_UNSHARE, "CLOSE_RANGE_UNSHARE"}, {unix.CLOSE_RANGE_CLOEXEC, "CLOSE_RANGE_CLOEXEC"}}},
	"timerflags":  {flags: []flag{{unix.TIMER_ABSTIME, "TIMER_ABSTIME"}}},
	"waitflags": {flags: []flag{{unix.WNOHANG, "WNOHANG"}, {unix.WSTOPPED, "WSTOPPED"}, {unix.WEXITED, "WEXITED"}, {unix.WCONTINUED, "WCONTINUED"},
		{unix.WNOWAIT, "WNOWAIT"}, {unix.WALL, "__WALL"}, {unix.WCLONE, "__WCLONE"}, {unix.WNOTHREAD, "__WNOTHREAD"}}},
	"futexop": {mask: 0x7f, names: []flag{{0, "FUTEX_WAIT"}, {1, "FUTEX_WAKE"}, {3, "FUTEX_REQUEUE"}, {4, "FUTEX_CMP_REQUEUE"}, {5, "FUTEX_WAKE_OP"}, {6, "FUTEX_LOCK_PI"},
		{7, "FUTEX_UNLOCK_PI"}, {8, "FUTEX_TRYLOCK_PI"}, {9, "FUTEX_WAIT_BITSET"}, {10, "FUTEX_WAKE_BITSET"}},
		flags: []flag{{128, "FUTEX_PRIVATE_FLAG"}, {256, "FUTEX_CLOCK_REALTIME"}}},
	"flockop": {mask: 0xb, names: []flag{{unix.LOCK_SH, "LOCK_SH"}, {unix.LOCK_EX, "LOCK_EX"}, {unix.LOCK_UN, "LOCK_UN"}}, flags: []flag{{unix.LOCK_NB, "LOCK_NB"}}},
	"fcntlop": one(flag{unix.F_DUPFD, "F_DUPFD"}, flag{unix.F_GETFD, "F_GETFD"}, flag{unix.F_SETFD, "F_SETFD"}, flag{unix.F_GETFL, "F_GETFL"}, flag{unix.F_SETFL, "F_SETFL"},
		flag{unix.F_GETLK, "F_GETLK"}, flag{unix.F_SETLK, "F_SETLK"}, flag{unix.F_SETLKW, "F_SETLKW"}, flag{unix.F_OFD_GETLK, "F_OFD_GETLK"}, flag{unix.F_OFD_SETLK, "F_OFD_SETLK"},
		flag{unix.F_OFD_SETLKW, "F_OFD_SETLKW"}, flag{unix.F_DUPFD_CLOEXEC, "F_DUPFD_CLOEXEC"}, flag{unix.F_SETPIPE_SZ, "F_SETPIPE_SZ"}, flag{unix.F_GETPIPE_SZ, "F_GETPIPE_SZ"},
		flag{unix.F_ADD_SEALS, "F_ADD_SEALS"}, flag{unix.F_GET_SEALS, "F_GET_SEALS"}, flag{unix.F_SETOWN, "F_SETOWN"}, flag{unix.F_GETOWN, "F_GETOWN"}),
	"whence":     one(flag{unix.SEEK_SET, "SEEK_SET"}, flag{unix.SEEK_CUR, "SEEK_CUR"}, flag{unix.SEEK_END, "SEEK_END"}, flag{unix.SEEK_DATA, "SEEK_DATA"}, flag{unix.SEEK_HOLE, "SEEK_HOLE"}),
	"sigop":      one(flag{unix.SIG_BLOCK, "SIG_BLOCK"}, flag{unix.SIG_UNBLOCK, "SIG_UNBLOCK"}, flag{unix.SIG_SETMASK, "SIG_SETMASK"}),
	"shutdown":   one(flag{unix.SHUT_RD, "SHUT_RD"}, flag{unix.SHUT_WR, "SHUT_WR"}, flag{unix.SHUT_RDWR, "SHUT_RDWR"}),
	"epollop":    one(flag{unix.EPOLL_CTL_ADD, "EPOLL_CTL_ADD"}, flag{unix.EPOLL_CTL_DEL, "EPOLL_CTL_DEL"}, flag{unix.EPOLL_CTL_MOD, "EPOLL_CTL_MOD"}),
	"waitwhich":  one(flag{unix.P_ALL, "P_ALL"}, flag{unix.P_PID, "P_PID"}, flag{unix.P_PGID, "P_PGID"}, flag{unix.P_PIDFD, "P_PIDFD"}),
	"sockfamily": one(flag{unix.AF_UNIX, "AF_UNIX"}, flag{unix.AF_INET, "AF_INET"}, flag{unix.AF_INET6, "AF_INET6"}, flag{unix.AF_NETLINK, "AF_NETLINK"}),
	"socklevel":  one(flag{unix.SOL_SOCKET, "SOL_SOCKET"}, flag{unix.IPPROTO_IP, "SOL_IP"}, flag{unix.IPPROTO_TCP, "SOL_TCP"}, flag{unix.IPPROTO_IPV6, "SOL_IPV6"}),
	"clock": one(flag{unix.CLOCK_REALTIME, "CLOCK_REALTIME"}, flag{unix.CLOCK_MONOTONIC, "CLOCK_MONOTONIC"}, flag{unix.CLOCK_PROCESS_CPUTIME_ID, "CLOCK_PROCESS_CPUTIME_ID"},
		flag{unix.CLOCK_THREAD_CPUTIME_ID, "CLOCK_THREAD_CPUTIME_ID"}, flag{unix.CLOCK_MONOTONIC_RAW, "CLOCK_MONOTONIC_RAW"}, flag{unix.CLOCK_BOOTTIME, "CLOCK_BOOTTIME"}),
	"advice": one(flag{unix.MADV_NORMAL, "MADV_NORMAL"}, flag{unix.MADV_RANDOM, "MADV_RANDOM"}, flag{unix.MADV_SEQUENTIAL, "MADV_SEQUENTIAL"}, flag{unix.MADV_WILLNEED, "MADV_WILLNEED"},
		flag{unix.MADV_DONTNEED, "MADV_DONTNEED"}, flag{unix.MADV_FREE, "MADV_FREE"}, flag{unix.MADV_HUGEPAGE, "MADV_HUGEPAGE"}, flag{unix.MADV_NOHUGEPAGE, "MADV_NOHUGEPAGE"},
		flag{unix.MADV_POPULATE_WRITE, "MADV_POPULATE_WRITE"}, flag{unix.MADV_COLLAPSE, "MADV_COLLAPSE"}),
	"resource": one(flag{unix.RLIMIT_AS, "RLIMIT_AS"}, flag{unix.RLIMIT_CORE, "RLIMIT_CORE"}, flag{unix.RLIMIT_CPU, "RLIMIT_CPU"}, flag{unix.RLIMIT_DATA, "RLIMIT_DATA"},
		flag{unix.RLIMIT_FSIZE, "RLIMIT_FSIZE"}, flag{unix.RLIMIT_NOFILE, "RLIMIT_NOFILE"}, flag{unix.RLIMIT_NPROC, "RLIMIT_NPROC"}, flag{unix.RLIMIT_STACK, "RLIMIT_STACK"}),
	"prctl": one(flag{unix.PR_SET_PDEATHSIG, "PR_SET_PDEATHSIG"}, flag{unix.PR_GET_NAME, "PR_GET_NAME"}, flag{unix.PR_SET_NAME, "PR_SET_NAME"},
		flag{unix.PR_SET_CHILD_SUBREAPER, "PR_SET_CHILD_SUBREAPER"}, flag{unix.PR_SET_PTRACER, "PR_SET_PTRACER"}, flag{unix.PR_SET_VMA, "PR_SET_VMA"}),
}

// one is a word that is one of names.
func one(names ...flag) word { return word{mask: 0xffffffff, names: names} }

// has reports whether a value has a name under the mask.
func (w word) has(value uint64) bool {
	return slices.ContainsFunc(w.names, func(f flag) bool { return f.value == value })
}

// text returns the word in names, what has none in hexadecimal.
func (w word) text(value uint64) string {
	value &= 0xffffffff // they are ints
	var parts []string
	rest := value
	if under := value & w.mask; under != 0 || w.has(0) {
		parts = append(parts, nameOf(w.names, value&w.mask))
		rest &^= w.mask
	}
	for _, f := range w.flags {
		if f.value != 0 && rest&f.value == f.value {
			parts = append(parts, f.name)
			rest &^= f.value
		}
	}
	if rest != 0 && w.octal {
		parts = append(parts, fmt.Sprintf("%#o", rest))
	} else if rest != 0 {
		parts = append(parts, fmt.Sprintf("%#x", rest))
	}
	switch {
	case len(parts) > 0:
		return strings.Join(parts, "|")
	case w.none != "":
		return w.none
	}
	return "0"
}

func nameOf(list []flag, value uint64) string {
	for _, f := range list {
		if f.value == value {
			return f.name
		}
	}
	return fmt.Sprintf("%#x", value)
}
