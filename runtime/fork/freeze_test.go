//go:build linux && (amd64 || arm64) && !cgo

package fork

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func init() { helpers["freezing"] = freezing }

// Descriptors of the helper below: what it says and what it is asked are places, control is used up.
const (
	askedAt   = 100
	saysAt    = 101
	endedAt   = 102
	controlAt = 120
)

// freezing makes a frozen copy of itself, changes its state and then does what it is asked. The copy does so
// too, once it is woken.
func freezing(args []string) int {
	for from, to := range map[int]int{3: controlAt, 4: askedAt, 5: saysAt, 6: endedAt} {
		if err := unix.Dup3(from, to, unix.O_CLOEXEC); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		unix.Close(from)
	}
	if err := Init(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	state := 41
	ticks := make(chan int)
	go func() {
		for i := 0; ; i++ {
			ticks <- i
		}
	}()
	<-ticks
	pr, pw, err := os.Pipe() // the poller watches it
	file, err2 := os.Open(args[0])
	socket, err3 := unix.Socket(unix.AF_UNIX, unix.SOCK_DGRAM, 0)
	if err != nil || err2 != nil || err3 != nil {
		fmt.Fprintln(os.Stderr, err, err2, err3)
		return 1
	}
	file.Read(make([]byte, 1))
	reader := make(chan error)
	go func() {
		_, err := pr.Read(make([]byte, 1))
		reader <- err
	}()
	thaw, err := Freeze(controlAt, []int{0: askedAt, 1: saysAt, 2: endedAt}, [3]int{askedAt, saysAt, saysAt})
	unix.Close(controlAt)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	if len(args) > 1 && !thaw.Woken {
		unix.Kill(0, unix.SIGKILL)
	}
	state++
	says := os.NewFile(saysAt, "says")
	requests := bufio.NewScanner(os.NewFile(askedAt, "asked"))
	for requests.Scan() {
		answer := ""
		switch requests.Text() {
		case "state":
			state++
			answer = strconv.Itoa(state)
		case "tick":
			runtime.GC()
			answer = fmt.Sprint(<-ticks > 0)
		case "reader":
			answer = fmt.Sprint(<-reader)
		case "file":
			b := make([]byte, 1)
			_, err := file.Read(b)
			answer = string(b)
			if err != nil {
				answer = err.Error()
			}
		case "socket":
			err := unix.Bind(socket, &unix.SockaddrUnix{})
			answer = fmt.Sprint(err)
		case "writer":
			_, err := pw.Write([]byte("x"))
			answer = fmt.Sprint(err)
		case "lost":
			for _, l := range thaw.Lost {
				answer += fmt.Sprintf("%d=%s ", l.FD, strings.TrimRight(l.What, "0123456789[]"))
			}
		case "fork":
			pid, err := Fork()
			if pid == 0 && err == nil {
				os.Exit(7)
			}
			var status unix.WaitStatus
			_, err2 := unix.Wait4(pid, &status, 0, nil)
			answer = fmt.Sprint(err, err2, status.ExitStatus(), InChild())
		case "children":
			_, err := unix.Wait4(-1, nil, unix.WNOHANG, nil)
			answer = fmt.Sprint(err)
		case "pid":
			answer = strconv.Itoa(os.Getpid())
		}
		if _, err := fmt.Fprintln(says, answer); err != nil {
			return 3
		}
	}
	return 0
}

// frozen is a helper and its frozen copy, seen from the process that is the parent of both.
type frozenPair struct {
	*testing.T
	control int // this end
	pid     int // of the copy
	cmd     *exec.Cmd
	asks    *os.File
	says    *bufio.Scanner
}

// freezePair starts the helper and waits until its copy stands still.
func freezePair(t *testing.T) *frozenPair {
	t.Helper()
	return freezePairWith(t)
}

// freezePairWith gives the helper more arguments.
func freezePairWith(t *testing.T, args ...string) *frozenPair {
	t.Helper()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("text"), 0o600); err != nil {
		t.Fatal(err)
	}
	p := &frozenPair{T: t, cmd: exec.Command("/proc/self/exe", append([]string{file}, args...)...)}
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	p.cmd.Env = append(os.Environ(), helperVariable+"=freezing")
	p.cmd.Stderr = os.Stderr
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	p.control = pair[0]
	control := os.NewFile(uintptr(pair[1]), "control")
	asked, said, ended := p.pipes()
	p.cmd.ExtraFiles = []*os.File{control, asked, said, ended}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for _, f := range p.cmd.ExtraFiles {
		f.Close()
	}
	packet := make([]byte, 100)
	if err := unix.SetsockoptTimeval(p.control, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &unix.Timeval{Sec: 20}); err != nil {
		t.Fatal(err)
	}
	n, err := unix.Read(p.control, packet)
	for err == unix.EINTR { // with a time limit it is not restarted
		n, err = unix.Read(p.control, packet)
	}
	if err != nil {
		t.Fatal("the copy says nothing: ", err)
	}
	if p.pid, err = FrozenPID(packet[:n]); err != nil {
		t.Fatal(err)
	}
	return p
}

