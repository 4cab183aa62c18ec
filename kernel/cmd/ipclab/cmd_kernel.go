package main

import (
	"github.com/spf13/cobra"
)

func kernelCommand() *cobra.Command {
	var file string
	c := &cobra.Command{
		Use:   "kernel -f CONNECTION_FILE",
		Short: "Serve one Jupyter client; Jupyter starts this itself",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			return status(runKernel(file))
		},
	}
	c.Flags().StringVarP(&file, "connection-file", "f", "", "the connection file that Jupyter wrote (required)")
	if err := c.MarkFlagRequired("connection-file"); err != nil {
		panic(err) // the flag is defined one line above
	}
	return c
}

func runtimeCommand() *cobra.Command {
	return &cobra.Command{
		Use:    "runtime",
		Short:  "Evaluate cells; the kernel starts this itself",
		Args:   cobra.NoArgs,
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
