package zmtp

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"ipclab/kernel/zmtp/zmtptest"
)

func listenHeartbeat(t *testing.T, path string) (*Heartbeat, error) {
	t.Helper()
	h, err := ListenHeartbeat("ipc://"+path, Options{})
	if err == nil {
		t.Cleanup(func() { h.Close() })
	}
	return h, err
}

// stale leaves a socket file that nobody listens to.
func stale(t *testing.T, path string) {
	t.Helper()
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	l.SetUnlinkOnClose(false)
	l.Close()
}

func socketPath(t *testing.T) string {
	return filepath.Join(strings.TrimPrefix(endpoint(t, "ipc"), "ipc://"))
}

func TestSocketFileMode(t *testing.T) {
	path := socketPath(t)
	h, err := listenHeartbeat(t, path)
	if err != nil {
		t.Fatal(err)
	}
	st, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if want := os.ModeSocket | 0o700; st.Mode() != want {
		t.Errorf("mode %v, want %v", st.Mode(), want)
	}
	sys := st.Sys().(*syscall.Stat_t)
	if want := (File{path, sys.Dev, sys.Ino}); len(h.Files()) != 1 || h.Files()[0] != want {
		t.Errorf("files %v, want %v", h.Files(), want)
	}
	h.Close()
	if _, err := os.Lstat(path); !errors.Is(err, syscall.ENOENT) {
		t.Errorf("after Close: %v", err)
	}
}

func TestLiveSocketIsRefused(t *testing.T) {
	path := socketPath(t)
	if _, err := listenHeartbeat(t, path); err != nil {
		t.Fatal(err)
	}
	_, err := listenHeartbeat(t, path)
	if !errors.Is(err, syscall.EADDRINUSE) || !strings.Contains(err.Error(), path) {
		t.Errorf("error %v, want EADDRINUSE with the path", err)
	}
	zmtptest.DialAs(t, "ipc://"+path, "REQ", "") // the first one is unharmed
}

func TestStaleSocketIsReplaced(t *testing.T) {
	path := socketPath(t)
	stale(t, path)
	if _, err := listenHeartbeat(t, path); err != nil {
		t.Fatal(err)
	}
	zmtptest.DialAs(t, "ipc://"+path, "REQ", "")
}

// TestStaleSocketRace: of several kernels that find the same stale socket one
// gets the path, the others an error, and nothing else is left.
func TestStaleSocketRace(t *testing.T) {
	for range 20 {
		path := socketPath(t)
		stale(t, path)
		var (
			wg  sync.WaitGroup
			mu  sync.Mutex
			got int
		)
		for range 4 {
			wg.Go(func() {
				l, f, err := listenUnix(path)
				if err != nil {
					if !errors.Is(err, syscall.EADDRINUSE) {
						t.Error(err)
					}
					return
				}
				mu.Lock()
				defer mu.Unlock()
				got++
				t.Cleanup(func() {
					if err := f.Remove(); err != nil {
						t.Error(err)
					}
					l.Close()
				})
			})
		}
		wg.Wait()
		if got != 1 {
			t.Fatalf("%d have the path", got)
		}
		c, err := net.Dial("unix", path)
		if err != nil {
			t.Fatal(err)
		}
		c.Close()
	}
}

func TestOtherFilesAreKept(t *testing.T) {
	path := socketPath(t)
	for name, make := range map[string]func() error{
		"file":      func() error { return os.WriteFile(path, []byte("precious"), 0o600) },
		"directory": func() error { return os.Mkdir(path, 0o700) },
		"FIFO":      func() error { return syscall.Mkfifo(path, 0o600) },
		"link":      func() error { return os.Symlink("nowhere", path) },
	} {
		if err := make(); err != nil {
			t.Fatal(err)
		}
		if _, err := listenHeartbeat(t, path); !errors.Is(err, syscall.EADDRINUSE) {
			t.Errorf("%s: error %v, want EADDRINUSE", name, err)
		}
		if err := os.Remove(path); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestRemoveOnlyOwnFile(t *testing.T) {
	path := socketPath(t)
	h, err := listenHeartbeat(t, path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path, path+"x"); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := h.Close(); err != nil {
		t.Error(err)
	}
	for _, p := range []string{path, path + "x"} {
		if err := os.Remove(p); err != nil {
			t.Error(err)
		}
	}
	if err := h.Files()[0].Remove(); err != nil {
		t.Errorf("removing what has gone: %v", err)
	}
}

func TestBadEndpoints(t *testing.T) {
	for _, e := range []string{"", "tcp", "udp://127.0.0.1:1", "tcp://127.0.0.1", "tcp://127.0.0.1:x", "tcp://nowhere.invalid:1",
		"ipc://", "ipc://@abstract", "ipc:///nowhere/socket", "ipc:///" + strings.Repeat("l", 107), "ipc:///a\x00b"} {
		h, err := ListenHeartbeat(e, Options{})
		if err == nil {
			t.Errorf("%q accepted", e)
			h.Close()
		} else if len(e) > 3 && !strings.Contains(err.Error(), e) && !strings.Contains(err.Error(), "endpoint") {
			t.Errorf("%q: error does not name it: %v", e, err)
		}
	}
	taken := newRouter(t, Options{})
	if _, err := ListenRouter(taken.Endpoint(), Options{}); !errors.Is(err, syscall.EADDRINUSE) {
		t.Errorf("port taken: %v", err)
	}
}

func TestListenEverywhere(t *testing.T) {
	h, err := ListenHeartbeat("tcp://*:0", Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	_, port, _ := net.SplitHostPort(strings.TrimPrefix(h.Endpoint(), "tcp://"))
	zmtptest.DialAs(t, "tcp://127.0.0.1:"+port, "REQ", "")
}
