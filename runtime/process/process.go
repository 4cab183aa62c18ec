package process

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/mapped"
	"ipclab/ipclab/mime"
	"ipclab/ipclab/reserve"
	"ipclab/runtime/ccell"
	"ipclab/runtime/eval"
	"ipclab/runtime/fork"
	"ipclab/runtime/reap"
	"ipclab/runtime/wire"
)

// A worker is the state of the runtime process.
type worker struct {
	plumbing    plumbing
	kernel      int // its process number
	requests    *wire.Conn
	looking     *look // the last look at a variable; nil before the first
	events      *wire.Conn
	interpreter *eval.Interpreter
	tasks       chan task
	goroutines  int         // how many there are between cells if none is a cell's
	copied      bool        // a frozen copy was made by the last task
	running     chan uint64 // holds the id of the running cell
	gathered    uint64      // bytes of the heap that were in use when it was gathered last
	limits      limits      // as they are between cells
}

// maxStack bounds the stack of a goroutine, so that endless recursion ends soon.
// A call of an interpreted function takes 330 bytes of it, one of a function
// literal three thousand.
const maxStack = 128 << 20

// Main runs the runtime process and returns its exit status. It is called on
// the main goroutine, by a kernel's child only.
func Main() int {
	if folders := os.Getenv(sweeperVariable); folders != "" {
		sweep(strings.Split(folders, "\n"))
		return 0
	}
	kernel := os.Getppid()
	mark, leftovers, programs := os.Getenv(reap.MarkVariable), os.Getenv(LeftoversVariable), ccell.Folders()
	// What a panic in a goroutine prints is for the student, who has no use
	// for the interpreter's stack.
	debug.SetTraceback("none")
	debug.SetMaxStack(maxStack)
	// A stopped runtime whose kernel dies gets SIGHUP with SIGCONT; it must
	// go on to see the end of its lifeline. Where that cannot be had, it dies.
	_ = fork.PassOver(unix.SIGHUP)
	p, err := movePlumbing()
	if err != nil {
		fmt.Fprintln(os.Stderr, "ipclab runtime: must be started by ipclab kernel:", err)
		return 2
	}
	reserve.Descriptors(p.own()...)
	keepBounds() // not before: it reads files, and the network poller would begin at a low number
	go watchLifeline(p.kernel, mark, leftovers, os.TempDir(), programs)
	w := &worker{plumbing: p, kernel: kernel, requests: wire.NewConn(p.requests), events: wire.NewConn(p.events), tasks: make(chan task, 1), running: make(chan uint64, 1)}
	w.interpreter = eval.New(exitInChild)
	mime.SetSink(sink{w.events})
	w.boundIdleHeap()
	w.limits = currentLimits()
	if err := w.warmUp(); err != nil {
		fmt.Fprintln(os.Stderr, "ipclab runtime:", err)
		return 1
	}
	if err := w.events.Send(wire.KindReady, wire.Ready{PID: os.Getpid()}); err != nil {
		fmt.Fprintln(os.Stderr, "ipclab runtime:", err)
		return 1
	}
	return w.serve()
}

// warmUp runs what every first cell needs, so that no user waits for it.
func (w *worker) warmUp() error {
	o := w.interpreter.Run(eval.Program{Name: "warm-up", Entry: "warmUp", Source: `package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"ipclab"
	host "ipclab/host"
)

var (
	_ = fmt.Sprint
	_ = io.EOF
	_ = os.Stdout
	_ = time.Now
	_ = ipclab.Fork
)

func warmUp() { host.Result(fmt.Sprint(1)) }
`})
	if o.Rejected != nil {
		return fmt.Errorf("warm-up: %w", o.Rejected)
	}
	return nil
}

// serve does one task after another. It returns after one that has failed.
func (w *worker) serve() int {
	go w.receive()
	w.goroutines = runtime.NumGoroutine()
	for {
		if err := w.next()(); err != nil {
			if w.kernelIsGone(err) {
				select {}
			}
			fmt.Fprintln(os.Stderr, "ipclab runtime:", err)
			return 1
		}
	}
}

// idleAfter is how long after a copy was made there is time for Own. Cells that
// follow each other at once are not to wait for it.
const idleAfter = 3 * time.Millisecond

// next waits for a task.
func (w *worker) next() task {
	if w.copied {
		w.copied = false
		idle := time.NewTimer(idleAfter)
		defer idle.Stop()
		select {
		case do := <-w.tasks:
			return do
		case <-idle.C:
			fork.Own(func() bool { return len(w.tasks) > 0 })
		}
	}
	return <-w.tasks
}

// A task is what the kernel asks for, to be done on the main goroutine. After
// an error the process is of no use.
type task func() error

// A cellRequest is a request to run a cell; stdin is -1 or a new standard
// input.
type cellRequest struct {
	wire.Execute
	stdin int
}

