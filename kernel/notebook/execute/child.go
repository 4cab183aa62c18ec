package execute

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"ipclab/kernel/connection"
)

// child is the kernel process, with the private folder that its connection file
// and its sockets are in.
type child struct {
	cmd    *exec.Cmd
	info   *connection.Info
	folder string
	stderr tail
	gone   chan struct{} // closed when the process has ended
}

// startChild starts command with the path of a connection file after it, in
// directory dir.
func startChild(command []string, dir string) (_ *child, err error) {
	c := &child{gone: make(chan struct{})}
	if c.folder, err = privateFolder(); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			os.RemoveAll(c.folder)
		}
	}()
	if c.info, err = newConnection(c.folder); err != nil {
		return nil, err
	}
	file := filepath.Join(c.folder, "kernel.json")
	if err := c.info.Write(file); err != nil {
		return nil, err
	}
	c.cmd = exec.Command(command[0], append(slices.Clone(command[1:]), file)...)
	c.cmd.Args[0] = "ipclab"
	c.cmd.Dir = dir
	c.cmd.Stderr = &c.stderr
	c.cmd.WaitDelay = time.Second
	// The variable makes the kernel end when this process has gone.
	c.cmd.Env = append(os.Environ(), "JPY_PARENT_PID="+strconv.Itoa(os.Getpid()))
	// A group of its own: Ctrl-C at the terminal is not for the kernel.
	c.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := c.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start kernel %s: %w", strings.Join(command, " "), err)
	}
	go func() {
		c.cmd.Wait() // how it ended is read from ProcessState
		close(c.gone)
	}()
	return c, nil
}

// stop ends the process and removes its folder. The process was asked to end
// already and gets grace to do so, then SIGTERM and the same time again.
func (c *child) stop(grace time.Duration) error {
	for _, signal := range []os.Signal{syscall.SIGTERM, syscall.SIGKILL} {
		if c.wait(grace) {
			break
		}
		c.cmd.Process.Signal(signal) // fails only if it has ended
	}
	<-c.gone
	return os.RemoveAll(c.folder)
}

// wait waits for the end of the process, for d at most.
func (c *child) wait(d time.Duration) bool {
	select {
	case <-c.gone:
		return true
	case <-time.After(d):
		return false
	}
}

// death says how the process ended, with the last line that it wrote to stderr.
func (c *child) death() error {
	how := c.cmd.ProcessState.String()
	if last := c.stderr.lastLine(); last != "" {
		how += ": " + last
	}
	return errors.New("the kernel died: " + how)
}

// tail keeps the end of what is written to it.
type tail struct {
	mu   sync.Mutex
	text []byte
}

const tailSize = 4 << 10

var _ io.Writer = (*tail)(nil)

// Write implements io.Writer, and never fails.
func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, p...)
	if over := len(t.text) - tailSize; over > 0 {
		t.text = append(t.text[:0], t.text[over:]...)
	}
	return len(p), nil
}

func (t *tail) lastLine() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	text := strings.TrimSpace(string(t.text))
	return strings.TrimSpace(text[strings.LastIndexByte(text, '\n')+1:])
}
