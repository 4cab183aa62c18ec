package run

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// blocking names the system calls in which programs wait.
var blocking = map[int]string{
	unix.SYS_READ: "read", unix.SYS_WRITE: "write", unix.SYS_READV: "readv", unix.SYS_WRITEV: "writev", unix.SYS_OPENAT: "openat",
	unix.SYS_FUTEX: "futex", unix.SYS_WAIT4: "wait4", unix.SYS_WAITID: "waitid", unix.SYS_NANOSLEEP: "nanosleep",
	unix.SYS_CLOCK_NANOSLEEP: "clock_nanosleep", unix.SYS_ACCEPT: "accept", unix.SYS_ACCEPT4: "accept4", unix.SYS_CONNECT: "connect",
	unix.SYS_RECVFROM: "recvfrom", unix.SYS_RECVMSG: "recvmsg", unix.SYS_SENDTO: "sendto", unix.SYS_SENDMSG: "sendmsg",
	unix.SYS_PPOLL: "ppoll", unix.SYS_PSELECT6: "pselect", unix.SYS_EPOLL_PWAIT: "epoll_pwait", unix.SYS_FLOCK: "flock",
	unix.SYS_FCNTL: "fcntl", unix.SYS_RT_SIGSUSPEND: "sigsuspend", unix.SYS_RT_SIGTIMEDWAIT: "sigtimedwait", unix.SYS_MSGRCV: "msgrcv",
	unix.SYS_MSGSND: "msgsnd", unix.SYS_SEMOP: "semop", unix.SYS_SEMTIMEDOP: "semtimedop", unix.SYS_MQ_TIMEDRECEIVE: "mq_timedreceive",
}

// describe says what the threads of a process are in, a line each.
func describe(pid int) []string {
	const most = 5
	tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/syscall", pid))
	var list []string
	for _, task := range tasks[:min(len(tasks), most)] {
		content, err := os.ReadFile(task)
		text := describeCall(strings.Fields(string(content)))
		if err != nil || text == "" {
			continue
		}
		who := "It"
		if len(tasks) > 1 {
			who = "Thread " + filepath.Base(filepath.Dir(task))
		}
		list = append(list, "    "+who+" "+text+".")
	}
	return list
}

// describeCall words a line of /proc/PID/task/TID/syscall, see proc_pid_syscall(5).
func describeCall(fields []string) string {
	if len(fields) == 1 && fields[0] == "running" {
		return "was running"
	}
	if len(fields) < 2 {
		return ""
	}
	number, err := strconv.Atoi(fields[0])
	if err != nil || number < 0 {
		return ""
	}
	name, ok := blocking[number]
	first, _ := strconv.ParseUint(strings.TrimPrefix(fields[1], "0x"), 16, 64)
	switch name {
	case "futex":
		return "waited for a lock, in futex(2)"
	case "read", "write", "readv", "writev", "accept", "accept4", "recvfrom", "recvmsg", "sendto", "sendmsg", "connect", "flock":
		return fmt.Sprintf("was blocked in %s(2) on descriptor %d", name, first)
	}
	if !ok {
		name = "system call " + fields[0]
	} else {
		name += "(2)"
	}
	return "was blocked in " + name
}

// meanings say what it commonly means that a signal has killed a program.
var meanings = map[syscall.Signal][]string{
	unix.SIGSEGV: {"    It used memory that is not its own: a pointer that is NULL, or points to nothing any more, or behind the end of an array."},
	unix.SIGBUS:  {"    It used memory that is not there: of a mapped file, beyond its end."},
	unix.SIGABRT: {"    It called abort(3): so do assert(3), and the C library where it finds memory spoiled."},
	unix.SIGFPE:  {"    It divided an integer by zero."},
	unix.SIGPIPE: {"    It wrote to a pipe or socket from which nobody can read any more."},
	unix.SIGALRM: {"    Its alarm(2) went off, and there was no handler for SIGALRM."},
	unix.SIGSYS:  {"    It made a system call that is not allowed here."},
}
