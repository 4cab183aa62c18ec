package supervisor

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/bounds"
)

// A memoryGuard keeps what the guard of memory remembers from look to look.
type memoryGuard struct {
	usual           machineMemory // the least that others used of what is not counted by process
	of              *instance     // whose memory at the first look of a cell base is
	cell            uint64
	base            uint64
	measured, upper uint64            // what was measured last, and the estimate then
	killed          map[int]time.Time // processes that were killed and may not have given back all
}

func (m *memoryGuard) begin() {
	m.killed = map[int]time.Time{}
	m.usual, _ = readMachineMemory()
}

// fastest is how fast memory may be filled, in bytes per second: what is left until the bound takes this long.
const fastest = 4 << 30

// goingTime is how long a killed process may take to go; freeing a gigabyte takes a tenth of a second.
const goingTime = 5 * time.Second

// boundMemory ends the process that uses most if all together use too much, and tells when to look again. It begins
// with what costs least and overestimates, and goes on to what is exact only where that is too much.
func (g *guard) boundMemory(in *instance, f bounds.Family) time.Duration {
	machine, ok := readMachineMemory()
	if !ok {
		return rarely
	}
	if machine.used <= g.bounds.Memory {
		return until(g.bounds.Memory - machine.used)
	}
	g.memory.forget()
	base := g.memory.baseOf(in)
	upper := g.memory.estimate(machine, in, f)
	if upper <= g.bounds.Memory {
		g.memory.measured, g.memory.upper = upper, upper
		return until(g.bounds.Memory - upper)
	}
	defer g.stopGrowing(in, upper)()
	u := g.memory.measure(in, f)
	g.memory.measured = u.total
	if u.total <= g.bounds.Memory {
		return until(g.bounds.Memory - u.total)
	}
	g.endLargest(in, u, base)
	return soonest
}

// stopGrowing stops the cell before it is measured, if it has grown by so much since it was measured last that it is
// likely to be too large: who measures what fills memory waits for its locks, and it goes on filling. It returns what has
// to be called after that.
func (g *guard) stopGrowing(in *instance, upper uint64) (resume func()) {
	m := &g.memory
	likely := m.measured + upper - min(upper, m.upper)
	m.upper = upper
	if likely <= g.bounds.Memory {
		return func() {}
	}
	return g.hold(in.pid)
}

// until is how long it is safe not to look, with this much left.
func until(left uint64) time.Duration {
	return min(rarely, time.Duration(min(left, fastest)*uint64(time.Second)/fastest))
}

// baseOf is what the runtime process had at the first look since the cell began.
func (m *memoryGuard) baseOf(in *instance) uint64 {
	in.mu.Lock()
	cell := in.cell
	in.mu.Unlock()
	if m.of != in || m.cell != cell {
		m.of, m.cell, m.base = in, cell, anonymous(in.pid)
	}
	return m.base
}

// forget forgets killed processes that have had the time to go.
func (m *memoryGuard) forget() {
	for pid, at := range m.killed {
		if time.Since(at) > goingTime {
			delete(m.killed, pid)
		}
	}
}

// counted lists the processes whose memory counts.
func (m *memoryGuard) counted(f bounds.Family) []int {
	all := slices.Concat(f.Own, f.Made)
	return slices.DeleteFunc(all, func(pid int) bool { _, killed := m.killed[pid]; return killed })
}

// estimate is an upper bound of what the processes use: pages that they share since a fork are counted for each.
// Shared memory may belong to no process, a memfd for instance: all of the machine's is taken that was not there when
// the kernel started.
func (m *memoryGuard) estimate(machine machineMemory, in *instance, f bounds.Family) uint64 {
	m.usual.shared = min(m.usual.shared, machine.shared)
	m.usual.swapped = min(m.usual.swapped, machine.swapped)
	sum := machine.shared - m.usual.shared + machine.swapped - m.usual.swapped
	for _, pid := range m.counted(f) {
		sum += anonymous(pid)
	}
	return sum
}

