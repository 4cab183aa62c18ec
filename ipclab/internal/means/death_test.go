package means

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// tells are the means by which an end learns that the other process has ended, by what Receive and Send then return.
// Somebody else has to end a process that waits by one of the others.
var tells = map[string]struct{ receive, send []error }{
	"pipe":      {[]error{io.EOF}, []error{unix.EPIPE}},
	"fifo":      {[]error{io.EOF}, []error{unix.EPIPE}},
	"stream":    {[]error{io.EOF, unix.ECONNRESET}, []error{unix.EPIPE, unix.ECONNRESET}},
	"seqpacket": {[]error{io.EOF, unix.ECONNRESET}, []error{unix.EPIPE, unix.ECONNRESET}},
	"datagram":  {nil, []error{unix.ECONNREFUSED, unix.ECONNRESET}},
	"tcp":       {[]error{io.EOF, unix.ECONNRESET}, []error{unix.EPIPE, unix.ECONNRESET}},
	"sigqueue":  {nil, []error{unix.ESRCH}},
	"handler":   {nil, []error{unix.ESRCH}},
	"door":      {[]error{io.EOF}, nil},
}

// TestOtherIsKilled: after a trip the client is killed, and the server learns of it as the table tells: it was waiting for
// a message, or sends some.
func TestOtherIsKilled(t *testing.T) {
	for _, m := range All() {
		want := tells[m.Name]
		if want.receive != nil {
			t.Run(fmt.Sprintf("%s/%v/receive", m.Name, m.Style), func(t *testing.T) {
				orphan(t, m, want.receive, func(e End, size int) error { return e.Receive(make([]byte, size)) })
			})
		}
		if want.send != nil {
			t.Run(fmt.Sprintf("%s/%v/send", m.Name, m.Style), func(t *testing.T) {
				orphan(t, m, want.send, func(e End, size int) error { return e.Send(message(Server, 0, size)) })
			})
		}
	}
}

// orphan kills the client after a trip, and has the server do something until that returns an error.
func orphan(t *testing.T, m *Means, want []error, do func(e End, size int) error) {
	size := min(max(64, m.Least), m.Most)
	line, err := m.Open(size)
	if err != nil {
		t.Fatal(err)
	}
	server := join(t, m, line, Server, func(e End) error {
		if err := answer(e, size, 1); err != nil {
			return err
		}
		for {
			if err := do(e, size); err != nil {
				if slices.ContainsFunc(want, func(w error) bool { return errors.Is(err, w) }) {
					return nil
				}
				return fmt.Errorf("%w; want one of %v", err, want)
			}
		}
	})
	client := join(t, m, line, Client, func(e End) error {
		if err := ask(e, size, 1); err != nil {
			return err
		}
		return unix.Kill(unix.Getpid(), unix.SIGKILL)
	})
	if err := line.Close(); err != nil { // or this process would keep the ends open
		t.Error(err)
	}
	var status unix.WaitStatus
	if _, err := wait(client, &status); err != nil || status.Signal() != unix.SIGKILL {
		t.Errorf("the client: %#x, %v", int(status), err)
	}
	await(t, server)
}

// TestNothingIsLeft: what is open has no name, so that it goes with the processes, and when a line is closed there is what
// was there before.
func TestNothingIsLeft(t *testing.T) {
	for _, m := range All() {
		t.Run(fmt.Sprintf("%s/%v", m.Name, m.Style), func(t *testing.T) {
			folder := t.TempDir()
			t.Setenv("TMPDIR", folder)
			before := belongings(t)
			for range 3 {
				line, err := m.Open(min(max(64, m.Least), m.Most))
				if err != nil {
					t.Fatal(err)
				}
				for _, b := range belongings(t) {
					if !slices.Contains(before, b) && named(b) {
						t.Errorf("it has a name: %s", b)
					}
				}
				if files, err := os.ReadDir(folder); err != nil || len(files) > 0 {
					t.Errorf("there are files: %v, %v", files, err)
				}
				if err := line.Close(); err != nil {
					t.Error(err)
				}
			}
			if after := belongings(t); !slices.Equal(after, before) {
				t.Errorf("left:\n%s\nbefore:\n%s", strings.Join(after, "\n"), strings.Join(before, "\n"))
			}
		})
	}
}

// belongings lists what the descriptors of this process are of, and its shared mappings.
func belongings(t *testing.T) (all []string) {
	t.Helper()
	fds, err := filepath.Glob("/proc/self/fd/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, fd := range fds {
		if target, err := os.Readlink(fd); err == nil {
			all = append(all, target)
		}
	}
	maps, err := os.ReadFile("/proc/self/maps")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(maps)) {
		if fields := strings.Fields(line); len(fields) > 1 && strings.HasSuffix(fields[1], "s") {
			all = append(all, "mapping "+strings.TrimSpace(line))
		}
	}
	slices.Sort(all)
	return all
}

// named reports whether something is in a file system, under a name that is still there.
func named(belonging string) bool {
	at := strings.IndexByte(belonging, '/')
	return at >= 0 && !strings.HasPrefix(belonging[at:], "/memfd:") && !strings.HasSuffix(belonging, " (deleted)")
}
