package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"ipclab/kernel/kernelspec"
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
			findings := kernelspec.Machine{Binary: binary, ForkCheck: forkCheck}.Examine()
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

// forkCheck has a process of its own try fork, which where it cannot work might
// crash or hang.
func forkCheck() error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, "/proc/self/exe", forkCheckName).CombinedOutput()
	text, _, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
	if err != nil && text != "" {
		return fmt.Errorf("%w: %s", err, text)
	}
	return err
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
