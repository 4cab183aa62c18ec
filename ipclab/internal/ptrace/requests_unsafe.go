package ptrace

import (
	"encoding/binary"
	"fmt"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// seize attaches to a thread without stopping it.
func seize(tid int, options uintptr) error {
	_, _, e := unix.Syscall6(unix.SYS_PTRACE, unix.PTRACE_SEIZE, uintptr(tid), 0, options, 0, 0)
	return because(e)
}

// listen leaves a stopped thread stopped, until it is continued by SIGCONT.
func listen(tid int) error {
	_, _, e := unix.Syscall6(unix.SYS_PTRACE, unix.PTRACE_LISTEN, uintptr(tid), 0, 0, 0, 0)
	return because(e)
}

func because(e syscall.Errno) error {
	if e == 0 {
		return nil
	}
	return e
}

// Where a thread stands.
const (
	atEntry = unix.PTRACE_SYSCALL_INFO_ENTRY
	atExit  = unix.PTRACE_SYSCALL_INFO_EXIT
)

// An info is what the kernel says of a thread that is stopped at a system call: struct ptrace_syscall_info.
type info struct {
	op      uint8
	ip, sp  uint64
	nr      uint64    // at the entry
	args    [6]uint64 // at the entry
	result  int64     // at the exit
	isError bool      // at the exit
}

// syscallInfo asks for it. See ptrace(2), PTRACE_GET_SYSCALL_INFO; Linux 5.3.
func syscallInfo(tid int) (i info, err error) {
	var b [88]byte
	if _, _, e := unix.Syscall6(unix.SYS_PTRACE, unix.PTRACE_GET_SYSCALL_INFO, uintptr(tid), uintptr(len(b)), uintptr(unsafe.Pointer(&b)), 0, 0); e != 0 {
		return info{}, e
	}
	word := func(at int) uint64 { return binary.NativeEndian.Uint64(b[at:]) }
	i.op, i.ip, i.sp = b[0], word(8), word(16)
	switch i.op {
	case atEntry:
		i.nr = word(24)
		for n := range i.args {
			i.args[n] = word(32 + 8*n)
		}
	case atExit:
		i.result, i.isError = int64(word(24)), b[32] != 0
	}
	return i, nil
}

// memory reads from a process as far as there is memory. See process_vm_readv(2); where that call is refused, as containers do
// to processes without CAP_SYS_PTRACE, /proc/PID/mem serves.
func memory(pid int, address uint64, p []byte) int {
	if len(p) == 0 {
		return 0
	}
	read := func(length int) int {
		n, err := unix.ProcessVMReadv(pid, []unix.Iovec{{Base: &p[0], Len: uint64(length)}},
			[]unix.RemoteIovec{{Base: uintptr(address), Len: length}}, 0)
		if err == unix.EPERM || err == unix.ENOSYS {
			n = readMem(pid, address, p[:length])
		}
		return max(n, 0)
	}
	if n := read(len(p)); n > 0 {
		return n
	}
	// What lies across the end of the memory is not read in part within one page list: only up to the page's end.
	page := uint64(unix.Getpagesize())
	return read(int(min(uint64(len(p)), page-address%page)))
}

// sender returns the process that sent the signal a thread is stopped at, 0 if no process did. See sigaction(2).
func sender(tid int) int {
	const fromUser, fromQueue, fromThread = 0, -1, -6 // SI_USER, SI_QUEUE, SI_TKILL
	var b [128]byte                                   // siginfo_t: number, errno, code, 4 bytes free, and here the process
	if _, _, e := unix.Syscall6(unix.SYS_PTRACE, unix.PTRACE_GETSIGINFO, uintptr(tid), 0, uintptr(unsafe.Pointer(&b)), 0, 0); e != 0 {
		return 0
	}
	word := func(at int) int { return int(int32(binary.NativeEndian.Uint32(b[at:]))) }
	switch code := word(8); {
	case code == fromUser, code == fromQueue, code == fromThread, word(0) == int(unix.SIGCHLD) && code > 0:
		return word(16)
	}
	return 0
}

// readMem reads from /proc/PID/mem; -1 if that may not be opened. See proc_pid_mem(5).
func readMem(pid int, address uint64, p []byte) int {
	fd, err := unix.Open(fmt.Sprintf("/proc/%d/mem", pid), unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return -1
	}
	defer unix.Close(fd)
	n, _ := unix.Pread(fd, p, int64(address))
	return n
}
