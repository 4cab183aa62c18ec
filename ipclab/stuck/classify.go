package stuck

import (
	"fmt"
	"strings"

	"golang.org/x/sys/unix"
)

// classifiers say what a call waits for.
var classifiers map[string]func(*look, call) []*Wait

func init() { // not a literal: they use the table themselves
	in := func(l *look, c call) []*Wait { return one(l.input(c.fd(0))) }
	out := func(l *look, c call) []*Wait { return one(l.output(c.fd(0), nil)) }
	classifiers = map[string]func(*look, call) []*Wait{
		"read": in, "readv": in, "recvfrom": in, "recvmsg": in, "recvmmsg": in,
		"write": out, "writev": out, "sendmsg": (*look).sendmsg, "sendmmsg": out, "sendto": (*look).sendto,
		"splice": func(l *look, c call) []*Wait { return []*Wait{l.input(c.fd(0)), l.output(c.fd(2), nil)} },
		"tee":    func(l *look, c call) []*Wait { return []*Wait{l.input(c.fd(0)), l.output(c.fd(1), nil)} },
		"sendfile": func(l *look, c call) []*Wait {
			return []*Wait{l.output(c.fd(0), nil)}
		},
		"open":   func(l *look, c call) []*Wait { return l.opening(unix.AT_FDCWD, c.args[0], c.number(1)) },
		"creat":  func(l *look, c call) []*Wait { return l.opening(unix.AT_FDCWD, c.args[0], unix.O_WRONLY) },
		"openat": func(l *look, c call) []*Wait { return l.opening(c.fd(0), c.args[1], c.number(2)) },
		"wait4":  (*look).wait4, "waitid": (*look).waitid,
		"flock": (*look).flock, "fcntl": (*look).fcntl, "futex": (*look).futex,
		"accept": (*look).accept, "accept4": (*look).accept, "connect": (*look).connect,
		"pause": (*look).pause, "rt_sigsuspend": (*look).pause, "rt_sigtimedwait": (*look).sigwait,
		"nanosleep": (*look).sleep, "clock_nanosleep": (*look).sleep, "restart_syscall": (*look).sleep,
		"poll": (*look).poll, "ppoll": (*look).poll, "select": (*look).selects, "pselect6": (*look).selects,
		"epoll_wait": (*look).epoll, "epoll_pwait": (*look).epoll, "epoll_pwait2": (*look).epoll,
		"semop": (*look).semop, "semtimedop": (*look).semop, "msgrcv": (*look).message, "msgsnd": (*look).message,
	}
}

// one makes a list of a wait.
func one(w *Wait) []*Wait { return []*Wait{w} }

// waitsOf explains a thread that sleeps. What is not understood counts as something that goes on: better no alarm than a
// false one.
func (l *look) waitsOf(t thread) []*Wait {
	classify := classifiers[t.call.name]
	if !t.inCall || classify == nil {
		l.current.goesOn("waits")
		on := ""
		switch {
		case t.inCall:
			on = "what is not known of this call"
		case t.wchan != "" && t.wchan != "0":
			on = "the kernel's " + t.wchan + " (its call may not be read)"
		default:
			on = "what may not be read"
		}
		return one(&Wait{Pid: l.current.pid(), Thread: t.tid, Call: t.call.name, On: on, Open: true, fd: -1})
	}
	waits := classify(l, t.call)
	for _, w := range waits {
		w.Pid, w.Thread, w.Call = l.current.pid(), t.tid, strings.TrimPrefix(t.call.name, "rt_")
		if w.doing == "" {
			w.doing = fmt.Sprintf("waits in %s for %s", w.Call, w.On)
		}
	}
	return waits
}

// outside makes a wait for what goes on by itself, or beyond these processes.
func (l *look) outside(on string, fd int) *Wait {
	l.current.goesOn("waits for " + on)
	return &Wait{On: on, fd: fd, Open: true}
}

// sleep is a wait for a time.
func (l *look) sleep(call) []*Wait {
	l.current.goesOn("sleeps")
	return one(&Wait{On: "the time", Until: true, fd: -1, doing: "sleeps"})
}

