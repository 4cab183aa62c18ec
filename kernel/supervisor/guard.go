package supervisor

import (
	"math"
	"os"
	"sync"
	"time"

	"ipclab/ipclab/bounds"
)

// A guard looks at the processes of cells from time to time and ends what goes beyond the bounds. It looks while a cell
// runs, and after it for as long as a process is left below the runtime process or that is busy; then it sleeps until
// the next cell begins. Nobody is asked to keep to the bounds: a cell may raise its own limits (setrlimit(2)), but not
// keep from being seen.
type guard struct {
	s      *Supervisor
	bounds bounds.Bounds
	kernel int // this process

	looking sync.Mutex // held during a look; guards what follows
	memory  memoryGuard
	made    int    // processes made by cells at the last look
	busy    uint64 // processor time that the runtime process had used then

	mu        sync.Mutex // never held while a look takes place; guards what follows
	timer     *time.Timer
	armed     bool
	due       time.Time
	quiet     int // looks in a row at which nothing went on, since the last cell began
	kills     int // how often something was ended since then
	condemned int // the runtime process that was ended last
	why       string
}

// The first look at a cell comes after firstLook: most cells have ended by then.
const (
	firstLook = 20 * time.Millisecond
	soonest   = 5 * time.Millisecond
	calmly    = 100 * time.Millisecond
	afterward = 200 * time.Millisecond // between cells
	quietEnds = 3                      // quiet looks after which there are no more
	share     = 10                     // looking takes a tenth of a processor at most
)

func newGuard(s *Supervisor, b bounds.Bounds) *guard {
	if b.Memory == 0 {
		b.Memory = math.MaxUint64
	}
	if b.Processes == 0 {
		b.Processes = math.MaxInt
	}
	g := &guard{s: s, bounds: b, kernel: os.Getpid()}
	g.memory.begin()
	g.timer = time.AfterFunc(time.Hour, g.look)
	g.timer.Stop()
	return g
}

// begin is called when a cell begins.
func (g *guard) begin() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.quiet, g.kills = 0, 0
	g.wake(firstLook)
}

// wake has the next look come after wait, or sooner if that was agreed before. The caller holds mu.
func (g *guard) wake(wait time.Duration) {
	due := time.Now().Add(wait)
	if g.armed && g.due.Before(due) {
		return
	}
	g.armed, g.due = true, due
	g.timer.Reset(wait)
}

// stop ends the looking.
func (g *guard) stop() {
	g.timer.Stop()
	g.looking.Lock() // a look that takes place comes to its end
	defer g.looking.Unlock()
}

// look looks once, and agrees when to look again.
func (g *guard) look() {
	g.looking.Lock()
	defer g.looking.Unlock()
	g.mu.Lock()
	g.armed = false
	g.mu.Unlock()
	in, running := g.s.present()
	if in == nil || g.isCondemned(in) {
		return // the next cell wakes the guard
	}
	start := time.Now()
	f := bounds.Look(g.kernel, min(g.bounds.Processes, someProcesses))
	wait := g.boundProcesses(in, f)
	if !g.isCondemned(in) {
		wait = min(wait, g.boundMemory(in, f))
	}
	if !running {
		wait = max(wait, afterward)
	}
	g.again(in, running, len(f.Made), max(wait, soonest, share*time.Since(start)))
}

// someProcesses bounds a look where the number of processes is not bounded.
const someProcesses = 1 << 16

// again agrees to look again after wait, unless nothing goes on.
func (g *guard) again(in *instance, running bool, made int, wait time.Duration) {
	busy := processorTime(in.pid)
	quiet := !running && made == 0 && busy == g.busy
	g.made, g.busy = made, busy
	g.mu.Lock()
	defer g.mu.Unlock()
	if !quiet {
		g.quiet = 0
	} else if g.quiet++; g.quiet >= quietEnds {
		return
	}
	g.wake(wait)
}

// present tells which runtime process there is, nil for none, and whether a cell runs.
func (s *Supervisor) present() (in *instance, running bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, false
	}
	return s.current, s.running != nil
}

// condemn ends the runtime process; cause will say why.
func (g *guard) condemn(in *instance, why string) {
	g.mu.Lock()
	g.condemned, g.why = in.pid, why
	g.mu.Unlock()
	in.kill()
}

func (g *guard) isCondemned(in *instance) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.condemned == in.pid
}

// cause says why a runtime process has died if that had to do with the bounds; "" if not, or if it is not known.
func (g *guard) cause(in *instance) string {
	if g.isCondemned(in) {
		g.mu.Lock()
		defer g.mu.Unlock()
		return g.why
	}
	return g.refused(in.lastWords())
}

// ended counts what was ended since the cell began.
func (g *guard) ended() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.kills++
	return g.kills
}

// note puts a line of the kernel's own into the output of the cell.
func (in *instance) note(text string) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.drain()
	in.text.flush(true)
	if in.output != nil {
		in.output.Stream("stderr", text+"\n")
	}
}
