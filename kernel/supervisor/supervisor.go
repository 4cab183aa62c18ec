package supervisor

import (
	"context"
	"errors"
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/bounds"
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
	Bounds    bounds.Bounds
}

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

	mu      sync.Mutex
	current *instance // nil before the first and after one that died unready
	last    Output    // of the last cell
	running *run      // nil between cells
	cells   uint64    // how many cells were run: the id of the last
	closed  bool

	closing sync.Once
}

// A run is a cell that runs.
type run struct {
	in          *instance
	id          uint64
	cell        context.Context // ends with the cell
	end         context.CancelFunc
	asking      context.Context // ends with the cell, or when that is interrupted
	stopAsking  context.CancelFunc
	interrupted bool // an interrupt was asked for
	killed      bool // it did not heed the interrupt
}

// New makes a supervisor and begins to start the runtime process; Execute
// waits for it. It makes the calling process a subreaper.
func New(o Options) (*Supervisor, error) {
	r, err := newReaper()
	if err != nil {
		return nil, err
	}
	removeOldTexts(o.KeptTexts)
	s := &Supervisor{options: o, reaper: r}
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
	in, err := startInstance(s.options, s.reaper)
	if err != nil {
		return nil, err
	}
	s.current = in
	go s.watch(in)
	return in, nil
}

// watch replaces a runtime process when it dies. One that dies before it was
// ready is not replaced before it is asked for: it would die again.
func (s *Supervisor) watch(in *instance) {
	<-in.ended
	s.mu.Lock()
	idle := !in.told && (s.running == nil || s.running.in != in)
	closed, output := s.closed, s.last
	s.mu.Unlock()
	if !closed {
		s.endOrphans()
	}
	s.mu.Lock()
	s.current = nil
	s.mu.Unlock()
	close(in.replaced)
	if closed || !isClosed(in.ready) {
		return
	}
	if idle && output != nil {
		output.Stream("stderr", (&Death{Status: in.exit, Idle: true, Cause: s.guard.cause(in)}).Error()+"\n")
	}
	_, _ = s.instance() // where this fails, the next cell gets the error
}

// startLimit bounds the wait for a runtime process to become ready.
const startLimit = 30 * time.Second

// readyInstance waits for a runtime process that can run cells.
func (s *Supervisor) readyInstance() (*instance, error) {
	in, err := s.instance()
	if err != nil {
		return nil, err
	}
	select {
	case <-in.ready:
		if !isClosed(in.ended) {
			return in, nil
		}
		<-in.replaced // it died while no cell was running
		return s.readyInstance()
	case <-in.ended:
		if isClosed(in.ready) {
			<-in.replaced
			return s.readyInstance()
		}
		return nil, &Death{Status: in.exit, LastWords: in.lastWords(), Unready: true}
	case <-time.After(startLimit):
		in.kill()
		return nil, errors.New("the runtime process did not become ready in 30 s and was killed")
	}
}

// Execute runs one cell and returns how it ended. The error is a *Death if the
// runtime process did not survive the cell, and with it went what cells had
// defined.
func (s *Supervisor) Execute(c Cell) (wire.Done, error) {
	in, err := s.readyInstance()
	if err != nil {
		return wire.Done{}, err
	}
	r, err := s.beginRun(in, c.Output)
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
	if err := in.send(c, r.id); err != nil {
		return s.died(r) // it cannot be reached: it is about to die, or dead
	}
	var stdin sync.WaitGroup
	stdin.Go(func() { in.serveStdin(r.cell, r.asking, c.Input) })
	defer stdin.Wait()
	defer r.end()
	select {
	case d := <-done:
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
	if r.interrupted && d.Status == wire.StatusOK {
		return wire.Done{ID: d.ID, Status: wire.StatusInterrupted, Name: "interrupted", Value: "the cell was interrupted"}
	}
	return d
}

func (s *Supervisor) beginRun(in *instance, o Output) (*run, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, ErrClosed
	}
	s.cells++
	s.last = o
	r := &run{in: in, id: s.cells}
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

// died describes the end of the runtime process under a cell.
func (s *Supervisor) died(r *run) (wire.Done, error) {
	r.in.kill()
	<-r.in.ended
	s.mu.Lock()
	defer s.mu.Unlock()
	r.in.told = true
	if s.closed {
		return wire.Done{}, ErrClosed
	}
	return wire.Done{}, &Death{Status: r.in.exit, LastWords: r.in.lastWords(), Interrupted: r.killed, Cause: s.guard.cause(r.in)}
}

// endOrphans ends every process below the kernel that no living runtime owns.
// Runtime processes are started one after the other, so that is all of them.
func (s *Supervisor) endOrphans() []int {
	return reap.KillAll(func() []int { return reap.Descendants(os.Getpid(), false) }, closeLimit)
}

// closeLimit bounds how long processes are killed that do not go.
const closeLimit = 3 * time.Second

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
		s.endOrphans()
		s.reaper.stop()
	})
}
