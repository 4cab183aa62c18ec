package supervisor

import (
	"bytes"
	"os"
	"slices"
	"strconv"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/runtime/reap"
)

// As many processes and threads of the machine more than at the last look trip the wire as there may be processes, but
// not fewer than these.
const fewSudden = 100

// Free memory that is less by this part of the bound trips the wire too, but not by less than littleSudden.
const (
	memoryPart   = 8
	littleSudden = 256 << 20
)

// arm sets the tripwire for the runtime process's group.
func (g *guard) arm(in *instance) {
	if g.wire != nil {
		g.wire.Arm(in.pid, max(fewSudden, g.bounds.Processes), max(littleSudden, g.bounds.Memory/memoryPart))
	}
}

// disarm has the wire sleep. If it was tripped at the last moment, that is looked into first.
func (g *guard) disarm() {
	for g.wire != nil && g.wire.Disarm() {
		g.watch()
	}
}

// watch waits for the next look. If the wire is tripped meanwhile, the cell has been stopped, and is looked into at once;
// if for nothing, since other users' processes count here too, it goes on a moment later.
func (g *guard) watch() {
	wait := max(time.Until(g.due), time.Millisecond)
	if g.wire == nil {
		time.Sleep(wait)
		return
	}
	if !g.wire.Wait(wait) || !g.wire.Tripped() {
		return
	}
	g.held = g.wire.Group()
	g.look()
	g.release()
}

// hold stops a process group, if it is not held yet. The caller has to call release, which has it go on.
func (g *guard) hold(group int) (release func()) {
	if g.held != 0 {
		return func() {}
	}
	tripped := g.wire != nil && g.wire.Disarm()
	for tripped && !g.wire.Wait(closeLimit) {
	}
	if !tripped || g.wire.Group() != group {
		_ = unix.Kill(-group, unix.SIGSTOP)
	}
	g.held = group
	return g.release
}

// release has the group that is held go on, but for those whom a cell had stopped, or stops meanwhile. All at one stroke
// if it can be: those who go on first may trip the wire again.
func (g *guard) release() {
	group := g.held
	g.held = 0
	members := reap.Group(group)
	going := slices.DeleteFunc(slices.Clone(members), func(pid int) bool { return pid != group && stoppedTwice(pid) })
	if g.wire != nil {
		g.wire.Settle()
		if in, _ := g.s.present(); in != nil {
			g.arm(in)
		}
	}
	if len(going) == len(members) {
		_ = unix.Kill(-group, unix.SIGCONT)
		return
	}
	for _, pid := range going {
		_ = unix.Kill(pid, unix.SIGCONT)
	}
}

// stoppedTwice reports whether a process that is held would be stopped without that too. It has been sent SIGSTOP once by
// the guard or the wire. Had it run until then, it took that signal when it stopped; if it was stopped already, the signal
// is pending until it goes on. Only one to which the second came before it could take the first has got both as one: it
// goes on though the cell has stopped it, which is a matter of microseconds.
func stoppedTwice(pid int) bool {
	text, err := os.ReadFile(procFile(pid, "status"))
	if err != nil {
		return false
	}
	_, pending, _ := bytes.Cut(text, []byte("\nShdPnd:\t"))
	pending, _, _ = bytes.Cut(pending, []byte("\n"))
	set, err := strconv.ParseUint(string(pending), 16, 64)
	return err == nil && set&(1<<(unix.SIGSTOP-1)) != 0 && bytes.Contains(text, []byte("\nState:\tT"))
}
