package ipclab

import (
	"fmt"
	"syscall"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/handlers"
	"ipclab/ipclab/signame"
)

// A Siginfo says which signal came, and from whom: siginfo_t of sigaction(2).
type Siginfo struct {
	Signo  syscall.Signal
	Code   int // where it comes from: SiUser, SiQueue and so on; for SIGCHLD and others, what happened
	Pid    int // the process that sent it, or the child; 0 if none did
	Uid    int // its real user
	Value  int // what Sigqueue sent; 0 otherwise
	Status int // for SIGCHLD, the exit status or the signal
}

// Codes that say where a signal comes from, si_code of sigaction(2).
const (
	SiUser   = 0    // kill(2)
	SiKernel = 0x80 // the kernel, a timer of alarm(2) for one
	SiQueue  = -1   // sigqueue(3)
	SiTimer  = -2   // a timer of timer_create(2)
	SiTkill  = -6   // tkill(2) or tgkill(2), by which raise(3) sends
)

// codeNames are the names of the codes.
var codeNames = map[int]string{
	SiUser: "SI_USER", SiKernel: "SI_KERNEL", SiQueue: "SI_QUEUE", SiTimer: "SI_TIMER", -3: "SI_MESGQ", -4: "SI_ASYNCIO",
	-5: "SI_SIGIO", SiTkill: "SI_TKILL",
}

// childNames are the names of the codes of SIGCHLD, from 1 on.
var childNames = []string{"CLD_EXITED", "CLD_KILLED", "CLD_DUMPED", "CLD_TRAPPED", "CLD_STOPPED", "CLD_CONTINUED"}

// String returns "SIGUSR1 from process 812 (SI_QUEUE), value 7", for example.
func (i Siginfo) String() string {
	s := signame.Of(i.Signo)
	if i.Pid > 0 {
		s += fmt.Sprintf(" from process %d", i.Pid)
	}
	s += " (" + i.CodeName() + ")"
	switch {
	case i.Code == SiQueue:
		s += fmt.Sprintf(", value %d", i.Value)
	case i.Signo == unix.SIGCHLD && i.Code > 0:
		s += fmt.Sprintf(", status %d", i.Status)
	}
	return s
}

// CodeName returns the name of the code, such as SI_USER, or CLD_EXITED for SIGCHLD.
func (i Siginfo) CodeName() string {
	if i.Signo == unix.SIGCHLD && i.Code >= 1 && i.Code <= len(childNames) {
		return childNames[i.Code-1]
	}
	if name, ok := codeNames[i.Code]; ok {
		return name
	}
	return fmt.Sprintf("code %d", i.Code)
}

// siginfo reads what the kernel told. Which fields are there, the signal and its code say.
func siginfo(i *handlers.Info) Siginfo {
	s := Siginfo{Signo: syscall.Signal(i.Signal()), Code: i.Code()}
	switch {
	case s.Code == SiKernel, s.Code == SiTimer:
	case s.Signo == unix.SIGCHLD && s.Code > 0:
		s.Pid, s.Uid, s.Status = i.Pid(), i.UID(), i.Status()
	case s.Code <= 0:
		s.Pid, s.Uid = i.Pid(), i.UID()
	}
	if s.Code == SiQueue {
		s.Value = i.Value()
	}
	return s
}
