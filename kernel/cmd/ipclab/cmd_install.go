package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"ipclab/kernel/kernelspec"
)

// placeFlags are the flags that install and uninstall share.
type placeFlags struct {
	user      bool
	sysPrefix bool
	prefix    string
	name      string
}

func (p *placeFlags) define(c *cobra.Command) {
	f := c.Flags()
	f.BoolVar(&p.user, "user", false, "for this user only (the default)")
	f.BoolVar(&p.sysPrefix, "sys-prefix", false, "in the Python environment that is active, or that of the python on PATH")
	f.StringVar(&p.prefix, "prefix", "", "below this `folder`, in share/jupyter/kernels")
	f.StringVar(&p.name, "name", kernelspec.DefaultName, "the `name` by which notebooks refer to the kernel")
}

func (p *placeFlags) check(c *cobra.Command) error {
	if err := atMostOne(c, "user", "sys-prefix", "prefix"); err != nil {
		return err
	}
	if p.prefix == "" && c.Flags().Changed("prefix") {
		return fmt.Errorf(`%s: --prefix "": needs the name of a folder`, c.Name())
	}
	if err := kernelspec.CheckName(p.name); err != nil {
		return fmt.Errorf("%s: --name: %w", c.Name(), err)
	}
	return nil
}

func (p *placeFlags) place() kernelspec.Place {
	return kernelspec.Place{SysPrefix: p.sysPrefix, Prefix: p.prefix}
}

func installCommand() *cobra.Command {
	var p placeFlags
	var display string
	c := &cobra.Command{
		Use:   "install",
		Short: "Make the kernel known to Jupyter",
		Long: `Write a kernelspec, by which Jupyter finds this program. It refers to the
program where it is now: install again after moving it.`,
		Args: noArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := p.check(c); err != nil {
				return err
			}
			if display == "" {
				return errors.New(`install: --display-name "": needs at least one character`)
			}
			binary, err := os.Executable()
			if err != nil {
				return failed(fmt.Errorf("find this program: %w", err))
			}
			folder, err := kernelspec.Install(kernelspec.Options{
				Place: p.place(), Name: p.name, DisplayName: display, Binary: binary,
			})
			if err != nil {
				return failed(fmt.Errorf("install: %w", withAdvice(err)))
			}
			fmt.Fprintf(c.OutOrStdout(), "installed %q in %s\n", display, folder)
			if kernelspec.Fleeting(binary) {
				fmt.Fprintf(os.Stderr, "ipclab: warning: the kernel is %s, which is in a folder for temporary files; move it and install again\n", binary)
			}
			return nil
		},
	}
	p.define(c)
	c.Flags().StringVar(&display, "display-name", kernelspec.DefaultDisplayName, "the `text` in Jupyter's menus")
	return c
}

// withAdvice adds to the error of a folder that one may not write to where one
// may.
func withAdvice(err error) error {
	if !errors.Is(err, fs.ErrPermission) {
		return err
	}
	return fmt.Errorf("%w; install with --user, or activate a Python environment of your own for --sys-prefix", err)
}

func uninstallCommand() *cobra.Command {
	var p placeFlags
	c := &cobra.Command{
		Use:   "uninstall",
		Short: "Undo install",
		Args:  noArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := p.check(c); err != nil {
				return err
			}
			folder, err := kernelspec.Uninstall(p.place(), p.name)
			if err != nil {
				return failed(fmt.Errorf("uninstall: %w", err))
			}
			fmt.Fprintf(c.OutOrStdout(), "removed %s\n", folder)
			return nil
		},
	}
	p.define(c)
	return c
}
