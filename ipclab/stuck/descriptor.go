package stuck

import (
	"encoding/binary"
	"fmt"
	"strings"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/proc"
)

func le32(b []byte) uint32 { return binary.NativeEndian.Uint32(b) }
func le16(b []byte) uint16 { return binary.NativeEndian.Uint16(b) }

// input is a wait for something to read from a descriptor of the current process.
func (l *look) input(fd int) *Wait {
	d, ok := l.current.fds[fd]
	switch {
	case !ok:
		return l.outside(fmt.Sprintf("descriptor %d", fd), fd)
	case d.Type() == unix.S_IFIFO:
		return l.pipeInput(d)
	case d.Type() == unix.S_IFSOCK:
		return l.socketInput(d)
	case strings.Contains(d.Target, "[pidfd]") || strings.HasPrefix(d.Target, "pidfd:"):
		w := l.child(d.Info.Pid)
		w.fd = fd
		return w
	case d.Target == "anon_inode:[eventfd]":
		return l.event(d)
	case d.Target == "anon_inode:[signalfd]":
		return &Wait{kind: aSignal, fd: fd, On: "a signal, by signalfd", Open: true, doing: "reads a signalfd, and no signal comes",
			more: "A signalfd gives only signals that are blocked and sent after it was made; somebody has to send one."}
	}
	return l.outside(d.Describe(), fd)
}

// pipeInput is a wait for bytes in a pipe, or for its end of file.
func (l *look) pipeInput(d proc.Descriptor) *Wait {
	p := l.pipe(d)
	w := &Wait{kind: pipeData, fd: d.Number, object: p.Name, On: d.Describe(), By: holders(p.Writers),
		doing: fmt.Sprintf("reads %s (descriptor %d)", p.Name, d.Number), held: "the write end"}
	if d.Number == 0 && l.Kernel > 0 && l.onlyKernel(w.By) {
		return l.outside("standard input, from who runs the notebook", 0)
	}
	return w
}

// onlyKernel reports whether nobody but the notebook's kernel holds something.
func (l *look) onlyKernel(by []Holder) bool {
	for _, h := range by {
		if h.Pid != l.Kernel {
			return false
		}
	}
	return len(by) > 0
}

// output is a wait for room to write to a descriptor of the current process; to is the address of the receiver, nil if
// the call has none.
func (l *look) output(fd int, to []byte) *Wait {
	d, ok := l.current.fds[fd]
	switch {
	case !ok:
		return l.outside(fmt.Sprintf("descriptor %d", fd), fd)
	case d.Type() == unix.S_IFIFO:
		p := l.pipe(d)
		return &Wait{kind: pipeRoom, fd: fd, object: p.Name, On: d.Describe(), By: holders(p.Readers),
			doing: fmt.Sprintf("writes to %s (descriptor %d), which is full", p.Name, fd), held: "the read end"}
	case d.Type() == unix.S_IFSOCK:
		return l.socketOutput(d, to)
	}
	return l.outside(d.Describe(), fd)
}

// event is a wait for an eventfd to be written. Those who have the same one are known by its number.
func (l *look) event(d proc.Descriptor) *Wait {
	w := &Wait{fd: d.Number, On: d.Describe(), object: "an eventfd", held: "it",
		doing: fmt.Sprintf("reads an eventfd (descriptor %d), whose count is 0", d.Number)}
	for _, p := range l.order {
		for _, o := range p.fds {
			if o.Target == d.Target && o.Info.Event == d.Info.Event {
				w.By = append(w.By, Holder{Pid: p.pid(), FD: o.Number})
			}
		}
	}
	return w
}

// wait4 waits for a child.
func (l *look) wait4(c call) []*Wait {
	switch pid := c.number(0); {
	case pid > 0:
		return one(l.child(pid))
	case pid == -1:
		return one(l.children(0))
	case pid == 0:
		return one(l.children(l.current.stat.PGrp))
	default:
		return one(l.children(-pid))
	}
}

// waitid waits for a child too.
func (l *look) waitid(c call) []*Wait {
	const byDescriptor = 3 // P_PIDFD
	switch c.args[0] {
	case unix.P_PID:
		return one(l.child(c.number(1)))
	case unix.P_PGID:
		group := c.number(1)
		if group == 0 {
			group = l.current.stat.PGrp
		}
		return one(l.children(group))
	case byDescriptor:
		return one(l.child(l.current.fds[c.fd(1)].Info.Pid))
	}
	return one(l.children(0))
}

// child is a wait for a process to end.
func (l *look) child(pid int) *Wait {
	w := &Wait{kind: aChild, fd: -1, On: fmt.Sprintf("the end of process %d", pid), By: []Holder{{pid, -1}}}
	w.doing = "waits for " + w.On
	return w
}

// children is a wait for any child to end, of a process group unless that is 0.
func (l *look) children(group int) *Wait {
	w := &Wait{kind: aChild, fd: -1, On: "the end of a child"}
	for _, p := range l.order {
		if p.stat.PPid == l.current.pid() && (group == 0 || p.stat.PGrp == group) {
			w.By = append(w.By, Holder{p.pid(), -1})
		}
	}
	if len(w.By) == 1 {
		w.On = fmt.Sprintf("the end of process %d", w.By[0].Pid)
	}
	w.doing = "waits for " + w.On
	return w
}