// pipes makes what a helper is asked by and answers by, and a socket whose other end is closed.
func (p *frozenPair) pipes() (asked, said, ended *os.File) {
	p.Helper()
	asked, asks, err := os.Pipe()
	says, said, err2 := os.Pipe()
	pair, err3 := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil || err2 != nil || err3 != nil {
		p.Fatal(err, err2, err3)
	}
	unix.Close(pair[1])
	if p.asks != nil {
		p.asks.Close()
	}
	says.SetReadDeadline(time.Now().Add(20 * time.Second))
	p.asks, p.says = asks, bufio.NewScanner(says)
	p.Cleanup(func() { says.Close() })
	return asked, said, os.NewFile(uintptr(pair[0]), "ended")
}

func (p *frozenPair) ask(what string) string {
	p.Helper()
	fmt.Fprintln(p.asks, what)
	if !p.says.Scan() {
		p.Fatalf("no answer to %s: %v", what, p.says.Err())
	}
	return p.says.Text()
}

func (p *frozenPair) wants(what, want string) {
	p.Helper()
	if got := p.ask(what); got != want {
		p.Errorf("%s: %q, want %q", what, got, want)
	}
}

// wake wakes the copy, to which the asking goes from then on.
func (p *frozenPair) wake() {
	p.Helper()
	asked, said, ended := p.pipes()
	if err := Wake(p.control, []int{int(asked.Fd()), int(said.Fd()), int(ended.Fd())}); err != nil {
		p.Fatal(err)
	}
	for _, f := range []*os.File{asked, said, ended} {
		f.Close()
	}
	unix.Close(p.control)
}

// end closes what the process reads from, and returns how the copy ended.
func (p *frozenPair) end() unix.WaitStatus {
	p.Helper()
	p.asks.Close()
	return waitFor(p.T, p.pid)
}

func waitFor(t *testing.T, pid int) unix.WaitStatus {
	t.Helper()
	var status unix.WaitStatus
	for {
		got, err := unix.Wait4(pid, &status, 0, nil)
		if err == unix.EINTR {
			continue
		}
		if got != pid || err != nil {
			t.Fatal("wait for the copy: ", got, err)
		}
		return status
	}
}