// opening is an open(2), which blocks for a FIFO.
func (l *look) opening(dir int, address uint64, flags int) []*Wait {
	name := l.current.text(address)
	path := l.path(dir, name)
	var st unix.Stat_t
	if path == "" || unix.Stat(path, &st) != nil || st.Mode&unix.S_IFMT != unix.S_IFIFO {
		return one(l.outside("the file system", -1))
	}
	w := &Wait{kind: otherEnd, fd: -1, Open: true, object: "FIFO " + name}
	w.On = w.object + ", for reading"
	w.doing = fmt.Sprintf("opens %s for reading, and no process has it open for writing", w.object)
	w.more = "The other side has to open it too, by the same path; O_NONBLOCK opens without waiting for it."
	if flags&unix.O_ACCMODE == unix.O_WRONLY {
		w.On = w.object + ", for writing"
		w.doing = fmt.Sprintf("opens %s for writing, and no process has it open for reading", w.object)
		w.more = "The other side has to open it too, by the same path."
	}
	return one(w)
}

// path returns how a path of the process is reached from here.
func (l *look) path(dir int, name string) string {
	switch {
	case name == "":
		return ""
	case strings.HasPrefix(name, "/"):
		return l.current.file("root" + name)
	case dir == unix.AT_FDCWD:
		return l.current.file("cwd/" + name)
	}
	return l.current.file(fmt.Sprintf("fd/%d/%s", dir, name))
}

// limited reads a time limit that a call was given as a pointer to a timespec; 0 is none.
func (l *look) limited(address uint64) bool { return address != 0 }

// poll is poll(2) and ppoll(2): a wait for any of some descriptors.
func (l *look) poll(c call) []*Wait {
	const size, most = 8, 1024
	w := &Wait{fd: -1}
	n := int(min(c.args[1], most))
	fds := l.current.peek(c.args[0], size*n)
	if c.name == "poll" {
		w.Until = c.number(2) >= 0
	} else {
		w.Until = l.limited(c.args[2])
	}
	if n > 0 && fds == nil {
		return one(l.outside("descriptors that may not be read", -1))
	}
	for i := range n {
		p := unix.PollFd{Fd: int32(le32(fds[size*i:])), Events: int16(le16(fds[size*i+4:]))}
		if p.Fd >= 0 {
			l.either(w, int(p.Fd), p.Events&unix.POLLIN != 0, p.Events&unix.POLLOUT != 0)
		}
	}
	return one(l.signalOnly(w))
}

// selects is select(2) and pselect(2).
func (l *look) selects(c call) []*Wait {
	const sets, most = 3, 1024
	w := &Wait{fd: -1, Until: l.limited(c.args[4])}
	n := min(max(c.number(0), 0), most)
	var read [sets][]byte
	for i := range read {
		if n > 0 && c.args[1+i] != 0 {
			read[i] = l.current.peek(c.args[1+i], (n+63)/64*8)
		}
	}
	has := func(set []byte, fd int) bool { return fd/8 < len(set) && set[fd/8]&(1<<(fd%8)) != 0 }
	for fd := range n {
		if in, out := has(read[0], fd), has(read[1], fd); in || out {
			l.either(w, fd, in, out)
		}
	}
	return one(l.signalOnly(w))
}

// epoll is epoll_wait(2) and its kin.
func (l *look) epoll(c call) []*Wait {
	w := &Wait{fd: -1, Until: c.number(3) >= 0}
	if c.name == "epoll_pwait2" {
		w.Until = l.limited(c.args[3])
	}
	for _, fd := range l.current.fds[c.fd(0)].Info.Polls {
		l.either(w, int(fd), true, false)
	}
	return one(l.signalOnly(w))
}

// signalOnly makes a wait for no descriptor one for a signal, or for time.
func (l *look) signalOnly(w *Wait) *Wait {
	if w.On == "" {
		w.On, w.Open, w.kind = "a signal", !w.Until, aSignal
		w.doing = "waits for a signal, and for no descriptor"
	}
	if w.kind == aSignal && w.Open {
		w.more = "Nobody has sent one, or it came just before the wait and is lost: block it first, and let it in by the mask of the wait, as sigsuspend(2) does."
	}
	return w
}

// either adds to a wait that for a descriptor.
func (l *look) either(w *Wait, fd int, in, out bool) {
	var parts []*Wait
	if in || !out {
		parts = append(parts, l.input(fd))
	}
	if out {
		parts = append(parts, l.output(fd, nil))
	}
	for _, p := range parts {
		w.By, w.Open = append(w.By, p.By...), w.Open || p.Open
		if w.On == "" {
			w.kind, w.object, w.fd, w.held, w.On, w.doing, w.more = p.kind, p.object, p.fd, p.held, p.On, p.doing, p.more
		} else {
			if w.kind != aChild || p.kind != aChild {
				w.kind = somethingElse
			}
			w.held, w.more = "", ""
			w.On += ", or " + p.On
			w.doing = "waits for " + w.On
		}
	}
}
