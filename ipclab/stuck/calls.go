package stuck

import (
	"maps"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// A call is a system call in which a thread is, as /proc/PID/task/TID/syscall tells; see proc_pid_syscall(5).
type call struct {
	name string // "" where it is not known
	args [6]uint64
}

// fd returns an argument that is a descriptor.
func (c call) fd(i int) int { return int(int32(c.args[i])) }

// number returns an argument that is an int.
func (c call) number(i int) int { return int(int32(c.args[i])) }

// names of the system calls that can block, by their numbers here.
var names = func() map[uint64]string {
	all := map[uint64]string{
		unix.SYS_READ: "read", unix.SYS_READV: "readv", unix.SYS_WRITE: "write", unix.SYS_WRITEV: "writev",
		unix.SYS_RECVFROM: "recvfrom", unix.SYS_RECVMSG: "recvmsg", unix.SYS_RECVMMSG: "recvmmsg",
		unix.SYS_SENDTO: "sendto", unix.SYS_SENDMSG: "sendmsg", unix.SYS_SENDMMSG: "sendmmsg",
		unix.SYS_SPLICE: "splice", unix.SYS_TEE: "tee", unix.SYS_SENDFILE: "sendfile",
		unix.SYS_OPENAT: "openat", unix.SYS_WAIT4: "wait4", unix.SYS_WAITID: "waitid",
		unix.SYS_PPOLL: "ppoll", unix.SYS_PSELECT6: "pselect6", unix.SYS_EPOLL_PWAIT: "epoll_pwait", unix.SYS_EPOLL_PWAIT2: "epoll_pwait2",
		unix.SYS_FLOCK: "flock", unix.SYS_FCNTL: "fcntl", unix.SYS_FUTEX: "futex",
		unix.SYS_ACCEPT: "accept", unix.SYS_ACCEPT4: "accept4", unix.SYS_CONNECT: "connect",
		unix.SYS_RT_SIGSUSPEND: "rt_sigsuspend", unix.SYS_RT_SIGTIMEDWAIT: "rt_sigtimedwait",
		unix.SYS_NANOSLEEP: "nanosleep", unix.SYS_CLOCK_NANOSLEEP: "clock_nanosleep", unix.SYS_RESTART_SYSCALL: "restart_syscall",
		unix.SYS_SEMOP: "semop", unix.SYS_SEMTIMEDOP: "semtimedop", unix.SYS_MSGRCV: "msgrcv", unix.SYS_MSGSND: "msgsnd",
	}
	maps.Copy(all, oldNames)
	return all
}()

// parseCall reads a syscall file. inCall is false for a thread that runs, or waits outside of a call, in a page fault for
// instance.
func parseCall(text string) (c call, inCall bool) {
	fields := strings.Fields(text)
	const least = 7 // the number of the call and its arguments
	if len(fields) < least {
		return c, false
	}
	number, err := strconv.ParseUint(fields[0], 10, 32)
	if err != nil {
		return c, false
	}
	for i := range c.args {
		c.args[i], _ = strconv.ParseUint(strings.TrimPrefix(fields[i+1], "0x"), 16, 64)
	}
	if c.name = names[number]; c.name == "" {
		c.name = "system call " + fields[0]
	}
	return c, true
}