// The process goes on beside its copy; killed, it is replaced by it, as it was when it was copied.
func TestFrozenCopyTakesOver(t *testing.T) {
	p := freezePair(t)
	p.wants("state", "43")
	p.wants("children", "no child processes")
	p.wants("writer", "<nil>")
	p.wants("reader", "<nil>")
	p.wants("file", "e")
	p.wants("file", "x")
	p.cmd.Process.Kill()
	p.cmd.Wait()
	p.wake()
	p.wants("pid", strconv.Itoa(p.pid))
	p.wants("state", "43")
	p.wants("tick", "true")
	p.wants("reader", "EOF") // who waited when the copy was made
	p.wants("writer", "write |1: broken pipe")
	p.wants("file", "e") // the second byte of the file
	p.wants("socket", "bad file descriptor")
	p.wants("fork", "<nil> <nil> 7 false")
	p.wants("state", "44")
	if got := p.ask("lost"); !strings.Contains(got, "=pipe: ") || !strings.Contains(got, "=socket: ") || strings.Contains(got, "/file") {
		t.Errorf("lost %q", got)
	}
	if s := p.end(); s.ExitStatus() != 0 {
		t.Error(s)
	}
}

// Who kills its process group as soon as it has been copied does not kill the copy.
func TestFrozenCopyHasLeftTheGroup(t *testing.T) {
	for range 5 {
		p := freezePairWith(t, "kill the group")
		if err := p.cmd.Wait(); err == nil {
			t.Error("the helper has survived")
		}
		p.wake()
		p.wants("state", "43")
		if s := p.end(); s.ExitStatus() != 0 || s.Signaled() {
			t.Error(s)
		}
	}
}

// A frozen copy takes no signal, leads its process group, has no descriptor but control, and ends when nobody
// can wake it any more.
func TestFrozenCopyStandsStill(t *testing.T) {
	p := freezePair(t)
	for _, s := range []unix.Signal{unix.SIGTERM, unix.SIGINT, unix.SIGHUP, unix.SIGSEGV, StopSignal} {
		if err := unix.Kill(p.pid, s); err != nil {
			t.Fatal(err)
		}
	}
	if group, err := unix.Getpgid(p.pid); group != p.pid {
		t.Errorf("process group %d of process %d, %v", group, p.pid, err)
	}
	dir := fmt.Sprintf("/proc/%d/", p.pid)
	if open, err := os.ReadDir(dir + "fd"); len(open) != 1 {
		t.Error("open:", open, err)
	}
	if tasks, err := os.ReadDir(dir + "task"); len(tasks) != 1 {
		t.Error("threads:", tasks, err)
	}
	if name, err := os.ReadFile(dir + "comm"); !bytes.Equal(name, []byte("ipclab frozen\n")) {
		t.Errorf("name %q, %v", name, err)
	}
	p.wants("pid", strconv.Itoa(p.cmd.Process.Pid))
	p.asks.Close()
	if err := p.cmd.Wait(); err != nil {
		t.Error(err)
	}
	unix.Close(p.control)
	if s := waitFor(t, p.pid); s.ExitStatus() != 0 || s.Signaled() {
		t.Error(s)
	}
}

// A waking message without the right descriptors ends the copy.
func TestFrozenCopyRefusesOtherDescriptors(t *testing.T) {
	p := freezePair(t)
	if err := Wake(p.control, []int{0, 1}); err != nil {
		t.Fatal(err)
	}
	if s := waitFor(t, p.pid); s.ExitStatus() != failedStatus {
		t.Error(s)
	}
	unix.Close(p.control)
	p.asks.Close()
	p.cmd.Wait()
}

func TestFreezeWithBadDescriptors(t *testing.T) {
	for _, c := range []struct {
		control int
		places  []int
	}{
		{10, []int{100}},
		{100, []int{10}},
		{4000, []int{100}},
		{100, make([]int, maxPlaces+1)},
	} {
		if _, err := Freeze(c.control, c.places, [3]int{}); err == nil {
			t.Errorf("Freeze(%d, %v): no error", c.control, c.places)
		}
	}
}

func TestFrozenPID(t *testing.T) {
	if pid, err := FrozenPID([]byte("frozen 17")); pid != 17 || err != nil {
		t.Error(pid, err)
	}
	if _, err := FrozenPID([]byte("close_range: errno 38")); err == nil || !strings.Contains(err.Error(), "errno 38") {
		t.Error(err)
	}
}
