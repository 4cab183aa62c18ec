package supervisor

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/bounds"
	"ipclab/runtime/ccell"
	"ipclab/runtime/reap"
	"ipclab/runtime/wire"
)

// Options say how runtime processes are started.
type Options struct {
	Path      string   // the program
	Args      []string // its arguments, the first being its name
	Mark      string   // marks every process of this kernel, see reap.MarkVariable
	Leftovers string   // what the runtime removes if the kernel is killed, see process.LeftoversVariable
	TextLimit int      // bytes of stream text that one cell may put out
	KeptTexts string   // folder for what is beyond the limit
	State     State    // goes back with the runtime process; nil for none
	Bounds    bounds.Bounds
}

// stateless is the State of whoever has none.
type stateless struct{}

func (stateless) Snapshot() any { return nil }
func (stateless) Restore(any)   {}

// Output takes what a cell puts out, in order. Its methods are called one at a
// time; while one blocks, the cell's processes soon block too.
type Output interface {
	// Stream takes text of "stdout" or "stderr", valid UTF-8.
	Stream(name, text string)
	// Display takes a value to show.
	Display(wire.Display)
	// Clear clears what was put out before: now, or when something follows.
	Clear(wait bool)
}

// A Cell is one program to run.
type Cell struct {
	Name, Source, Entry, Text string // as in wire.Execute
	Output                    Output
	// Input asks the user for a line; nil where that is not allowed. An error
	// means that none will come.
	Input func(context.Context) (string, error)
	// WarmUp says that the cell leaves nothing behind: it needs no copy of the
	// runtime process, which has nothing defined if it had nothing before.
	WarmUp bool
	// Interrupted, if not nil, is asked once the cell can be interrupted:
	// whether it should have been already. Who sets what it reports before
	// calling Interrupt loses no interrupt.
	Interrupted func() bool
}

// A Supervisor owns the runtime process. Execute may be called by one
// goroutine at a time; the other methods by any.
type Supervisor struct {
	options Options
	reaper  *reaper
	guard   *guard

	mu       sync.Mutex
	current  *instance // nil before the first and after one that died unready
	fresh    bool      // no cell has run in it
	copies   copies
	log      []logged      // cells that have run since the last copy was asked for
	copying  chan struct{} // closed when no copy is being made
	copied   *instance     // of which the last copy was made, or is being made
	target   target        // which copy is to be woken next
	uncopied error         // why there is no current copy
	last     Output        // of the last cell
	running  *run          // nil between cells
	cells    uint64        // how many cells were run: the id of the last
	closed   bool

	closing sync.Once
}

// A run is a cell that runs.
type run struct {
	in          *instance
	id          uint64
	began       reap.Moment
	cell        context.Context // ends with the cell
	end         context.CancelFunc
	asking      context.Context // ends with the cell, or when that is interrupted
	stopAsking  context.CancelFunc
	interrupted bool         // an interrupt was asked for
	looked      bool         // and it was looked at why the cell does not go on
	deadlock    bool         // because it could never go on
	killed      bool         // it did not heed the interrupt
	told        map[int]bool // who was sent SIGINT
	stuck       []string     // why it did not go on when it was interrupted, in sentences
}

// New makes a supervisor and begins to start the runtime process; Execute
// waits for it. It makes the calling process a subreaper.
func New(o Options) (*Supervisor, error) {
	r, err := newReaper()
	if err != nil {
		return nil, err
	}
	removeOldTexts(o.KeptTexts)
	if o.State == nil {
		o.State = stateless{}
	}
	s := &Supervisor{options: o, reaper: r, copying: make(chan struct{})}
	close(s.copying)
	s.guard = newGuard(s, o.Bounds)
	if _, err := s.instance(); err != nil {
		r.stop()
		return nil, err
	}
	return s, nil
}

// ErrClosed is the error of a cell that was begun or running when the
// supervisor was closed.
var ErrClosed = errors.New("the kernel is shutting down")

// instance gives the runtime process, a new one if there is none.
func (s *Supervisor) instance() (*instance, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, ErrClosed
	}
	if s.current != nil {
		return s.current, nil
	}
	in, _, err := s.replace()
	return in, err
}

// startLimit bounds the wait for a runtime process to become ready.
const startLimit = 30 * time.Second

