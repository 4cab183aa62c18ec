package ipclab_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab"
	"ipclab/ipclab/internal/proc"
	"ipclab/ipclab/mime"
)

// startClients starts processes that connect to a server and ask it something; each exits with status 0 if the answer is right.
func startClients(t *testing.T, n, domain int, name string) []*ipclab.Process {
	t.Helper()
	var all []*ipclab.Process
	for i := range n {
		all = append(all, spawn(t, func() {
			c, _ := ipclab.Socket(domain, unix.SOCK_STREAM, 0)
			if c.Connect(name) != nil {
				os.Exit(1)
			}
			fmt.Fprintln(c, i)
			c.Shutdown(unix.SHUT_WR)
			if answer, err := io.ReadAll(c); string(answer) != fmt.Sprintln(i*i) || err != nil {
				os.Exit(2)
			}
		}))
	}
	return all
}

// answerSquare answers a number with its square.
func answerSquare(c ipclab.FD) {
	var x int
	fmt.Fscanln(c, &x)
	fmt.Fprintln(c, x*x)
}

// zombiesOf counts a process's children that have ended and were not waited for.
func zombiesOf(t *testing.T, parent int) (n int) {
	t.Helper()
	all, err := proc.All()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		if s.PPid == parent && s.State == 'Z' {
			n++
		}
	}
	return n
}

func TestServeManyClients(t *testing.T) {
	for domain, address := range map[int]string{unix.AF_UNIX: "@", unix.AF_INET: "127.0.0.1:0"} {
		const n = 12
		l, name := listenAt(t, domain, address, n)
		asking := startClients(t, n, domain, name)
		table, err := l.Serve(answerSquare, ipclab.ServeOptions{Connections: n, AtOnce: 4})
		rows := table.Rows()
		if err != nil || len(rows) != n || table.AtOnce() < 1 || table.AtOnce() > 4 {
			t.Errorf("%s: %d connections, %d at once, %v", name, len(rows), table.AtOnce(), err)
		}
		from := map[string]bool{}
		for _, r := range rows {
			from[r.From] = true
			if r.Status.ExitCode() != 0 || r.Took <= 0 || r.Pid <= 0 {
				t.Errorf("%s: %+v", name, r)
			}
		}
		if len(from) != n {
			t.Errorf("%s: from %v", name, from)
		}
		for _, c := range asking {
			if status, err := c.Wait(); status.ExitCode() != 0 || err != nil {
				t.Errorf("%s: a client %v, %v", name, status, err)
			}
		}
		if text := table.MIMEBundle()[mime.Plain].(string); !strings.Contains(text, "All have been waited for.") {
			t.Error(text)
		}
	}
}

// TestServeReaps: while the server waits for a client that does not come, those before it are no zombies.
func TestServeReaps(t *testing.T) {
	l, name := listenAt(t, unix.AF_UNIX, "@", 4)
	server := spawn(t, func() {
		if _, err := l.Serve(answerSquare, ipclab.ServeOptions{Connections: 4}); err != nil {
			os.Exit(1)
		}
	})
	for _, c := range startClients(t, 3, unix.AF_UNIX, name) {
		c.Wait()
	}
	within(t, func() {
		for zombiesOf(t, server.Pid()) > 0 {
			time.Sleep(time.Millisecond)
		}
	})
	startClients(t, 1, unix.AF_UNIX, name)
	if status, err := server.Wait(); status.ExitCode() != 0 || err != nil {
		t.Errorf("the server %v, %v", status, err)
	}
}

