package stuck

import (
	"fmt"
	"sort"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/proc"
)

// A Go program has threads that wait for goroutines to run: in a futex of their own, in the network poller, or, for the
// one that watches the others, in short sleeps while anything goes on. They say nothing about the program.

const (
	futexPrivate  = 128 // FUTEX_PRIVATE_FLAG
	futexRealtime = 256 // FUTEX_CLOCK_REALTIME
	watcherNap    = 10 * time.Millisecond
)

// idle reports whether a thread of a Go program waits for work only. A poller that waits for a timer is noted.
func (l *look) idle(t thread) bool {
	p := l.current
	switch c := t.call; c.name {
	case "":
		return strings.Contains(t.wchan, "futex") || strings.Contains(t.wchan, "ep_poll")
	case "futex":
		return c.args[1]&futexPrivate != 0
	case "epoll_pwait", "epoll_wait":
		if c.number(3) > 0 {
			p.timer = true
		}
		return true
	case "nanosleep", "clock_nanosleep":
		return l.short(t)
	case "recvmsg", "read", "sendmsg":
		return l.hidden(p, c.fd(0))
	}
	return false
}

// isNap reports whether a call is a sleep.
func isNap(c call) bool { return c.name == "nanosleep" || c.name == "clock_nanosleep" }

// short reports whether a sleep is, or was, one of the watching thread's. That thread may have been woken before its
// memory is read, and have something else there; it may also be kept from running just then.
func (l *look) short(t thread) bool {
	if d, ok := l.nap(t.call); ok && d <= watcherNap {
		return true
	}
	return l.current.hasRun(t)
}

// nap returns for how long a sleep is.
func (l *look) nap(c call) (time.Duration, bool) {
	at := c.args[0]
	if c.name == "clock_nanosleep" {
		at = c.args[2]
	}
	return l.current.span(at)
}

// goroutines explains a Go program in which no thread is in a call that blocks: its goroutines wait for each other, or
// for descriptors that the network poller watches. While the watching thread naps, something may have run just before.
func (l *look) goroutines(napping bool) {
	p := l.current
	if napping {
		p.goesOn("runs")
		return
	}
	w := &Wait{Pid: p.pid(), Thread: p.pid(), kind: goroutines, fd: -1, On: "its goroutines",
		doing: "has only goroutines that wait for each other, in channels or locks"}
	watched := l.watched()
	var names []string
	for _, d := range watched {
		names = append(names, fmt.Sprintf("%s (descriptor %d)", l.watch(w, d), d.Number))
	}
	if len(names) > 0 {
		w.On = "its goroutines, or " + strings.Join(names, ", ")
		w.doing = "has only goroutines that wait, for each other or for " + strings.Join(names, " or ")
	}
	p.waits = append(p.waits, w)
}

// watched returns the descriptors that the Go runtime's poller watches for the program.
func (l *look) watched() (out []proc.Descriptor) {
	p := l.current
	for _, d := range p.fds {
		if d.Target != "anon_inode:[eventpoll]" {
			continue
		}
		for _, n := range d.Info.Polls {
			w, ok := p.fds[int(n)]
			if ok && !l.hidden(p, w.Number) && w.Target != "anon_inode:[eventfd]" {
				out = append(out, w)
			}
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Number < out[j].Number })
	return out
}

// watch adds who could make a watched descriptor ready, and names it.
func (l *look) watch(w *Wait, d proc.Descriptor) string {
	if d.Type() == unix.S_IFIFO {
		pipe := l.pipe(d)
		if d.Readable() {
			w.By = append(w.By, holders(pipe.Writers)...)
		} else {
			w.By = append(w.By, holders(pipe.Readers)...)
		}
		return d.Describe()
	}
	in := l.input(d.Number)
	w.By = append(w.By, in.By...)
	w.Open = w.Open || in.Open
	w.Until = w.Until || in.Until
	return in.On
}