// readyInstance waits for a runtime process that can run cells, and, if copied
// says so, of which a copy is made before.
func (s *Supervisor) readyInstance(copied bool) (*instance, error) {
	in, err := s.instance()
	if err != nil {
		return nil, err
	}
	select {
	case <-in.ready:
		select {
		case <-in.prepared:
		case <-in.ended:
		}
		if !isClosed(in.ended) {
			if copied {
				s.ensureCopy(in)
			}
			return in, nil
		}
		<-in.replaced // it died while no cell was running
		return s.readyInstance(copied)
	case <-in.ended:
		if isClosed(in.ready) {
			<-in.replaced
			return s.readyInstance(copied)
		}
		return nil, &Death{Status: in.exit, LastWords: in.lastWords(), Unready: true}
	case <-time.After(startLimit):
		in.kill()
		return nil, errors.New("the runtime process did not become ready in 30 s and was killed")
	}
}

// Execute runs one cell and returns how it ended. The error is a *Death if the
// runtime process did not survive the cell; it tells what is left.
func (s *Supervisor) Execute(c Cell) (wire.Done, error) {
	in, err := s.readyInstance(!c.WarmUp)
	if err != nil {
		return wire.Done{}, err
	}
	r, err := s.beginRun(in, c)
	if err != nil {
		return wire.Done{}, err
	}
	defer s.endRun(r)
	done := in.begin(c.Output, r.id)
	defer in.finish()
	s.guard.begin(in)
	if c.Interrupted != nil && c.Interrupted() {
		s.Interrupt()
	}
	switch err := in.send(c, r.id); {
	case isGone(err):
		s.diedBefore(r, c.Output)
		return s.Execute(c)
	case err != nil:
		return wire.Done{}, fmt.Errorf("send the cell to the runtime process: %w", err)
	}
	go s.watchDeadlock(r)
	var stdin sync.WaitGroup
	stdin.Go(func() { in.serveStdin(r.cell, r.asking, c.Input) })
	defer stdin.Wait()
	defer r.end()
	select {
	case d := <-done:
		r.end()
		s.settle(r)
		return s.outcome(r, d), nil
	case <-in.ended:
		select {
		case d := <-done: // it ended the cell before it died
			return s.outcome(r, d), nil
		default:
			return s.died(r)
		}
	}
}

// outcome is how a cell ended. One that was interrupted may come to its end all
// the same, without the input or the child that it waited for.
func (s *Supervisor) outcome(r *run, d wire.Done) wire.Done {
	s.mu.Lock()
	defer s.mu.Unlock()
	d.Stuck = r.stuck
	if r.deadlock {
		return wire.Done{ID: d.ID, Status: wire.StatusError, Name: "deadlock", Value: "all goroutines are asleep - deadlock!", Frames: d.Frames}
	}
	if r.interrupted && d.Status == wire.StatusOK {
		return wire.Done{ID: d.ID, Status: wire.StatusInterrupted, Name: "interrupted", Value: "the cell was interrupted", Stuck: d.Stuck}
	}
	return d
}

func (s *Supervisor) beginRun(in *instance, c Cell) (*run, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, ErrClosed
	}
	s.cells++
	s.fresh = s.fresh && c.WarmUp
	s.last = c.Output
	r := &run{in: in, id: s.cells, began: reap.Now()}
	r.cell, r.end = context.WithCancel(context.Background())
	r.asking, r.stopAsking = context.WithCancel(r.cell)
	s.running = r
	return r, nil
}

func (s *Supervisor) endRun(r *run) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running = nil
	r.end()
}

// send asks the runtime to run a cell.
func (in *instance) send(c Cell, id uint64) error {
	stdin, err := in.freshStdin()
	if err != nil {
		return err
	}
	e := wire.Execute{ID: id, Name: c.Name, Source: c.Source, Entry: c.Entry, Text: c.Text}
	if stdin < 0 {
		return in.request(wire.KindExecute, e)
	}
	defer unix.Close(stdin)
	e.NewStdin = true
	return in.request(wire.KindExecute, e, stdin)
}

// Close ends the runtime process and everything below it. A cell that runs
// ends with ErrClosed. When Close returns, also when it was called before,
// nothing is left.
func (s *Supervisor) Close() {
	s.closing.Do(func() {
		s.mu.Lock()
		s.closed = true
		in := s.current
		s.mu.Unlock()
		s.guard.stop()
		if in != nil {
			in.kill()
			<-in.replaced
		}
		s.endCopies()
		s.endOrphans()
		sweep()
		ccell.Forget(ccell.Folders(), s.options.Mark)
		s.reaper.stop()
	})
}
