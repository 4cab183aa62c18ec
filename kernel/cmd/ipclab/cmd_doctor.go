package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"ipclab/kernel/kernelspec"
	"ipclab/kernel/notebook"
	"ipclab/kernel/notebook/execute"
	"ipclab/runtime/fork"
)

func doctorCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "doctor",
		Short: "Say what is missing on this machine, and what to type",
		Args:  noArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			binary, err := os.Executable()
			if err != nil {
				return failed(fmt.Errorf("find this program: %w", err))
			}
			findings := kernelspec.Machine{Binary: binary, ForkCheck: forkCheck, CellCheck: cellCheck}.Examine()
			if err := kernelspec.Print(c.OutOrStdout(), findings); err != nil {
				return failed(fmt.Errorf("print: %w", err))
			}
			if !kernelspec.Sound(findings) {
				return &exitError{code: exitFailed} // the table says what
			}
			return nil
		},
	}
}

// checkLimit bounds the checks that start a process.
const checkLimit = 10 * time.Second

// forkCheck has a process of its own try fork, which where it cannot work might
// crash or hang.
func forkCheck() error {
	ctx, cancel := context.WithTimeout(context.Background(), checkLimit)
	defer cancel()
	c := exec.CommandContext(ctx, "/proc/self/exe", forkCheckName)
	c.Args[0] = "ipclab"
	out, err := c.CombinedOutput()
	text, _, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
	if err != nil && text != "" {
		return fmt.Errorf("%w: %s", err, text)
	}
	return err
}

// cellCheck runs a cell as a notebook would.
func cellCheck() error {
	n, err := notebook.Parse([]byte(`{"nbformat": 4, "cells": [{"cell_type": "code", "source": "1 + 1"}]}`))
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), checkLimit)
	defer cancel()
	return execute.Run(ctx, n, execute.Options{Command: kernelCommandLine, Out: io.Discard, NoHistory: true})
}

const forkCheckName = "fork-check"

func forkCheckCommand() *cobra.Command {
	return &cobra.Command{
		Use:    forkCheckName,
		Args:   noArguments,
		Hidden: true,
		RunE: func(*cobra.Command, []string) error {
			if err := fork.Init(); err != nil {
				return failed(err)
			}
			return nil
		},
	}
}