// A usage is what the processes use.
type usage struct {
	total   uint64
	largest int    // of those that cells have made, 0 if there are none
	size    uint64 // of that
	runtime uint64
	files   uint64 // of that, in memory that is shared or a file
}

// measure measures, exactly but for files in memory: of these the mapped and the open ones are known, and the larger of
// the two sums is taken.
func (m *memoryGuard) measure(in *instance, f bounds.Family) usage {
	var u usage
	var mapped, open uint64
	files := openFiles{}
	for _, pid := range m.counted(f) {
		own, shared := proportional(pid)
		held := files.add(pid)
		mapped, open = mapped+shared, open+held
		size := own + max(shared, held)
		u.total += own
		switch {
		case pid == in.pid:
			u.runtime, u.files = size, size-own
		case !slices.Contains(f.Own, pid):
			if size > u.size {
				u.largest, u.size = pid, size
			}
		}
	}
	u.total += max(mapped, open)
	return u
}

// endLargest ends the process that is to blame: the largest that cells have made, or the runtime process if the running
// cell has grown it by more than that. Copies of the runtime that the kernel keeps stay: they hold the variables.
func (g *guard) endLargest(in *instance, u usage, base uint64) {
	now := anonymous(in.pid)
	grown := now - min(base, now) + u.files
	if u.largest == 0 || grown >= u.size {
		g.condemn(in, g.tooMuch(u, fmt.Sprintf("%s of it in the process that runs cells, which was ended", bounds.Size(u.runtime))))
		return
	}
	who := fmt.Sprintf("%s of it in process %d (%s), which was killed", bounds.Size(u.size), u.largest, name(u.largest))
	if !g.killedOften() && u.total <= g.bounds.Memory+g.bounds.Memory/2 {
		g.tell(in, "["+g.tooMuch(u, who)+"]") // before the cell can end
		g.memory.killed[u.largest] = time.Now()
		_ = unix.Kill(u.largest, unix.SIGKILL)
		return
	}
	g.killMade(in, func(int) string {
		return "[" + g.tooMuch(u, who+" like all others but the one that runs cells") + "]"
	})
}

// killedOften tells whether the next process that is killed would be one too many to go on so.
func (g *guard) killedOften() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.kills+1 >= patience
}

// tooMuch words what has happened and what can be done.
func (g *guard) tooMuch(u usage, who string) string {
	return fmt.Sprintf("out of memory: the cell's processes used more than %s (%s): %s, %s. Use less at a time, or start Jupyter with a larger %[2]s.",
		bounds.Size(g.bounds.Memory), bounds.MemoryVariable, bounds.Size(u.total), who)
}

// name is the name of a process's program.
func name(pid int) string {
	text, err := os.ReadFile(procFile(pid, "comm"))
	if err != nil {
		return "gone"
	}
	return strings.TrimSpace(string(text))
}

// refusal matches what the Go runtime says when the system gives it no more memory.
var refusal = regexp.MustCompile(`^(runtime: )?(out of memory|cannot allocate memory)`)

// refused explains the end of a runtime process to which the system gave no more memory.
func (g *guard) refused(words string) string {
	_, why, ok := strings.Cut(words, "fatal error: ")
	if !ok {
		return ""
	}
	if strings.HasPrefix(why, "out of memory: ") && strings.Contains(why, bounds.MemoryVariable) {
		line, _, _ := strings.Cut(why, "\n")
		return line // said by ipclab itself
	}
	if !refusal.MatchString(why) {
		return ""
	}
	text := "out of memory: the cell asked for more memory than the system gives"
	if g.bounds.Memory < 1<<63 {
		text += fmt.Sprintf("; the cell's processes may use %s (%s)", bounds.Size(g.bounds.Memory), bounds.MemoryVariable)
	}
	return text + ". Use less at a time."
}
