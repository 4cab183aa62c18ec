package ipclab

import (
	_ "embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

//go:embed queuec/course.c
var courseQueueSource string

//go:embed queuec/speed.c
var queueSpeedSource string

// compileLimit is how long a C compiler may take.
const compileLimit = 30 * time.Second

// errNoCompiler says that there is none, and how to get one.
var errNoCompiler = because(unix.ENOENT, "there is no C compiler, neither cc nor gcc; install one: apt-get install gcc libc6-dev")

// compileC compiles a C program into folder and returns its path.
func compileC(folder, name, source string) (string, error) {
	compiler, err := exec.LookPath("cc")
	if err != nil {
		compiler, err = exec.LookPath("gcc")
	}
	if err != nil {
		return "", errNoCompiler
	}
	program := filepath.Join(folder, name)
	const owner = 0o600
	if err := os.WriteFile(program+".c", []byte(source), owner); err != nil {
		return "", err
	}
	if _, err := runC(compileLimit, compiler, "-O2", "-o", program, program+".c", "-pthread"); err != nil {
		return "", err
	}
	return program, nil
}

// runC runs a program within the limit and returns what it printed.
func runC(limit time.Duration, program string, arguments ...string) (string, error) {
	var out, errs strings.Builder
	c := exec.Command(program, arguments...)
	c.Stdout, c.Stderr = &out, &errs
	c.SysProcAttr = &unix.SysProcAttr{Pdeathsig: unix.SIGKILL} // it ends with this process, or rather with this thread
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := c.Start(); err != nil {
		return "", err
	}
	late := time.AfterFunc(limit, func() { c.Process.Kill() })
	err := c.Wait()
	if !late.Stop() {
		return "", because(unix.ETIMEDOUT, "%s was not done within %v", filepath.Base(program), limit)
	}
	if exit, ok := errors.AsType[*exec.ExitError](err); ok && interrupted(exit) {
		return "", because(unix.EINTR, "interrupted")
	}
	if err != nil {
		return "", fmt.Errorf("%s: %w: %s", filepath.Base(program), err, strings.TrimSpace(errs.String()))
	}
	return out.String(), nil
}

// interrupted reports whether SIGINT ended a program.
func interrupted(e *exec.ExitError) bool {
	status, ok := e.Sys().(unix.WaitStatus)
	return ok && status.Signaled() && status.Signal() == unix.SIGINT
}
