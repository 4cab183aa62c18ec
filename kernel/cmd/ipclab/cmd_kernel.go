package main

import (
	"errors"

	"github.com/spf13/cobra"
)

func kernelCommand() *cobra.Command {
	var file string
	c := &cobra.Command{
		Use:   "kernel -f CONNECTION_FILE",
		Short: "Serve one Jupyter client; Jupyter starts this itself",
		Long: `Serve one Jupyter client; Jupyter starts this itself.

Environment:
  IPCLAB_MEMORY     memory of all processes of the cells together: 512M, 2G, 50% or none; default 50%
  IPCLAB_PROCESSES  processes of the cells at once: a number or none; default 512`,
		Args: noArguments,
		RunE: func(*cobra.Command, []string) error {
			if file == "" {
				return errors.New("kernel: needs -f CONNECTION_FILE")
			}
			return status(runKernel(file))
		},
	}
	c.Flags().StringVarP(&file, "connection-file", "f", "", "the connection `file` that Jupyter wrote (required)")
	return c
}

func runtimeCommand() *cobra.Command {
	return &cobra.Command{
		Use:    "runtime",
		Short:  "Evaluate cells; the kernel starts this itself",
		Args:   noArguments,
		Hidden: true,
		RunE: func(*cobra.Command, []string) error {
			return status(runRuntime())
		},
	}
}

// status turns the exit status of a subcommand that has already reported its
// errors into what run returns.
func status(code int) error {
	if code == 0 {
		return nil
	}
	return &exitError{code: code}
}
