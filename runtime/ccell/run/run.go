package run

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"

	"ipclab/ipclab/interrupts"
	"ipclab/runtime/ccell"
	"ipclab/runtime/ccell/build"
)

// Cell carries out a cell of C. request is what ccell.Request.Encode has written. The
// error is a *ccell.Error.
func Cell(request string) error {
	r, cache, err := open(request)
	if err != nil {
		return worded(r, err)
	}
	if r.Keep != "" {
		err = keep(cache, r)
	} else {
		err = start(cache, r)
	}
	return worded(r, err)
}

// open reads a request, which is empty if it cannot be read, and opens the cache of compiled programs.
func open(request string) (*ccell.Request, *build.Cache, error) {
	r, err := ccell.Decode(request)
	if err != nil {
		return &ccell.Request{}, nil, err
	}
	cache, err := build.Open()
	return r, cache, err
}

// ahead is the program that Compile has compiled for the next Cell.
var ahead struct {
	sync.Mutex
	request string
	program *build.Program
}

// Compile compiles the program of a cell of C ahead, so that Cell with the same request need not: a trace of the cell is of the
// program then, and tracing does not make the compiler slow. The error is a *ccell.Error.
func Compile(request string) error {
	r, cache, err := open(request)
	if err != nil {
		return worded(r, err)
	}
	p, err := compile(cache, r)
	if err != nil {
		return worded(r, err)
	}
	ahead.Lock()
	defer ahead.Unlock()
	ahead.request, ahead.program = request, p
	return nil
}

// compiled returns what Compile has compiled for a request, once.
func compiled(request string) (p *build.Program) {
	ahead.Lock()
	defer ahead.Unlock()
	if ahead.request == request {
		p = ahead.program
	}
	ahead.request, ahead.program = "", nil
	return p
}

// compile has the program compiled, unless that was done ahead, and shows what the compiler warns of.
func compile(cache *build.Cache, r *ccell.Request) (*build.Program, error) {
	if p := compiled(r.Encode()); p != nil {
		return p, nil
	}
	p, err := cache.Compile(r)
	interrupts.Check() // it may be why the compiler has failed
	if err == nil && len(p.Warnings) > 0 {
		fmt.Fprintln(os.Stderr, strings.Join(p.Warnings, "\n"))
	}
	return p, err
}

func keep(cache *build.Cache, r *ccell.Request) error {
	p, err := compile(cache, r)
	if err != nil {
		return err
	}
	path, err := cache.Keep(p.Path, r.Keep)
	if err != nil {
		return fmt.Errorf("keep the program as %s: %w", r.Keep, err)
	}
	if path == r.Keep {
		fmt.Printf("%s is compiled.\n", path)
	} else {
		fmt.Printf("%s is compiled; cells start it by that name, as in ipclab.Program(%q).\n", r.Keep, r.Keep)
	}
	return nil
}

// start runs the program, and compiles it once more if another kernel has removed it from
// the cache in the moment since it was found there.
func start(cache *build.Cache, r *ccell.Request) error {
	p, err := compile(cache, r)
	if err != nil {
		return err
	}
	cmd := command(p.Path, r)
	if err = cmd.Start(); errors.Is(err, fs.ErrNotExist) && p.Found {
		if p, err = cache.Compile(r); err != nil {
			return err
		}
		cmd = command(p.Path, r)
		err = cmd.Start()
	}
	switch {
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%w; where %s is on a file system that is mounted noexec, the environment variable XDG_CACHE_HOME names another place",
			err, filepath.Dir(p.Path))
	case err != nil:
		return err
	}
	return wait(cmd, r)
}

func command(path string, r *ccell.Request) *exec.Cmd {
	cmd := &exec.Cmd{Path: path, Args: append([]string{r.Name}, r.Args...), Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr}
	if !r.Buffered {
		cmd.Env = append(os.Environ(), build.BufferVariable+"=1")
	}
	return cmd
}

// worded makes an error of this package's of any other.
func worded(r *ccell.Request, err error) error {
	var told *ccell.Error
	if err == nil || errors.As(err, &told) {
		return err
	}
	return failed(r, "CellError", err.Error())
}

// failed is the error of a cell as a whole: it is at the line of %%c.
func failed(r *ccell.Request, name, value string, more ...string) *ccell.Error {
	head := fmt.Sprintf("\x1b[1m%s:%d:\x1b[0m \x1b[1;31m%s: %s\x1b[0m", r.Cell, max(r.Line-1, 1), r.Name, value)
	return &ccell.Error{Name: name, Value: value, Traceback: append([]string{head}, more...)}
}
