package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sys/unix"

	"ipclab/kernel/notebook"
	"ipclab/kernel/notebook/execute"
)

const runHelp = `Run the code cells of notebooks in order, each notebook in a kernel of its own,
print what they show, and write the notebook with its outputs.

NAME.ipynb is written to NAME.executed.ipynb beside it, unless --in-place or
--output says otherwise; after a failure too, with the outputs up to there.

A cell that fails ends the notebook, unless the cell is tagged raises-exception
or --allow-errors is given; cells tagged skip-execution are passed over. Cells
may read standard input if it is a terminal. Ctrl-C interrupts the cell that
runs and ends the run after it; a second Ctrl-C ends it at once.

Exit status: 0 if all went well, 1 if a cell or the kernel failed, 2 if a
notebook cannot be read or the command line is wrong.`

// runOptions are the flags of run.
type runOptions struct {
	output      string
	inPlace     bool
	allowErrors bool
	timeout     time.Duration
}

func runCommand() *cobra.Command {
	var o runOptions
	c := &cobra.Command{
		Use:   "run NOTEBOOK...",
		Short: "Run notebooks without Jupyter and print their outputs",
		Long:  runHelp,
		Args:  cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if o.output != "" && len(args) > 1 {
				return badInput(fmt.Errorf("--output %s: needs exactly one notebook, got %d", o.output, len(args)))
			}
			if o.timeout < 0 {
				return badInput(fmt.Errorf("--timeout %v: needs a duration of 0 or more", o.timeout))
			}
			return o.run(args, c.OutOrStdout())
		},
	}
	f := c.Flags()
	f.StringVarP(&o.output, "output", "o", "", "write the notebook with its outputs to this `file`")
	f.BoolVar(&o.inPlace, "in-place", false, "write it over the notebook itself")
	f.BoolVar(&o.allowErrors, "allow-errors", false, "go on after a cell that fails")
	f.DurationVar(&o.timeout, "timeout", 10*time.Minute, "interrupt a cell that runs longer; 0 for never")
	c.MarkFlagsMutuallyExclusive("output", "in-place")
	return c
}

// target says where a notebook is written when it has been run.
func (o *runOptions) target(path string) string {
	switch {
	case o.output != "":
		return o.output
	case o.inPlace:
		return path
	}
	return strings.TrimSuffix(path, ".ipynb") + ".executed.ipynb"
}

// run reads all notebooks before it runs the first, so that a wrong name does
// not come to light after an hour.
func (o *runOptions) run(paths []string, out io.Writer) error {
	notebooks := make([]*notebook.Notebook, len(paths))
	for i, path := range paths {
		n, err := notebook.Read(path)
		if err != nil {
			return badInput(err)
		}
		if l := n.Language(); l != "" && l != "go" {
			return badInput(fmt.Errorf("read %s: its cells are written in %q, this kernel runs \"go\"", path, l))
		}
		if err := writable(o.target(path)); err != nil {
			return badInput(fmt.Errorf("write %s: %w; --output names another file", o.target(path), err))
		}
		notebooks[i] = n
	}
	ctx, interrupt, stop := signals()
	defer stop()
	var failure error
	for i, path := range paths {
		err := o.runOne(ctx, interrupt, path, notebooks[i], out)
		if err == nil {
			continue
		}
		err = fmt.Errorf("run %s: %w", path, err)
		if failure != nil {
			fmt.Fprintf(os.Stderr, "ipclab: %v\n", failure)
		}
		failure = failed(err)
		if errors.Is(err, execute.ErrInterrupted) || ctx.Err() != nil {
			break
		}
	}
	return failure
}

// writable tells early whether a file can be replaced or made at path.
func writable(path string) error {
	if st, err := os.Stat(path); err == nil && !st.Mode().IsRegular() {
		return nil // a device or a directory: writing will tell
	}
	dir := filepath.Dir(path)
	return os.NewSyscallError("access "+dir, unix.Access(dir, unix.W_OK))
}

func (o *runOptions) runOne(ctx context.Context, interrupt <-chan struct{}, path string, n *notebook.Notebook, out io.Writer) error {
	runErr := execute.Run(ctx, n, execute.Options{
		Name:        path,
		Command:     []string{"/proc/self/exe", "kernel", "-f"},
		Dir:         filepath.Dir(path),
		Out:         out,
		Color:       execute.IsTerminal(os.Stdout) && os.Getenv("NO_COLOR") == "",
		Terminal:    execute.NewTerminal(os.Stdin, out),
		AllowErrors: o.allowErrors,
		CellTimeout: o.timeout,
		Interrupt:   interrupt,
	})
	target := o.target(path)
	if err := n.Write(target); err != nil {
		if runErr != nil {
			return fmt.Errorf("%w; write its outputs: %w", runErr, err)
		}
		return fmt.Errorf("write its outputs: %w", err)
	}
	fmt.Fprintf(out, "%s written\n", target)
	return runErr
}

// signals makes Ctrl-C an interrupt; a second one, or another signal that asks
// for the end, ends the context.
func signals() (context.Context, <-chan struct{}, func()) {
	ctx, cancel := context.WithCancel(context.Background())
	interrupt := make(chan struct{}, 1)
	received := make(chan os.Signal, 2)
	signal.Notify(received, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	go func() {
		defer cancel()
		select {
		case s := <-received:
			if s != syscall.SIGINT {
				return
			}
			interrupt <- struct{}{}
		case <-ctx.Done():
			return
		}
		select {
		case <-received:
		case <-ctx.Done():
		}
	}()
	return ctx, interrupt, func() {
		signal.Stop(received)
		cancel()
	}
}
