package supervisor

import (
	"bytes"
	"os"
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

func (g *guard) disarm() {
	if g.wire != nil {
		g.wire.Disarm()
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
	if !g.wire.Wait(wait) {
		return
	}
	in, _ := g.s.present()
	halted := g.halted // now all are
	g.look()
	g.halted = halted
	if in != nil {
		g.resume(in.pid)
	}
}

// resume has a process group go on, but for those who had been stopped before. All at one stroke, if it can be: those who
// go on first may trip the wire again, and who is stopped by that must not go on.
func (g *guard) resume(group int) {
	if len(g.halted) == 0 {
		_ = unix.Kill(-group, unix.SIGCONT)
		return
	}
	for _, pid := range reap.Group(group) {
		if !g.halted[pid] {
			_ = unix.Kill(pid, unix.SIGCONT)
		}
	}
}

// haltedMost bounds for how many processes it is asked whether they are stopped.
const haltedMost = 32

// haltedOf finds the first of pids that are stopped.
func haltedOf(pids []int) map[int]bool {
	halted := map[int]bool{}
	for _, pid := range pids[:min(len(pids), haltedMost)] {
		if line, err := os.ReadFile(procFile(pid, "stat")); err == nil && bytes.Contains(line, []byte(") T ")) {
			halted[pid] = true
		}
	}
	return halted
}
