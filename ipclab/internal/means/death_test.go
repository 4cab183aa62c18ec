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

// TestNothingIsLeft: when a line was opened and closed, or could not be opened, there is what was there before.
func TestNothingIsLeft(t *testing.T) {
	for _, m := range All() {
		t.Run(fmt.Sprintf("%s/%v", m.Name, m.Style), func(t *testing.T) {
			t.Setenv("TMPDIR", t.TempDir())
			before := leftovers(t)
			for range 3 {
				line, err := m.Open(min(max(64, m.Least), m.Most))
				if err != nil {
					t.Fatal(err)
				}
				if names := named(leftovers(t)); !slices.Equal(names, named(before)) {
					t.Errorf("while it is open there are names: %v", names)
				}
				if err := line.Close(); err != nil {
					t.Error(err)
				}
			}
			if after := leftovers(t); !slices.Equal(after, before) {
				t.Errorf("left:\n%s\nbefore:\n%s", strings.Join(after, "\n"), strings.Join(before, "\n"))
			}
		})
	}
}

// leftovers lists the descriptors and shared mappings of this process and all names of what means make.
func leftovers(t *testing.T) (all []string) {
	t.Helper()
	fds, _ := filepath.Glob("/proc/self/fd/*")
	for _, fd := range fds {
		if target, err := os.Readlink(fd); err == nil {
			all = append(all, "descriptor "+target)
		}
	}
	maps, err := os.ReadFile("/proc/self/maps")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(maps)) {
		if fields := strings.Fields(line); len(fields) > 1 && strings.HasSuffix(fields[1], "s") {
			all = append(all, "mapping "+line)
		}
	}
	for _, pattern := range []string{"/dev/mqueue/ipclab*", "/dev/shm/ipclab*", os.TempDir() + "/*"} {
		files, _ := filepath.Glob(pattern)
		all = append(all, files...)
	}
	for _, list := range []string{"msg", "sem", "shm"} {
		text, _ := os.ReadFile("/proc/sysvipc/" + list)
		all = append(all, "name "+list+" "+string(text))
	}
	sockets, _ := os.ReadFile("/proc/net/unix")
	for line := range strings.Lines(string(sockets)) {
		if strings.Contains(line, "ipclab") && strings.Contains(line, "@") {
			all = append(all, "name "+line)
		}
	}
	slices.Sort(all)
	return all
}

// named returns those of leftovers that are not this process's alone.
func named(all []string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(s string) bool {
		return strings.HasPrefix(s, "descriptor") || strings.HasPrefix(s, "mapping")
	})
}
