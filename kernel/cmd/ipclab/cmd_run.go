package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sys/unix"

	"ipclab/ipclab/machine"
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

// kernelCommandLine starts this program as a kernel, whose connection file comes
// after it.
var kernelCommandLine = []string{"/proc/self/exe", "kernel", "-f"}

// runOptions are the flags of run.
type runOptions struct {
	output      string
	inPlace     bool
	allowErrors bool
	provenance  bool
	timeout     time.Duration
}

func runCommand() *cobra.Command {
	var o runOptions
	c := &cobra.Command{
		Use:   "run NOTEBOOK...",
		Short: "Run notebooks without Jupyter and print their outputs",
		Long:  runHelp,
		RunE: func(c *cobra.Command, args []string) error {
			if err := o.check(c, args); err != nil {
				return err
			}
			return o.run(args, c.OutOrStdout())
		},
	}
	f := c.Flags()
	f.StringVarP(&o.output, "output", "o", "", "write the notebook with its outputs to this `file`")
	f.BoolVar(&o.inPlace, "in-place", false, "write it over the notebook itself")
	f.BoolVar(&o.provenance, "provenance", false, "record in its metadata when and on what machine it was run")
	f.BoolVar(&o.allowErrors, "allow-errors", false, "go on after a cell that fails")
	f.DurationVar(&o.timeout, "timeout", 10*time.Minute, "interrupt a cell that runs longer; 0 for never")
	return c
}

func (o *runOptions) check(c *cobra.Command, args []string) error {
	switch {
	case len(args) == 0:
		return errors.New("run: needs the name of a notebook")
	case o.output == "" && c.Flags().Changed("output"):
		return errors.New(`run: --output "": needs the name of a file`)
	case o.output != "" && len(args) > 1:
		return fmt.Errorf("run: --output %s: needs exactly one notebook, got %d", o.output, len(args))
	case o.timeout < 0:
		return fmt.Errorf("run: --timeout %v: needs a duration of 0 or more", o.timeout)
	}
	return atMostOne(c, "output", "in-place")
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
	notebooks, err := o.read(paths)
	if err != nil {
		return badInput(err)
	}
	ctx, interrupt, stop := signals()
	defer stop()
	terminal := execute.NewTerminal(os.Stdin, out)
	defer terminal.Close()
	options := execute.Options{
		Command:     kernelCommandLine,
		Out:         out,
		Color:       execute.IsTerminal(os.Stdout) && os.Getenv("NO_COLOR") == "",
		Terminal:    terminal,
		AllowErrors: o.allowErrors,
		CellTimeout: o.timeout,
		Interrupt:   interrupt,
	}
	var failure error
	for i, path := range paths {
		err := o.runOne(ctx, path, notebooks[i], options)
		if err == nil {
			continue
		}
		if failure != nil {
			fmt.Fprintf(os.Stderr, "ipclab: %v\n", failure)
		}
		failure = failed(fmt.Errorf("run %s: %w", path, err))
		if errors.Is(err, execute.ErrInterrupted) || ctx.Err() != nil {
			break
		}
	}
	return failure
}

// read reads the notebooks, and looks whether this kernel is theirs and whether
// they can be written.
func (o *runOptions) read(paths []string) ([]*notebook.Notebook, error) {
	notebooks := make([]*notebook.Notebook, len(paths))
	for i, path := range paths {
		n, err := notebook.Read(path)
		if err != nil {
			return nil, err
		}
		if l := n.Language(); l != "" && l != "go" {
			return nil, fmt.Errorf("read %s: its cells are written in %q, this kernel runs \"go\"", path, l)
		}
		if err := writable(o.target(path)); err != nil {
			return nil, fmt.Errorf("write %s: %w; --output names another file", o.target(path), err)
		}
		notebooks[i] = n
	}
	return notebooks, nil
}

// writable tells early whether a file can be replaced or made at path. Replacing
// one takes the right to write its folder; that to write the file itself is
// asked for too, because whoever took it away wants to keep the file.
func writable(path string) error {
	st, err := os.Stat(path)
	switch {
	case err == nil && st.IsDir():
		return syscall.EISDIR
	case err == nil && !st.Mode().IsRegular():
		return nil // a device: writing will tell
	case err == nil && unix.Access(path, unix.W_OK) != nil:
		return os.NewSyscallError("access", unix.Access(path, unix.W_OK))
	}
	dir := filepath.Dir(path)
	return os.NewSyscallError("access "+dir, unix.Access(dir, unix.W_OK))
}

func (o *runOptions) runOne(ctx context.Context, path string, n *notebook.Notebook, options execute.Options) error {
	options.Name, options.Dir = path, filepath.Dir(path)
	begun := time.Now()
	runErr := execute.Run(ctx, n, options)
	if o.provenance {
		if err := n.SetProvenance(begun, machine.Read()); err != nil {
			return err
		}
	}
	target := o.target(path)
	if err := n.Write(target); err != nil {
		if runErr != nil {
			return fmt.Errorf("%w; write its outputs: %w", runErr, err)
		}
		return fmt.Errorf("write its outputs: %w", err)
	}
	fmt.Fprintf(options.Out, "%s written\n", target)
	return runErr
}
