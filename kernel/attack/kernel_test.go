package attack

import (
	"bytes"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"ipclab/kernel/connection"
	"ipclab/kernel/message"
)

// patience is how long something may take that takes milliseconds on an idle
// machine.
const patience = 30 * time.Second

const key = "b3f0c2d4-6d1c-4e51-9a3a-2f4c8d1f7e60"

// kernel is one that runs.
type kernel struct {
	info  *connection.Info
	cmd   *exec.Cmd
	said  output
	ended chan error // result of Wait
}

// output collects what the kernel says on stderr.
type output struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.String()
}

// start starts a kernel, and at the end of the test asks it to end and looks
// whether it does so in order.
func start(t *testing.T, transport string) *kernel {
	t.Helper()
	dependOnSources(t)
	dir, err := os.MkdirTemp("", "k") // short, for socket paths
	if err != nil {
		t.Fatal(err)
	}
	k := launch(t, transport, dir)
	t.Cleanup(func() {
		k.stop(t)
		if left, _ := filepath.Glob(filepath.Join(dir, "socket*")); len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	// Ports that were free when they were chosen may be another's when the kernel
	// asks for them, as they may be in Jupyter.
	for tries := 1; !k.awaitSockets(t); tries++ {
		if tries == 5 {
			t.Fatalf("no five ports are free:\n%s", k.said.String())
		}
		k = launch(t, transport, dir)
	}
	return k
}

// launch starts the program.
func launch(t *testing.T, transport, dir string) *kernel {
	t.Helper()
	k := &kernel{info: address(t, transport, dir), ended: make(chan error, 1)}
	file := filepath.Join(dir, "connection.json")
	if err := k.info.Write(file); err != nil {
		t.Fatal(err)
	}
	k.cmd = exec.Command(binary, "kernel", "-f", file)
	k.cmd.Env = append(os.Environ(), "XDG_STATE_HOME="+dir)
	k.cmd.Stderr = &k.said
	if err := k.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { k.ended <- k.cmd.Wait() }()
	return k
}

func address(t *testing.T, transport, dir string) *connection.Info {
	t.Helper()
	info := &connection.Info{Transport: transport, IP: "127.0.0.1", Key: key, SignatureScheme: connection.SchemeHMACSHA256,
		ShellPort: 1, IOPubPort: 2, StdinPort: 3, ControlPort: 4, HBPort: 5}
	if transport == connection.IPC {
		info.IP = filepath.Join(dir, "socket")
		return info
	}
	for _, port := range []*int{&info.ShellPort, &info.IOPubPort, &info.StdinPort, &info.ControlPort, &info.HBPort} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close() // after all five were chosen, so that they differ
		*port = l.Addr().(*net.TCPAddr).Port
	}
	return info
}

// awaitSockets waits until all channels accept connections. It reports false if
// the kernel has ended because a port was taken.
func (k *kernel) awaitSockets(t *testing.T) bool {
	t.Helper()
	deadline := time.Now().Add(patience)
	for _, c := range connection.Channels() {
		network, at, _ := strings.Cut(k.info.Endpoint(c), "://")
		if network == "ipc" {
			network = "unix"
		}
		for {
			conn, err := net.Dial(network, at)
			if err == nil {
				conn.Close()
				break
			}
			select {
			case err := <-k.ended:
				k.ended <- err
				if k.info.Transport == connection.TCP && strings.Contains(k.said.String(), syscall.EADDRINUSE.Error()) {
					return false
				}
				t.Fatalf("the kernel ended at once: %v\n%s", err, k.said.String())
			case <-time.After(5 * time.Millisecond):
			}
			if time.Now().After(deadline) {
				t.Fatalf("%s channel: %v\n%s", c, err, k.said.String())
			}
		}
	}
	return true
}

// stop ends the kernel by a shutdown request.
func (k *kernel) stop(t *testing.T) {
	t.Helper()
	defer func() {
		for _, word := range []string{"panic", "goroutine ", "fatal error", "DATA RACE"} {
			if strings.Contains(k.said.String(), word) {
				t.Errorf("the kernel said:\n%s", k.said.String())
				return
			}
		}
	}()
	select {
	case err := <-k.ended:
		t.Errorf("the kernel ended before it was asked to: %v\n%s", err, k.said.String())
		return
	default:
	}
	c, err := k.connect("ender")
	if err == nil {
		_, err = c.request(connection.Control, message.ShutdownRequest{})
		c.close()
	}
	if err != nil {
		t.Errorf("shutdown: %v", err)
		k.cmd.Process.Kill()
	}
	select {
	case err := <-k.ended:
		if err != nil {
			t.Errorf("the kernel ended with %v\n%s", err, k.said.String())
		}
	case <-time.After(patience):
		t.Errorf("the kernel does not end\n%s", k.said.String())
		k.cmd.Process.Kill()
		<-k.ended
	}
}

// awaitSaid waits until the kernel has said something on stderr.
func (k *kernel) awaitSaid(t *testing.T, text string) {
	t.Helper()
	for deadline := time.Now().Add(patience); !strings.Contains(k.said.String(), text); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("the kernel did not say %q but:\n%s", text, k.said.String())
		}
	}
}

// resident gives the kernel's resident memory in bytes (proc_pid_status(5)).
func (k *kernel) resident(t *testing.T) int64 {
	t.Helper()
	status, err := os.ReadFile("/proc/" + strconv.Itoa(k.cmd.Process.Pid) + "/status")
	if errors.Is(err, syscall.ENOENT) {
		t.Fatal("the kernel has gone")
	}
	for line := range strings.Lines(string(status)) {
		if f := strings.Fields(line); f[0] == "VmRSS:" {
			n, err := strconv.ParseInt(f[1], 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			return n << 10
		}
	}
	t.Fatal("no VmRSS")
	return 0
}
