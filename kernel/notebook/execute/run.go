package execute

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"ipclab/kernel/connection"
	"ipclab/kernel/message"
	"ipclab/kernel/notebook"
)

// Options say how to run a notebook.
type Options struct {
	Name    string   // of the notebook, for the first line printed
	Command []string // the kernel: program and arguments, without the connection file's path
	Dir     string   // working directory of the kernel; empty: this process's

	Out      io.Writer // what is printed
	Color    bool      // keep colours, for a terminal
	Terminal *Terminal // answers cells that read standard input; nil: they get end of file

	NoHistory   bool            // keep the cells out of the user's history
	AllowErrors bool            // go on after a cell that fails
	CellTimeout time.Duration   // interrupt a cell that runs longer; 0: never
	Interrupt   <-chan struct{} // interrupts the cell that runs and ends the run after it; may be nil

	Patience Patience
}

// Patience bounds the waits for a kernel that may not answer. Zero fields mean
// the defaults.
type Patience struct {
	Start     time.Duration // until the first answer; 30 s
	Idle      time.Duration // between the reply to a cell and its end of output; 4 s, as in nbclient
	Interrupt time.Duration // until a cell that was interrupted for its time ends; 10 s
	Shutdown  time.Duration // until the kernel has ended, and again after SIGTERM; 3 s
}

func (p *Patience) setDefaults() {
	for _, d := range []struct {
		field *time.Duration
		value time.Duration
	}{{&p.Start, 30 * time.Second}, {&p.Idle, 4 * time.Second}, {&p.Interrupt, 10 * time.Second}, {&p.Shutdown, 3 * time.Second}} {
		if *d.field <= 0 {
			*d.field = d.value
		}
	}
}

// ErrInterrupted says that Options.Interrupt ended the run.
var ErrInterrupted = errors.New("interrupted")

// CellError is the failure of a cell.
type CellError struct {
	Cell, Of    int    // which of the cells to be run, from 1
	Name, Value string // class and text of the error
}

// Error implements error, in one line.
func (e *CellError) Error() string {
	value, _, _ := strings.Cut(strings.TrimSpace(e.Value), "\n")
	return fmt.Sprintf("cell %d of %d failed: %s: %s", e.Cell, e.Of, e.Name, value)
}

// run is one run of a notebook.
type run struct {
	Options
	notebook *notebook.Notebook
	child    *child
	client   *client
	printer  *printer
	shown    displays
	records  map[string]*record // by the id of the request
	stopping bool               // the user wants no further cell
}

// record is what a cell showed. Output can come after the cell has ended.
type record struct {
	cell    *notebook.Cell
	count   int
	outputs outputs
}

// Run runs the code cells of n in order and puts their outputs into it, also
// when it ends early. As in nbclient, blank cells and those tagged
// skip-execution are passed over, a cell tagged raises-exception may fail, and
// cells after a failure keep the outputs they had.
//
// The error is a *CellError if a cell failed, ErrInterrupted, ctx's cause, or
// says how the kernel failed. When ctx ends, so does the kernel, at once.
func Run(ctx context.Context, n *notebook.Notebook, o Options) (err error) {
	o.Patience.setDefaults()
	r := &run{
		Options: o, notebook: n, shown: displays{}, records: map[string]*record{},
		printer: &printer{out: o.Out, color: o.Color, start: time.Now()},
	}
	if r.child, err = startChild(o.Command, o.Dir); err != nil {
		return err
	}
	defer func() {
		r.store()
		if stopErr := r.shutdown(); err == nil {
			err = stopErr
		}
	}()
	if err := r.connect(ctx); err != nil {
		return err
	}
	return r.cells(ctx)
}

// connect waits until the kernel has said what it is.
func (r *run) connect(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, r.Patience.Start)
	defer cancel()
	go func() { // a kernel that has ended will not answer
		select {
		case <-r.child.gone:
			cancel()
		case <-ctx.Done():
		}
	}()
	err := r.ask(ctx)
	select {
	case <-r.child.gone:
		return r.child.death()
	default:
	}
	if err == nil {
		// All connections stand: nobody needs the files any more, and if this
		// process is killed, none is left.
		return os.RemoveAll(r.child.folder)
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("the kernel did not answer within %v of its start: %w", r.Patience.Start, err)
	}
	return err
}

func (r *run) ask(ctx context.Context) (err error) {
	if r.client, err = dial(ctx, r.child.info); err != nil {
		return err
	}
	id, err := r.client.send(connection.Shell, message.KernelInfoRequest{})
	if err != nil {
		return err
	}
	for {
		select {
		case e, ok := <-r.client.events:
			if !ok {
				return errors.New("the kernel closed its connections")
			}
			if e.Header.Type == "kernel_info_reply" && e.Parent().ID == id {
				return r.language(e.Message)
			}
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

func (r *run) language(reply *message.Message) error {
	v, err := notebook.DecodeJSON(reply.Content)
	if err != nil {
		return fmt.Errorf("kernel_info_reply: %w", err)
	}
	content, _ := v.(map[string]any)
	info, ok := content["language_info"].(map[string]any)
	if !ok {
		return errors.New("kernel_info_reply: it has no object language_info")
	}
	r.notebook.SetLanguage(info, map[string]any{
		"name": "ipclab", "language": "go", "display_name": "Go (ipclab)",
	})
	return nil
}

// cells runs what is to be run.
func (r *run) cells(ctx context.Context) error {
	var cells []*notebook.Cell
	for _, c := range r.notebook.Cells() {
		if c.Type() == notebook.Code && c.FirstLine() != "" && !c.Tagged("skip-execution") {
			cells = append(cells, c)
		}
	}
	r.printer.line(fmt.Sprintf("%s: %d cells to run, kernel ready in %v\n",
		r.Name, len(cells), short(time.Since(r.printer.start))))
	for i, c := range cells {
		if err := r.cell(ctx, i+1, len(cells), c); err != nil {
			return err
		}
	}
	return nil
}

// cell runs one cell and decides whether the run goes on.
func (r *run) cell(ctx context.Context, i, of int, c *notebook.Cell) error {
	select {
	case <-r.Interrupt:
		return ErrInterrupted
	default:
	}
	mayFail := r.AllowErrors || c.Tagged("raises-exception")
	r.printer.begin(i, of, c)
	start := time.Now()
	reply, err := r.execute(ctx, c, mayFail)
	r.printer.end(i, of, time.Since(start), err != nil || reply.Status != message.OK)
	switch {
	case err != nil:
		return fmt.Errorf("cell %d of %d: %w", i, of, err)
	case r.stopping:
		return ErrInterrupted
	case reply.Status == message.OK || mayFail && reply.Status == message.Failed:
		return nil
	case reply.Exception == nil:
		return &CellError{i, of, "not run", "the kernel answered " + reply.Status}
	}
	return &CellError{i, of, reply.Name, reply.Value}
}

// store puts what the cells showed into the notebook.
func (r *run) store() {
	for _, rec := range r.records {
		rec.cell.SetResult(rec.count, rec.outputs.file())
	}
}

// shutdown ends the kernel, and all of this run with it.
func (r *run) shutdown() error {
	grace := r.Patience.Shutdown
	if r.client == nil {
		grace = 0 // nobody can ask it
	} else {
		defer r.client.close()
		if _, err := r.client.send(connection.Control, message.ShutdownRequest{}); err != nil {
			grace = 0
		}
	}
	return r.child.stop(grace)
}
