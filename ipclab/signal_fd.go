package ipclab

import (
	"encoding/binary"
	"syscall"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/handlers"
)

// Signalfd returns a descriptor from which signals of the set are read, by FD.ReadSiginfo, as they are pending: a program
// that waits for descriptors can wait for signals in the same Ppoll. The signals have to be blocked, by Sigprocmask, or
// their handlers or default actions come first. Flags are 0, or unix.SFD_CLOEXEC and unix.SFD_NONBLOCK.
//
// A child that inherits the descriptor reads its own signals from it. It is for a process of its own, as Sigaction.
//
// Errors: EPERM as there, EINVAL for other flags, EMFILE. See signalfd(2).
func Signalfd(set Sigset, flags int) (FD, error) {
	if err := claimSignals(); err != nil {
		return -1, &Error{Call: "signalfd", Arg: set.String(), Err: err}
	}
	var s unix.Sigset_t
	s.Val[0] = uint64(set & takeable())
	fd, err := unix.Signalfd(-1, &s, flags)
	if err != nil {
		return -1, &Error{Call: "signalfd", Arg: set.String(), Err: err}
	}
	return FD(fd), nil
}

// ReadSiginfo reads one signal from a descriptor that Signalfd made, and waits until one is pending. Errors: EAGAIN if
// none is and the descriptor has SFD_NONBLOCK; EINTR if the handler of another signal ran; EINVAL for a descriptor that
// is no signalfd; EBADF. See signalfd(2).
func (fd FD) ReadSiginfo() (Siginfo, error) {
	number, err := fd.checked()
	if err != nil {
		return Siginfo{}, fd.failed("read", err)
	}
	var record [128]byte // struct signalfd_siginfo
	n, err := retry(func() (int, error) { return unix.Read(number, record[:]) })
	if err == nil && n != len(record) {
		err = because(unix.EINVAL, "%d bytes, which are no signal: Signalfd makes the descriptor", n)
	}
	if err != nil {
		return Siginfo{}, fd.failed("read", err)
	}
	word := func(at int) int { return int(int32(binary.NativeEndian.Uint32(record[at:]))) }
	i := Siginfo{Signo: syscall.Signal(word(0)), Code: handlers.SentCode(word(8))}
	if i.Code != SiKernel && i.Code != SiTimer {
		i.Pid, i.Uid = word(12), word(16)
	}
	if i.Signo == unix.SIGCHLD {
		i.Status = word(40)
	}
	if i.Code == SiQueue {
		i.Value = int(binary.NativeEndian.Uint64(record[48:]))
	}
	return i, nil
}
