// Command ipclab is a Jupyter kernel for Go cells that teach interprocess
// communication, together with what installs it, checks it and runs notebooks
// without Jupyter.
//
// Jupyter starts "ipclab kernel"; the kernel starts "ipclab runtime". Both must
// be ready within milliseconds, so nothing in this package does work before
// main has chosen the subcommand.
//
// Exit status: 0 for success, 1 when the work failed (a cell raised an error,
// something needed is missing), 2 for bad usage or bad input.
package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"ipclab/ipclab/machine"
)

const (
	exitFailed   = 1 // the work was understood and failed
	exitBadInput = 2 // the command line or a file given on it is wrong
)

// exitError is an error with the exit status it ends the program with. A nil
// err means that everything there is to say has been said.
type exitError struct {
	code int
	err  error
}

// Error implements error.
func (e *exitError) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit status %d", e.code)
	}
	return e.err.Error()
}

// Unwrap gives the error itself, or nil.
func (e *exitError) Unwrap() error { return e.err }

func failed(err error) error   { return &exitError{exitFailed, err} }
func badInput(err error) error { return &exitError{exitBadInput, err} }

func main() { os.Exit(run(os.Args[1:])) }

// run runs the subcommand that args name and returns the exit status.
func run(args []string) int {
	machine.Built(version)
	root := newRoot()
	root.SetArgs(args)
	return report(root.ExecuteC())
}

// report prints the error of a command as one line and returns its exit status.
// An error without a status of its own comes from the command line parser.
func report(c *cobra.Command, err error) int {
	if err == nil {
		return 0
	}
	var e *exitError
	if !errors.As(err, &e) {
		fmt.Fprintf(os.Stderr, "ipclab: %v; see '%s --help'\n", err, c.CommandPath())
		return exitBadInput
	}
	if e.err != nil {
		fmt.Fprintf(os.Stderr, "ipclab: %v\n", e.err)
	}
	return e.code
}

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:                "ipclab",
		Short:              "A Jupyter kernel in Go for learning interprocess communication",
		SilenceErrors:      true,
		SilenceUsage:       true,
		DisableSuggestions: true, // they take lines of their own
		CompletionOptions:  cobra.CompletionOptions{HiddenDefaultCmd: true},
	}
	root.AddCommand(
		kernelCommand(), runtimeCommand(), runCommand(), installCommand(), uninstallCommand(),
		doctorCommand(), forkCheckCommand(), versionCommand(),
	)
	return root
}

// noArguments is for commands that take flags only.
func noArguments(c *cobra.Command, args []string) error {
	if len(args) > 0 {
		return fmt.Errorf("%s: takes no arguments, got %q", c.Name(), args[0])
	}
	return nil
}

// atMostOne is an error if two of the flags are on the command line.
func atMostOne(c *cobra.Command, flags ...string) error {
	var given string
	for _, name := range flags {
		switch {
		case !c.Flags().Changed(name):
		case given != "":
			return fmt.Errorf("%s: --%s and --%s exclude each other", c.Name(), given, name)
		default:
			given = name
		}
	}
	return nil
}
