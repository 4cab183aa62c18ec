package supervisor

import (
	"math"
	"os"
	"runtime"
	"sync"
	"time"

	"ipclab/ipclab/bounds"
	"ipclab/kernel/tripwire"
)

// A guard looks at the processes of cells from time to time and ends what goes beyond the bounds. It looks while a cell
// runs, and after it for as long as a process is left below the runtime process or that is busy; then it sleeps until
// the next cell begins. Nobody is asked to keep to the bounds: a cell may raise its own limits (setrlimit(2)), but not
// keep from being seen.
//
// A program that forks without end makes hundreds of processes between two looks, and then the guard does not get the
// processor to look. So there is a tripwire, which stops the cell before the guard looks.
type guard struct {
	s      *Supervisor
	bounds bounds.Bounds
	kernel int            // this process
	woken  chan struct{}  // has room while the guard is awake or about to be
	ended  chan struct{}  // closed when the guard has ended
	wire   *tripwire.Wire // nil if it cannot be had

	// Used by the guard's goroutine alone.
	memory memoryGuard
	made   int           // processes made by cells at the last look
	busy   uint64        // processor time that the runtime process had used then
	calm   time.Duration // the last wait between cells
	held   int           // the process group that is stopped by the guard or the wire, 0 if none is
	due    time.Time     // of the next look

	mu        sync.Mutex // guards what follows; held for moments
	stopped   bool
	fresh     bool // a cell has begun since the last look
	quiet     int  // looks in a row at which nothing went on, since the last cell began
	kills     int  // how often something was ended since then
	condemned int  // the runtime process that was ended last
	why       string
	awaited   []chan struct{} // to be closed at the end of the next look
}

// How often the guard looks.
const (
	firstLook = 20 * time.Millisecond // after a cell has begun; most have ended by then
	soonest   = 5 * time.Millisecond
	calmly    = 100 * time.Millisecond
	rarely    = time.Second // between cells
	quietEnds = 4           // quiet looks after which there are no more
	share     = 20          // looking takes one twentieth of a processor at most
)

func newGuard(s *Supervisor, b bounds.Bounds) *guard {
	if b.Memory == 0 {
		b.Memory = math.MaxUint64
	}
	if b.Processes == 0 {
		b.Processes = math.MaxInt
	}
	g := &guard{s: s, bounds: b, kernel: os.Getpid(), woken: make(chan struct{}, 1), ended: make(chan struct{})}
	g.memory.begin()
	g.wire, _ = tripwire.Set() // without it there are the looks
	go g.run()
	return g
}

// begin is called when a cell is about to begin.
func (g *guard) begin(in *instance) {
	g.arm(in)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.fresh, g.quiet, g.kills = true, 0, 0
	g.wake()
}

// wake has the guard look, if it does not already. The caller holds mu.
func (g *guard) wake() {
	if g.stopped {
		return
	}
	select {
	case g.woken <- struct{}{}:
	default:
	}
}

// stop ends the guard.
func (g *guard) stop() {
	g.mu.Lock()
	if !g.stopped {
		g.stopped = true
		close(g.woken)
	}
	g.mu.Unlock()
	if g.wire != nil {
		g.wire.Wake()
	}
	<-g.ended
}

// run is the guard's goroutine.
func (g *guard) run() {
	defer close(g.ended)
	runtime.LockOSThread() // for good: the thread ends with the goroutine
	tripwire.ComeFirst(0)
	for range g.woken {
		for g.awake() {
			g.watch()
			if g.isAwaited() || !time.Now().Before(g.due) {
				g.look()
			}
		}
		g.disarm()
	}
}

// awake tells whether there is something to look at, and when a new cell is looked at first.
func (g *guard) awake() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.fresh {
		g.fresh = false
		g.calm = 0
		if left := time.Until(g.due); left < 0 || left > firstLook { // else cells that follow each other fast were never looked at
			g.due = time.Now().Add(firstLook)
		}
	}
	return !g.stopped && g.quiet < quietEnds
}

// look looks once, and says when to look again.
func (g *guard) look() {
	defer g.beginLook()()
	in, running := g.s.present()
	if in == nil || g.isCondemned(in) {
		g.rest()
		return
	}
	start := usedByThread()
	f := bounds.Look(g.kernel, min(g.bounds.Processes, someProcesses))
	wait := g.boundProcesses(in, f)
	if !g.isCondemned(in) {
		wait = min(wait, g.boundMemory(in, f))
	}
	calm := min(calmly, wait)
	if !running && wait >= calmly {
		calm = min(wait, g.afterward(len(f.Made)))
	}
	g.note(in, running, f.Made)
	g.due = time.Now().Add(max(calm, soonest, share*(usedByThread()-start)))
}

// someProcesses bounds a look where the number of processes is not bounded.
const someProcesses = 1 << 16

// afterward is how long to wait between cells where nothing is urgent: longer from look to look, as long as the number of
// processes stays the same.
func (g *guard) afterward(made int) time.Duration {
	if made != g.made {
		g.calm = 0
	}
	g.calm = min(max(2*g.calm, 2*calmly), rarely)
	return g.calm
}

// note keeps what was seen, for the next look.
func (g *guard) note(in *instance, running bool, made []int) {
	busy := processorTime(in.pid)
	quiet := !running && len(made) == 0 && busy == g.busy
	g.made, g.busy = len(made), busy
	g.arm(in)
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.quiet++; !quiet {
		g.quiet = 0
	}
}

// rest has the guard sleep until the next cell begins.
func (g *guard) rest() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.quiet = quietEnds
	if g.fresh {
		g.quiet = 0
	}
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
