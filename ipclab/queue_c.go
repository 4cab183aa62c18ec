package ipclab

import (
	_ "embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/scratch"
)

//go:embed queuec/course.c
var courseQueueSource string

//go:embed queuec/speed.c
var queueSpeedSource string

// compileLimit is how long a C compiler may take.
const compileLimit = 30 * time.Second

// errNoCompiler says that there is none, and how to get one.
var errNoCompiler = because(unix.ENOENT, "there is no C compiler, neither cc nor gcc; install one: apt-get install gcc libc6-dev")

// A cProgram is a C program that has been compiled. Its file has no name any more: nothing is left of it when this process
// is killed.
type cProgram struct {
	name string
	fd   int
}

// compileC compiles a C program. The caller has to close it.
func compileC(name, source string) (*cProgram, error) {
	compiler, err := findCompiler()
	if err != nil {
		return nil, err
	}
	folder, err := scratch.New(os.TempDir(), "ipclab-c")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	program := filepath.Join(folder, name)
	const owner = 0o600
	if err := os.WriteFile(program+".c", []byte(source), owner); err != nil {
		return nil, err
	}
	compile := exec.Command(compiler, "-O2", "-o", program, program+".c", "-pthread")
	compile.Env = append(os.Environ(), "TMPDIR="+folder) // a compiler that is killed leaves its own files there
	if _, err := runC(compileLimit, name+".c", compile); err != nil {
		return nil, err
	}
	fd, err := retry(func() (int, error) { return unix.Open(program, unix.O_RDONLY|unix.O_CLOEXEC, 0) })
	if err != nil {
		return nil, err
	}
	return &cProgram{name: name, fd: fd}, nil
}

// findCompiler returns the path of the system's C compiler.
func findCompiler() (string, error) {
	for _, name := range []string{"cc", "gcc"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errNoCompiler
}

// close gives the program's file back.
func (p *cProgram) close() { unix.Close(p.fd) }

// run runs the program within the limit and returns what it printed.
func (p *cProgram) run(limit time.Duration, arguments ...string) (string, error) {
	return runC(limit, p.name, exec.Command("/proc/self/fd/"+strconv.Itoa(p.fd), arguments...))
}

// runC runs a program within the limit and returns what it printed. Errors call it by name.
func runC(limit time.Duration, name string, c *exec.Cmd) (string, error) {
	var out, errs strings.Builder
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
		return "", because(unix.ETIMEDOUT, "%s was not done within %v", name, limit)
	}
	if exit, ok := errors.AsType[*exec.ExitError](err); ok && interrupted(exit) {
		return "", because(unix.EINTR, "interrupted")
	}
	if err != nil {
		return "", fmt.Errorf("%s: %w: %s", name, err, strings.TrimSpace(errs.String()))
	}
	return out.String(), nil
}

// interrupted reports whether SIGINT ended a program.
func interrupted(e *exec.ExitError) bool {
	status, ok := e.Sys().(unix.WaitStatus)
	return ok && status.Signaled() && status.Signal() == unix.SIGINT
}
