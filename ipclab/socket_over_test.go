package ipclab_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"ipclab/ipclab"
)

// leaveStaleSocket makes a stale socket file, as a server that is killed leaves it.
func leaveStaleSocket(t *testing.T, path string) {
	t.Helper()
	server := spawn(t, func() {
		s, _ := ipclab.Socket(unix.AF_UNIX, unix.SOCK_STREAM, 0)
		if errors.Join(s.Bind(path), s.Listen(1)) == nil {
			unix.Kill(os.Getpid(), unix.SIGKILL)
			select {}
		}
	})
	if status, err := server.Wait(); !status.Signaled() {
		t.Fatal(status, err)
	}
}

func TestBindInUse(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	other := func() ipclab.FD { return newSocket(t, unix.AF_UNIX, unix.SOCK_STREAM) }
	leaveStaleSocket(t, path)
	wantSocketError(t, "stale", other().Bind(path), unix.EADDRINUSE, "nobody listens on it: its server has gone; BindOver")
	wantSocketError(t, "stale", other().Connect(path), unix.ECONNREFUSED, "the server has gone and left it, for which BindOver is the cure")
	s := newSocket(t, unix.AF_UNIX, unix.SOCK_STREAM)
	if err := s.BindOver(path); err != nil {
		t.Fatal(err)
	}
	here := fmt.Sprintf("held by this process (descriptor %d)", int(s))
	wantSocketError(t, "bound", other().Bind(path), unix.EADDRINUSE, here)
	wantSocketError(t, "bound twice", s.Bind(path+"2"), unix.EINVAL, "has an address already")
	abstract, name := listenAt(t, unix.AF_UNIX, "@", 1)
	wantSocketError(t, "abstract", other().Bind(name), unix.EADDRINUSE, fmt.Sprintf("(descriptor %d)", int(abstract)))
	child := spawn(t, func() { select {} })
	wantSocketError(t, "held by two", other().Bind(name), unix.EADDRINUSE, fmt.Sprintf("%d (descriptor %d, ", child.Pid(), int(abstract)))
}

// TestBindDiskFull: where no file can be made, no socket can be bound.
func TestBindDiskFull(t *testing.T) {
	folder := t.TempDir()
	child := spawn(t, func() { // with mounts of its own, which end with it
		runtime.LockOSThread()
		s, _ := ipclab.Socket(unix.AF_UNIX, unix.SOCK_STREAM, 0)
		err := errors.Join(
			unix.Unshare(unix.CLONE_NEWNS),
			unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""),
			unix.Mount("tmpfs", folder, "tmpfs", 0, "nr_inodes=1"), // the folder itself is one
		)
		if err == nil {
			err = s.Bind(filepath.Join(folder, "s"))
		}
		if !errors.Is(err, unix.ENOSPC) || !strings.Contains(err.Error(), "no room for another file") {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	})
	if status, err := child.Wait(); status.ExitCode() != 0 || err != nil {
		t.Errorf("%v, %v", status, err)
	}
}

// TestBindOverLeavesWhatIsInUse: a socket that somebody has is never removed, whatever it is for, nor a file.
func TestBindOverLeavesWhatIsInUse(t *testing.T) {
	folder := t.TempDir()
	for name, make := range map[string]func(path string){
		"listening":            func(path string) { listenAt(t, unix.AF_UNIX, path, 1) },
		"bound, not listening": func(path string) { newSocket(t, unix.AF_UNIX, unix.SOCK_STREAM).Bind(path) },
		"datagrams":            func(path string) { newSocket(t, unix.AF_UNIX, unix.SOCK_DGRAM).Bind(path) },
		"messages":             func(path string) { newSocket(t, unix.AF_UNIX, unix.SOCK_SEQPACKET).Bind(path) },
		"full backlog": func(path string) {
			listenAt(t, unix.AF_UNIX, path, 0)
			newSocket(t, unix.AF_UNIX, unix.SOCK_STREAM).Connect(path)
		},
		"file":   func(path string) { os.WriteFile(path, nil, 0o600) },
		"folder": func(path string) { os.Mkdir(path, 0o700) },
		"link":   func(path string) { leaveStaleSocket(t, path+"-target"); os.Symlink(path+"-target", path) },
	} {
		path := filepath.Join(folder, name)
		make(path)
		before, err := os.Lstat(path)
		if err != nil {
			t.Fatal(name, err)
		}
		err = newSocket(t, unix.AF_UNIX, unix.SOCK_STREAM).BindOver(path)
		wantSocketError(t, name, err, unix.EADDRINUSE, "bind: ")
		if after, err := os.Lstat(path); err != nil || !os.SameFile(before, after) {
			t.Errorf("%s: it was removed or replaced: %v", name, err)
		}
	}
}

