package ipclab_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/means"
)

// A link is two sockets by which two processes talk, and how they send.
type link struct {
	client, server int
	send           func(fd int, b []byte, to unix.Sockaddr) error
}

// datagrams makes two sockets that are bound and not connected.
func datagrams(t *testing.T, family int, client, server unix.Sockaddr) link {
	t.Helper()
	l := link{send: func(fd int, b []byte, to unix.Sockaddr) error { return unix.Sendto(fd, b, 0, to) }}
	for fd, address := range map[*int]unix.Sockaddr{&l.client: client, &l.server: server} {
		var err error
		if *fd, err = unix.Socket(family, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { unix.Close(*fd) })
		if address == nil {
			continue
		}
		if err := unix.Bind(*fd, address); err != nil {
			t.Fatal(err)
		}
	}
	return l
}

// asks has a child answer one message to whence it came.
func (l link) asks(t *testing.T) func() {
	t.Helper()
	address, err := unix.Getsockname(l.server)
	if err != nil {
		t.Fatal(err)
	}
	if a, ok := address.(*unix.SockaddrInet4); ok {
		a.Addr = [4]byte{127, 0, 0, 1}
	}
	return func() {
		child := spawn(t, func() {
			b := make([]byte, 100)
			n, from, _ := unix.Recvfrom(l.server, b, 0)
			_ = l.send(l.server, b[:n], from)
		})
		_ = l.send(l.client, []byte("hello"), address)
		_, _, _ = unix.Recvfrom(l.client, make([]byte, 100), 0)
		child.Wait()
	}
}

// What is sent to an address is followed to the socket that is bound to it, and back.
func TestTimelineFollowsDatagrams(t *testing.T) {
	folder := t.TempDir()
	local := func(name string) unix.Sockaddr { return &unix.SockaddrUnix{Name: filepath.Join(folder, name)} }
	loopback := &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}
	abstract := func(name string) unix.Sockaddr {
		return &unix.SockaddrUnix{Name: fmt.Sprintf("@ipclab-%d-%s", os.Getpid(), name)}
	}
	connected := datagrams(t, unix.AF_UNIX, local("connected"), local("other"))
	connected.send = func(fd int, b []byte, to unix.Sockaddr) error {
		if fd == connected.client { // the server must not connect before it knows with whom
			return errors.Join(unix.Connect(fd, to), unix.Send(fd, b, 0))
		}
		return unix.Sendto(fd, b, 0, to)
	}
	message := datagrams(t, unix.AF_INET, loopback, loopback)
	message.send = func(fd int, b []byte, to unix.Sockaddr) error { return unix.Sendmsg(fd, b, nil, to, 0) }
	for name, c := range map[string]struct {
		link
		want string
	}{
		"UNIX":                     {datagrams(t, unix.AF_UNIX, local("client"), local("server")), "socket N " + folder},
		"UNIX, abstract":           {datagrams(t, unix.AF_UNIX, abstract("client"), abstract("server")), "socket N @ipclab"},
		"UNIX, client connected":   {connected, "socket N " + folder},
		"UDP":                      {datagrams(t, unix.AF_INET, loopback, loopback), "UDP to N.N.N.N:N, N bytes"},
		"UDP, client not bound":    {datagrams(t, unix.AF_INET, nil, loopback), "UDP to N.N.N.N:N, N bytes"},
		"UDP, server at any":       {datagrams(t, unix.AF_INET, loopback, &unix.SockaddrInet4{}), "UDP to N.N.N.N:N, N bytes"},
		"UDP, sendmsg and recvmsg": {message, "UDP to N.N.N.N:N, N bytes"},
	} {
		checkThereAndBack(t, name, c.asks(t), digits.ReplaceAllString(c.want, "N"))
	}
}

// checkThereAndBack fails unless arrows of a kind go from this process to a child and back.
func checkThereAndBack(t *testing.T, name string, f func(), want string) {
	t.Helper()
	got := arrows(straced(t, f).Timeline())
	data := slices.DeleteFunc(slices.Clone(got), func(a string) bool { return !strings.Contains(a, want) })
	if len(data) != 2 || !strings.HasPrefix(data[0], "N this process → N child") || !strings.HasPrefix(data[1], "N child → N this process") {
		t.Errorf("%s: no two arrows with %q in %q", name, want, got)
	}
}

// What is looked at with MSG_PEEK, or lost, does not shift what follows.
func TestTimelineCountsDatagrams(t *testing.T) {
	address := &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}
	l := datagrams(t, unix.AF_INET, address, address)
	server, err := unix.Getsockname(l.server)
	if err != nil {
		t.Fatal(err)
	}
	line := straced(t, func() {
		for _, text := range []string{"", "two", "three"} {
			_ = unix.Sendto(l.client, []byte(text), 0, server)
		}
		spawn(t, func() {
			b := make([]byte, 2) // a part of the second is cut off
			_, _, _ = unix.Recvfrom(l.server, b, unix.MSG_PEEK)
			for range 3 {
				_, _, _ = unix.Recvfrom(l.server, b, 0)
			}
		}).Wait()
	}).Timeline()
	var lengths []string
	for _, row := range strings.Split(line.String(), "\n") {
		if _, after, ok := strings.Cut(row, "UDP to "); ok {
			lengths = append(lengths, strings.Split(after, ", ")[1])
		}
	}
	if want := []string{"0 bytes", "2 bytes", "2 bytes"}; !slices.Equal(lengths, want) {
		t.Errorf("%q, want %q in\n%s", lengths, want, line)
	}
}

// Messages of the system's queues are followed, though no descriptor tells of a System V queue.
func TestTimelineFollowsQueues(t *testing.T) {
	for mechanism, want := range map[string]string{"mqueue": "queue /", "sysvmq": "System V queue N, N bytes"} {
		m, err := means.ByName(mechanism, means.Raw)
		if err != nil {
			t.Fatal(err)
		}
		const size = 8
		line, err := m.Open(size)
		if err != nil {
			t.Fatal(err)
		}
		b := make([]byte, size)
		trace := straced(t, func() {
			server := spawn(t, func() {
				if end, err := line.Join(means.Server); err == nil {
					_ = errors.Join(end.Receive(b), end.Send(b))
				}
			})
			client := spawn(t, func() {
				if end, err := line.Join(means.Client); err == nil {
					_ = errors.Join(end.Send(b), end.Receive(b))
				}
			})
			client.Wait()
			server.Wait()
		})
		line.Close()
		got := strings.Join(arrows(trace.Timeline()), "\n")
		if n := strings.Count(got, want); n != 2 {
			t.Errorf("%s: %d arrows of %q in\n%s", mechanism, n, want, got)
		}
	}
}