func TestServeFailures(t *testing.T) {
	l, name := listenAt(t, unix.AF_UNIX, "@", 3)
	var asking []ipclab.FD
	for range 3 {
		c := newSocket(t, unix.AF_UNIX, unix.SOCK_STREAM)
		if err := c.Connect(name); err != nil {
			t.Fatal(err)
		}
		asking = append(asking, c)
	}
	for i, say := range []string{"exit\n", "killed\n", "fine\n"} {
		io.WriteString(asking[i], say)
	}
	table, err := l.Serve(func(c ipclab.FD) {
		var how string
		switch fmt.Fscanln(c, &how); how {
		case "exit":
			os.Exit(3)
		case "killed":
			unix.Kill(os.Getpid(), unix.SIGKILL)
			select {}
		}
	}, ipclab.ServeOptions{Connections: 3})
	rows := table.Rows()
	if err != nil || len(rows) != 3 || rows[0].Status.ExitCode() != 3 || !rows[1].Status.Signaled() || rows[2].Status.ExitCode() != 0 {
		t.Errorf("%v, %v", table, err)
	}
	if !strings.Contains(table.String(), "2 of 3 children failed.") {
		t.Errorf("the table does not say who failed:\n%v", table)
	}
	for i, c := range asking {
		if _, err := c.Recv(make([]byte, 1)); err != io.EOF {
			t.Errorf("client %d: %v, want end of file", i, err)
		}
	}
}

func TestServeErrors(t *testing.T) {
	l, name := listenAt(t, unix.AF_UNIX, "@", 3)
	r, _ := pipe(t)
	none := func(ipclab.FD) {}
	for text, f := range map[string]func() (*ipclab.ServeTable, error){
		"the function is nil":   func() (*ipclab.ServeTable, error) { return l.Serve(nil) },
		"options given 2 times": func() (*ipclab.ServeTable, error) { return l.Serve(none, ipclab.ServeOptions{}, ipclab.ServeOptions{}) },
		"-1 connections":        func() (*ipclab.ServeTable, error) { return l.Serve(none, ipclab.ServeOptions{Connections: -1}) },
		"257 children":          func() (*ipclab.ServeTable, error) { return l.Serve(none, ipclab.ServeOptions{AtOnce: 257}) },
		"limit -1s":             func() (*ipclab.ServeTable, error) { return l.Serve(none, ipclab.ServeOptions{Limit: -time.Second}) },
		"call Bind and Listen":  func() (*ipclab.ServeTable, error) { return newSocket(t, unix.AF_UNIX, unix.SOCK_STREAM).Serve(none) },
	} {
		_, err := f()
		wantSocketError(t, text, err, unix.EINVAL, text)
	}
	if _, err := r.Serve(none); !errors.Is(err, unix.ENOTSOCK) {
		t.Errorf("a pipe: %v", err)
	}
	// At the limit, the child that serves is ended, and the table says so.
	client := newSocket(t, unix.AF_UNIX, unix.SOCK_STREAM)
	if err := client.Connect(name); err != nil {
		t.Fatal(err)
	}
	table, err := l.Serve(func(ipclab.FD) { select {} }, ipclab.ServeOptions{Limit: 50 * time.Millisecond})
	wantSocketError(t, "limit", err, unix.ETIMEDOUT, "not done within 50ms")
	if rows := table.Rows(); len(rows) > 1 || len(rows) == 1 && !rows[0].Status.Signaled() {
		t.Errorf("%+v", rows)
	}
	var nothing *ipclab.ServeTable
	if nothing.Rows() != nil || nothing.AtOnce() != 0 || nothing.String() == "" {
		t.Error("a nil table")
	}
}

// TestServeKilled: a server that is killed leaves no child.
func TestServeKilled(t *testing.T) {
	l, name := listenAt(t, unix.AF_UNIX, "@", 3)
	server := spawn(t, func() {
		l.Serve(func(c ipclab.FD) {
			io.WriteString(c, "served")
			select {}
		})
	})
	l.Close()
	client := newSocket(t, unix.AF_UNIX, unix.SOCK_STREAM)
	if err := client.Connect(name); err != nil {
		t.Fatal(err)
	}
	within(t, func() {
		p := make([]byte, 6)
		client.Recv(p, unix.MSG_WAITALL)
		server.Kill()
		server.Wait()
		if _, err := client.Recv(p); err != io.EOF { // the child, which held the connection, has gone
			t.Errorf("%q, %v", p, err)
		}
	})
}