// receive passes tasks on and carries out interrupts, until the end of the
// conversation. In a forked child that is at once, and the
// process must not end with it.
func (w *worker) receive() {
	for {
		frame, err := w.requests.Receive()
		switch {
		case fork.InChild():
			return
		case errors.Is(err, wire.ErrMalformed):
			fmt.Fprintln(os.Stderr, "ipclab runtime:", err)
			continue
		case errors.Is(err, io.EOF), w.kernelIsGone(err):
			return
		case err != nil:
			fmt.Fprintln(os.Stderr, "ipclab runtime:", err)
			os.Exit(1)
		}
		w.dispatch(frame)
	}
}

func (w *worker) dispatch(frame *wire.Frame) {
	defer frame.Close()
	w.looking.end() // what is asked for now goes first
	switch frame.Kind {
	case wire.KindExecute:
		r := cellRequest{stdin: -1}
		if err := frame.Decode(&r.Execute); err != nil {
			fmt.Fprintln(os.Stderr, "ipclab runtime:", err)
			return
		}
		if r.NewStdin && len(frame.Files) == 1 {
			r.stdin, _ = unix.FcntlInt(frame.Files[0].Fd(), unix.F_DUPFD_CLOEXEC, plumbingFrom)
		}
		w.tasks <- func() error { return w.run(r) }
	case wire.KindFreeze:
		if len(frame.Files) != 1 {
			fmt.Fprintln(os.Stderr, "ipclab runtime: asked for a copy without a socket for it")
			return
		}
		control, _ := unix.FcntlInt(frame.Files[0].Fd(), unix.F_DUPFD_CLOEXEC, plumbingFrom)
		frame.Close() // before the copy is made, which would have lost it
		frozen := make(chan struct{})
		w.tasks <- func() error { return w.freeze(control, frozen) }
		<-frozen // a request that was taken before would be the copy's, too
	case wire.KindInterrupt:
		var i wire.Interrupt
		if err := frame.Decode(&i); err != nil {
			fmt.Fprintln(os.Stderr, "ipclab runtime:", err)
			return
		}
		w.interrupt(i.ID)
	case wire.KindInspect:
		w.look(frame)
	}
}

// interrupt stops cell id if it is the one that runs.
func (w *worker) interrupt(id uint64) {
	select {
	case running := <-w.running:
		if running == id {
			w.interpreter.Interrupt()
		}
		w.running <- running
	default:
	}
}

// run runs one cell and reports how it ended.
func (w *worker) run(r cellRequest) error {
	if r.stdin >= 0 {
		if err := w.plumbing.setStandardInput(r.stdin); err != nil {
			return err
		}
	}
	before := w.plumbing.identities()
	w.running <- r.ID
	o := graded(func() eval.Outcome {
		return w.interpreter.Run(eval.Program{Name: r.Name, Source: r.Source, Entry: r.Entry, Text: r.Text})
	})
	<-w.running
	if fork.InChild() {
		// A goroutine's panic has ended the wait for a cell that forked this
		// process meanwhile. The cell's goroutine ends the process.
		select {}
	}
	if w.plumbing.identities() != before {
		return errors.New("the cell has closed or replaced descriptors from 200 up, by which this process is connected to the kernel")
	}
	if err := w.limits.restore(); err != nil {
		return err
	}
	if err := w.plumbing.restoreStandard(); err != nil {
		return err
	}
	reviveFiles()
	d := done(r.ID, o)
	d.Alone = w.alone() && !mapped.Any()
	return w.events.Send(wire.KindDone, d)
}

// alone tells whether no goroutine of a cell is left. That of the last cell may
// need a moment to go.
func (w *worker) alone() bool {
	for range 5 {
		if runtime.NumGoroutine() <= w.goroutines {
			return true
		}
		runtime.Gosched()
	}
	return false
}

func done(id uint64, o eval.Outcome) wire.Done {
	d := wire.Done{ID: id, Status: wire.StatusOK}
	switch {
	case o.Rejected != nil:
		d.Status, d.Name, d.Value = wire.StatusRejected, "interpreter", o.Rejected.Error()
	case o.Failure != nil:
		d.Status, d.Name, d.Value, d.Frames = wire.StatusError, o.Failure.Name, o.Failure.Value, eval.Lines(o.Failure.Frames)
		d.Traceback = o.Failure.Traceback
		if o.Failure.Interrupted {
			d.Status = wire.StatusInterrupted
		}
	default:
		if o.Result != nil {
			d.Result = eval.JSON(o.Result)
		}
	}
	return d
}

// sink sends displays to the kernel and waits until they are shown.
type sink struct{ events *wire.Conn }

func (s sink) Display(d mime.Display) error {
	return s.events.SendAndWait(wire.KindDisplay, wire.Display{
		Data: eval.JSON(d.Data), Metadata: eval.JSON(d.Metadata), ID: d.ID, Update: d.Update,
	})
}

func (s sink) Clear(wait bool) error {
	return s.events.SendAndWait(wire.KindClear, wire.Clear{Wait: wait})
}
