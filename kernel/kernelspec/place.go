package kernelspec

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// Place says where a kernelspec is installed. At most one field is set; none
// means the user's own folder.
type Place struct {
	SysPrefix bool   // in the Python environment in use
	Prefix    string // below this folder, for instance /usr/local
}

// DataDir gives the Jupyter data folder of the place.
func (p Place) DataDir() (string, error) {
	switch {
	case p.SysPrefix:
		prefix, err := sysPrefix()
		if err != nil {
			return "", err
		}
		return filepath.Join(prefix, "share", "jupyter"), nil
	case p.Prefix != "":
		prefix, err := filepath.Abs(p.Prefix)
		return filepath.Join(prefix, "share", "jupyter"), err
	}
	return userDataDir()
}

// Folder gives the folder of the kernelspec called name.
func (p Place) Folder(name string) (string, error) {
	if err := CheckName(name); err != nil {
		return "", err
	}
	data, err := p.DataDir()
	return filepath.Join(data, "kernels", name), err
}

// userDataDir follows jupyter_core.paths.jupyter_data_dir.
func userDataDir() (string, error) {
	if dir := os.Getenv("JUPYTER_DATA_DIR"); dir != "" {
		return filepath.Abs(dir)
	}
	if dir := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "jupyter"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("find the user's Jupyter folder: %w; set JUPYTER_DATA_DIR", err)
	}
	return filepath.Join(home, ".local", "share", "jupyter"), nil
}

// sysPrefix gives the environment that python would be run from: the active one,
// else that of the python on PATH.
func sysPrefix() (string, error) {
	for _, name := range []string{"VIRTUAL_ENV", "CONDA_PREFIX"} {
		if dir := os.Getenv(name); dir != "" {
			return dir, nil
		}
	}
	for _, python := range []string{"python3", "python"} {
		if out, err := output(5*time.Second, python, "-c", "import sys; print(sys.prefix)"); err == nil {
			return out, nil
		}
	}
	return "", errors.New("find sys.prefix: no environment is active and no python is on PATH; use --prefix DIR")
}

// output runs a program and gives what it prints, without white space around
// it. The error wraps that of os/exec.
func output(limit time.Duration, name string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.WaitDelay = time.Second
	out, err := cmd.Output()
	if ctx.Err() != nil {
		err = fmt.Errorf("%s: no answer within %v: %w", name, limit, ctx.Err())
	}
	return strings.TrimSpace(string(out)), err
}
