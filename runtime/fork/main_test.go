//go:build linux && (amd64 || arm64) && !cgo

package fork

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// helpers are programs that the test binary plays, on its main goroutine, where a test needs a process of
// its own. They print to standard error what is wrong and return an exit status.
var helpers = map[string]func(args []string) int{}

const helperVariable = "IPCLAB_FORK_HELPER"

func TestMain(m *testing.M) {
	if name := os.Getenv(helperVariable); name != "" {
		os.Exit(helpers[name](os.Args[1:]))
	}
	if err := Init(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	before := descriptors()
	status := m.Run()
	if left := leaked(before); left != "" {
		fmt.Fprintln(os.Stderr, "left behind:", left)
		status = 1
	}
	os.Exit(status)
}

// leaked names child processes and descriptors that tests left behind. What the runtime has not finalized
// yet gets a second.
func leaked(before map[string]string) string {
	var left []string
	for range 100 {
		left = nil
		if pid, err := unix.Wait4(-1, nil, unix.WNOHANG, nil); err != unix.ECHILD {
			left = append(left, fmt.Sprintf("child process (%d, %v)", pid, err))
		}
		for fd, target := range descriptors() {
			if before[fd] == "" {
				left = append(left, fmt.Sprintf("descriptor %s: %s", fd, target))
			}
		}
		if left == nil {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	return strings.Join(left, ", ")
}

// descriptors returns what the process has open, without the descriptor needed to find out.
func descriptors() map[string]string {
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		panic(err)
	}
	open := make(map[string]string)
	for _, e := range entries {
		if target, err := os.Readlink("/proc/self/fd/" + e.Name()); err == nil {
			open[e.Name()] = target
		}
	}
	return open
}

// runHelper runs a helper and returns what it wrote. It fails the test if the helper fails or takes longer
// than limit.
func runHelper(t *testing.T, limit time.Duration, name string, args ...string) string {
	t.Helper()
	out, err := startHelper(limit, name, args...)
	if err != nil {
		t.Fatalf("helper %s %q: %v\n%s", name, args, err, out)
	}
	return out
}

func startHelper(limit time.Duration, name string, args ...string) (string, error) {
	cmd := exec.Command("/proc/self/exe", args...)
	cmd.Env = append(os.Environ(), helperVariable+"="+name)
	var out strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &out
	cmd.WaitDelay = time.Second
	if err := cmd.Start(); err != nil {
		return "", err
	}
	pid := cmd.Process.Pid
	late := time.AfterFunc(limit, func() {
		fmt.Fprintf(os.Stderr, "helper %s %q is late\n%s", name, args, stacks(pid))
		cmd.Process.Kill()
	})
	defer late.Stop()
	err := cmd.Wait()
	return out.String(), err
}

// stacks says what each thread of a process, and of its children, does.
func stacks(pid int) string {
	var b strings.Builder
	tasks, _ := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid))
	for _, task := range tasks {
		dir := fmt.Sprintf("/proc/%d/task/%s/", pid, task.Name())
		call, _ := os.ReadFile(dir + "syscall")
		status, _ := os.ReadFile(dir + "status")
		fmt.Fprintf(&b, "%s: %s", task.Name(), call)
		for line := range strings.Lines(string(status)) {
			if strings.HasPrefix(line, "State") || strings.HasPrefix(line, "Sig") || strings.HasPrefix(line, "ShdPnd") {
				b.WriteString("\t" + line)
			}
		}
		children, _ := os.ReadFile(dir + "children")
		for _, c := range strings.Fields(string(children)) {
			var n int
			fmt.Sscan(c, &n)
			b.WriteString("child " + c + "\n" + stacks(n))
		}
	}
	return b.String()
}

// complain prints a helper's or a child's error and returns the exit status for it.
func complain(format string, args ...any) int {
	fmt.Fprintf(os.Stderr, "process %d: "+format+"\n", append([]any{os.Getpid()}, args...)...)
	return 1
}

// child is a child process, and in which process it was made: there may be copies of the goroutine that
// made it, in children that other goroutines made.
type child struct {
	pid        int
	generation uint32
}

// spawn forks; the child ends with the status that f returns.
func spawn(f func() int) (child, error) {
	c := child{generation: work.generation}
	pid, err := Fork()
	if err == nil && pid == 0 {
		unix.Exit(f())
	}
	c.pid = pid
	c.stayInCopies()
	return c, err
}

func (c child) stayInCopies() {
	if work.generation != c.generation {
		select {}
	}
}

// childLimit is how long a child may take.
const childLimit = 20 * time.Second

// await waits for a child. One that does not end in time is killed.
func (c child) await() (status unix.WaitStatus, err error) {
	defer c.stayInCopies()
	fd, err := unix.PidfdOpen(c.pid, 0)
	if err != nil {
		return 0, err
	}
	defer unix.Close(fd)
	if err = c.poll(fd); err != nil {
		unix.Kill(c.pid, unix.SIGKILL)
	}
	for {
		if _, werr := unix.Wait4(c.pid, &status, 0, nil); werr != unix.EINTR {
			return status, errors.Join(err, werr)
		}
	}
}

// poll returns when the child has ended, or an error that says what it does instead.
func (c child) poll(fd int) error {
	for end := time.Now().Add(childLimit); time.Now().Before(end); {
		fds := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
		if n, err := unix.Poll(fds, 100); err == nil && n == 1 {
			return nil
		}
	}
	return fmt.Errorf("child %d did not end\n%s", c.pid, stacks(c.pid))
}

// expect waits for the child, which has to exit with status want.
func (c child) expect(want int) error {
	status, err := c.await()
	if err != nil {
		return err
	}
	if !status.Exited() || status.ExitStatus() != want {
		return fmt.Errorf("child %d: exited %v with status %d, signal %v; want status %d",
			c.pid, status.Exited(), status.ExitStatus(), status.Signal(), want)
	}
	return nil
}

// run runs f in a child, where it has to return want.
func run(f func() int, want int) error {
	c, err := spawn(f)
	if err != nil {
		return err
	}
	return c.expect(want)
}

// inChild runs f in a child and fails the test unless it returns 0.
func inChild(t *testing.T, f func() int) {
	t.Helper()
	if err := run(f, 0); err != nil {
		t.Fatal(err)
	}
}