// TestBindOverInAnotherNamespace: the kernel lists no socket of another network namespace, and it is found to live all the
// same.
func TestBindOverInAnotherNamespace(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	listenAt(t, unix.AF_UNIX, path, 1)
	child := spawn(t, func() {
		if unix.Unshare(unix.CLONE_NEWNET) != nil {
			os.Exit(0) // not allowed: then nobody is in another namespace
		}
		s, _ := ipclab.Socket(unix.AF_UNIX, unix.SOCK_STREAM, 0)
		if err := s.BindOver(path); !errors.Is(err, unix.EADDRINUSE) {
			os.Exit(1)
		}
	})
	if status, _ := child.Wait(); status.ExitCode() != 0 {
		t.Error("a socket of another network namespace was taken for a stale one")
	}
}

// TestBindOverRace: of many servers that start at once, one gets the name, and it can be reached.
func TestBindOverRace(t *testing.T) {
	const servers = 6
	folder := t.TempDir()
	path := filepath.Join(folder, "s")
	leaveStaleSocket(t, path)
	for range 3 {
		ready, gate := pipe(t)
		verdict, say := pipe(t)
		var children []*ipclab.Process
		for range servers {
			children = append(children, spawn(t, func() {
				gate.Close()
				ready.Read(make([]byte, 1)) // end of file, for all at once
				s, _ := ipclab.Socket(unix.AF_UNIX, unix.SOCK_STREAM, 0)
				err := s.BindOver(path)
				switch {
				case err == nil && s.Listen(servers) == nil:
					say.Write([]byte("+"))
				case errors.Is(err, unix.EADDRINUSE):
					say.Write([]byte("-"))
				default:
					say.Write([]byte("?"))
				}
				select {}
			}))
		}
		gate.Close()
		won, lost := 0, 0
		within(t, func() {
			for range servers {
				p := make([]byte, 1)
				verdict.Read(p)
				won += map[byte]int{'+': 1}[p[0]]
				lost += map[byte]int{'-': 1}[p[0]]
			}
		})
		if won != 1 || lost != servers-1 {
			t.Errorf("%d have the name, %d were told that it is in use; want 1 and %d", won, lost, servers-1)
		}
		if err := newSocket(t, unix.AF_UNIX, unix.SOCK_STREAM).Connect(path); err != nil {
			t.Errorf("the winner: %v", err)
		}
		entries, _ := os.ReadDir(folder)
		if len(entries) != 1 {
			t.Errorf("left in the folder: %v", entries)
		}
		verdict.Close()
		say.Close()
		ready.Close()
		for _, c := range children { // a killed server leaves a stale name again
			c.Kill()
			c.Wait()
		}
	}
}

// TestBindOverKilled: whoever is killed while it removes a stale socket leaves it under another name. The next one removes it,
// or gives it its name again, if it was that of a server that runs.
func TestBindOverKilled(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "s")
	leaveStaleSocket(t, path+".stale-1")
	for _, name := range []string{".stale-x", ".stale-2"} {
		if err := os.WriteFile(path+name, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := newSocket(t, unix.AF_UNIX, unix.SOCK_STREAM).BindOver(path); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(folder)
	if err != nil || len(entries) != 3 || entries[0].Name() != "s" || entries[1].Name() != "s.stale-2" {
		t.Errorf("there are %v, %v; want the socket and the two files", entries, err)
	}
	running := newSocket(t, unix.AF_UNIX, unix.SOCK_STREAM)
	aside, other := filepath.Join(folder, "r.stale-3"), filepath.Join(folder, "r")
	if err := running.Bind(aside); err != nil {
		t.Fatal(err)
	}
	if err := newSocket(t, unix.AF_UNIX, unix.SOCK_STREAM).BindOver(other); !errors.Is(err, unix.EADDRINUSE) {
		t.Errorf("the name of a server that runs: %v, want EADDRINUSE", err)
	}
	if _, err := os.Lstat(aside); !os.IsNotExist(err) {
		t.Errorf("it is still aside: %v", err)
	}
}
