package ipclab_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"ipclab/ipclab"
)

// closeSocketsAtEnd closes descriptors when the test ends, those that it has not closed itself.
func closeSocketsAtEnd(t *testing.T, fds ...ipclab.FD) {
	t.Helper()
	for _, fd := range fds {
		whole := target(fd)
		t.Cleanup(func() {
			if target(fd) == whole { // the number may have been closed and used again
				fd.Close()
			}
		})
	}
}

// newSocket makes a socket for a test.
func newSocket(t *testing.T, domain, kind int) ipclab.FD {
	t.Helper()
	s, err := ipclab.Socket(domain, kind, 0)
	if err != nil {
		t.Fatal(err)
	}
	closeSocketsAtEnd(t, s)
	return s
}

// newSocketpair makes a pair for a test.
func newSocketpair(t *testing.T, kind int) (a, b ipclab.FD) {
	t.Helper()
	a, b, err := ipclab.Socketpair(unix.AF_UNIX, kind, 0)
	if err != nil {
		t.Fatal(err)
	}
	closeSocketsAtEnd(t, a, b)
	return a, b
}

// listenAt makes a socket that listens at address and returns its name.
func listenAt(t *testing.T, domain int, address string, backlog int) (ipclab.FD, string) {
	t.Helper()
	s := newSocket(t, domain, unix.SOCK_STREAM)
	err := errors.Join(s.Bind(address), s.Listen(backlog))
	name, err2 := s.Getsockname()
	if err = errors.Join(err, err2); err != nil {
		t.Fatal(err)
	}
	return s, name
}

// newConnection returns the two ends of a connection.
func newConnection(t *testing.T, domain int, address string) (client, server ipclab.FD) {
	t.Helper()
	l, name := listenAt(t, domain, address, 1)
	client = newSocket(t, domain, unix.SOCK_STREAM)
	if err := client.Connect(name); err != nil {
		t.Fatal(err)
	}
	server, _, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	closeSocketsAtEnd(t, server)
	l.Close()
	return client, server
}

// wantSocketError checks an error's errno and that its text holds what it should.
func wantSocketError(t *testing.T, name string, err error, is unix.Errno, text string) {
	t.Helper()
	if !errors.Is(err, is) || !strings.Contains(err.Error(), text) {
		t.Errorf("%s: %v, want %v and %q", name, err, is, text)
	}
}

func TestSocketAddresses(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "s")
	t.Chdir(folder)
	for _, c := range []struct {
		domain         int
		address, named string // "" is any
	}{
		{unix.AF_UNIX, path, path},
		{unix.AF_UNIX, "relative", "relative"},
		{unix.AF_UNIX, "./@file", "./@file"},
		{unix.AF_UNIX, "@" + path, "@" + path},
		{unix.AF_UNIX, "@", ""},
		{unix.AF_INET, "127.0.0.1:0", ""},
		{unix.AF_INET, "localhost:0", ""},
		{unix.AF_INET, ":0", ""},
		{unix.AF_INET6, "[::1]:0", ""},
		{unix.AF_INET6, "localhost:0", ""},
		{unix.AF_INET6, ":0", ""},
	} {
		l, name := listenAt(t, c.domain, c.address, 0)
		if c.named != "" && name != c.named || name == "" || strings.HasSuffix(name, ":0") {
			t.Errorf("bound to %s, it is named %s", c.address, name)
		}
		client := newSocket(t, c.domain, unix.SOCK_STREAM)
		if err := client.Connect(name); err != nil {
			t.Errorf("%s: %v", c.address, err)
			continue
		}
		server, from, err := l.Accept()
		closeSocketsAtEnd(t, server)
		own, err2 := client.Getsockname()
		peer, err3 := server.Getpeername()
		if err = errors.Join(err, err2, err3); err != nil || from != own || peer != own || (c.domain == unix.AF_UNIX) != (own == "") {
			t.Errorf("%s: accepted from %q, peer %q, which is %q: %v", c.address, from, peer, own, err)
		}
	}
}

func TestLongPath(t *testing.T) {
	folder := filepath.Join(t.TempDir(), strings.Repeat("x", 100))
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	long := filepath.Join(folder, "socket")
	s := newSocket(t, unix.AF_UNIX, unix.SOCK_STREAM)
	text := fmt.Sprintf("the path has %d bytes, and sun_path has room for 107", len(long))
	wantSocketError(t, "bind", s.Bind(long), unix.ENAMETOOLONG, text)
	wantSocketError(t, "bind over", s.BindOver(long), unix.ENAMETOOLONG, text)
	wantSocketError(t, "connect", s.Connect(long), unix.ENAMETOOLONG, text)
	wantSocketError(t, "abstract", s.Bind("@"+strings.Repeat("x", 107)), unix.ENAMETOOLONG, "the abstract name has 107 bytes, and there is room for 106")
	// 107 is not too long, and the way that the comment of Bind tells works.
	exact := filepath.Join(t.TempDir(), "s")
	exact += strings.Repeat("s", max(107-len(exact), 0))
	if len(exact) == 107 {
		if err := s.Bind(exact); err != nil {
			t.Errorf("107 bytes: %v", err)
		}
	}
	if err := newSocket(t, unix.AF_UNIX, unix.SOCK_STREAM).Bind(fmt.Sprintf("@%0106d", os.Getpid())); err != nil {
		t.Errorf("an abstract name of 106 bytes: %v", err)
	}
	dir, err := ipclab.Open(folder, unix.O_RDONLY|unix.O_DIRECTORY)
	if err != nil {
		t.Fatal(err)
	}
	defer dir.Close()
	if err := newSocket(t, unix.AF_UNIX, unix.SOCK_STREAM).Bind(fmt.Sprintf("/proc/self/fd/%d/socket", int(dir))); err != nil {
		t.Error(err)
	}
	if info, err := os.Stat(long); err != nil || info.Mode().Type() != os.ModeSocket {
		t.Errorf("%v, %v", info, err)
	}
}

func TestSocketErrors(t *testing.T) {
	r, _ := pipe(t)
	folder := t.TempDir()
	file, path := filepath.Join(folder, "file"), filepath.Join(folder, "socket")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	listenAt(t, unix.AF_UNIX, path, 1)
	stream := func() ipclab.FD { return newSocket(t, unix.AF_UNIX, unix.SOCK_STREAM) }
	packet := func() ipclab.FD { return newSocket(t, unix.AF_UNIX, unix.SOCK_DGRAM) }
	tcp := func() ipclab.FD { return newSocket(t, unix.AF_INET, unix.SOCK_STREAM) }
	_, _, noAccept := stream().Accept()
	_, _, pipeAccept := r.Accept()
	_, _, closedAccept := closed.Accept()
	_, _, packetAccept := packet().Accept()
	_, _, noPair := ipclab.Socketpair(unix.AF_INET, unix.SOCK_STREAM, 0)
	_, noName := r.Getsockname()
	_, noPeer := stream().Getpeername()
	_, noOption := r.Getsockopt(unix.SOL_SOCKET, unix.SO_TYPE)
	_, noCred := stream().PeerCred()
	_, tcpCred := tcp().PeerCred()
	for _, c := range []struct {
		name string
		err  error
		is   unix.Errno
		text string
	}{
		{"domain", descriptorError(ipclab.Socket(1000, 1, 0)), unix.EAFNOSUPPORT, "socket: domain 1000, SOCK_STREAM: "},
		{"kind", descriptorError(ipclab.Socket(unix.AF_UNIX, 1<<20, 0)), unix.EINVAL, "socket: AF_UNIX, type 1048576: "},
		{"pair of AF_INET", noPair, unix.EOPNOTSUPP, "only AF_UNIX has pairs"},
		{"listen without a name", stream().Listen(1), unix.EINVAL, "give the socket a name by Bind first"},
		{"listen for datagrams", packet().Listen(1), unix.EOPNOTSUPP, "datagrams have no connections"},
		{"listen, negative", stream().Listen(-1), unix.EINVAL, "backlog -1"},
		{"listen at a pipe", r.Listen(1), unix.ENOTSOCK, "listen: "},
		{"accept without listen", noAccept, unix.EINVAL, "it does not listen"},
		{"accept at a pipe", pipeAccept, unix.ENOTSOCK, "accept: "},
		{"accept at a closed one", closedAccept, unix.EBADF, "accept: descriptor 900: "},
		{"accept datagrams", packetAccept, unix.EOPNOTSUPP, "datagrams have no connections"},
		{"shutdown, not connected", tcp().Shutdown(unix.SHUT_WR), unix.ENOTCONN, "it is not connected"},
		{"shutdown, how", stream().Shutdown(9), unix.EINVAL, "want SHUT_RD"},
		{"name of a pipe", noName, unix.ENOTSOCK, "it is open, and not a socket"},
		{"peer of nobody", noPeer, unix.ENOTCONN, "it is not connected"},
		{"option of a pipe", noOption, unix.ENOTSOCK, "it is open, and not a socket"},
		{"option of another level", stream().Setsockopt(unix.IPPROTO_TCP, unix.TCP_NODELAY, 1), unix.EOPNOTSUPP, "the socket has no option"},
		{"credentials of nobody", noCred, unix.ENOTCONN, "it is not connected"},
		{"credentials by TCP", tcpCred, unix.EOPNOTSUPP, "only a socket of AF_UNIX knows its peer"},
		{"bind to a file", stream().Bind(file), unix.EADDRINUSE, "it is no socket"},
		{"bind in no folder", stream().Bind(folder + "/no/s"), unix.ENOENT, "os.MkdirAll"},
		{"bind to nothing", stream().Bind(""), unix.EINVAL, "the path is empty"},
		{"bind to a zero byte", stream().Bind("a\x00b"), unix.EINVAL, "zero byte"},
		{"bind to a name", tcp().Bind("example.org:80"), unix.EINVAL, "net.LookupHost"},
		{"bind to no port", tcp().Bind("127.0.0.1"), unix.EINVAL, "want an address and a port"},
		{"bind to a large port", tcp().Bind("127.0.0.1:65536"), unix.EINVAL, "want 0 to 65535"},
		{"bind to IPv6", tcp().Bind("[::1]:0"), unix.EAFNOSUPPORT, "no IPv4 address"},
		{"bind to another machine", tcp().Bind("192.0.2.1:0"), unix.EADDRNOTAVAIL, "no address of this machine"},
		{"bind a pipe", r.Bind(path), unix.ENOTSOCK, "bind: "},
		{"bind over, abstract", stream().BindOver("@x"), unix.EINVAL, "use Bind"},
		{"connect to nothing", stream().Connect(path + "x"), unix.ENOENT, "has nothing of that name"},
		{"connect to a file", stream().Connect(file), unix.ECONNREFUSED, "that file is no socket"},
		{"connect to no abstract name", stream().Connect("@" + path), unix.ECONNREFUSED, "no socket of that abstract name"},
		{"connect another type", packet().Connect(path), unix.EPROTOTYPE, "SOCK_SEQPACKET on both sides"},
		{"send without a peer", second(stream().Send([]byte("x"))), unix.ENOTCONN, "it is not connected"},
		{"send nowhere", second(packet().Send([]byte("x"))), unix.ENOTCONN, "it is not connected"},
		{"receive from nobody", second(stream().Recv(make([]byte, 1))), unix.EINVAL, "recv: "},
		{"nothing there", second(packet().Recv(make([]byte, 1), unix.MSG_DONTWAIT)), unix.EAGAIN, "it would have to wait"},
		{"send to nothing", second(packet().SendTo([]byte("x"), path+"x")), unix.ENOENT, "has nothing of that name"},
		{"send to a stream", second(packet().SendTo([]byte("x"), path)), unix.EPROTOTYPE, "another type"},
	} {
		wantSocketError(t, c.name, c.err, c.is, c.text)
	}
}

// descriptorError returns the error of a call that gives a descriptor.
func descriptorError(_ ipclab.FD, err error) error { return err }

func TestSocketNoPermission(t *testing.T) {
	folder := t.TempDir()
	if err := errors.Join(os.Chmod(filepath.Dir(folder), 0o755), os.Chmod(folder, 0o755)); err != nil { // so that others come as far as to the socket
		t.Fatal(err)
	}
	path := filepath.Join(folder, "socket")
	listenAt(t, unix.AF_UNIX, path, 1)
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
	s := newSocket(t, unix.AF_UNIX, unix.SOCK_STREAM)
	var connect, bind, over, port error
	unprivileged(func() {
		connect, bind, over = s.Connect(path), s.Bind(path+"2"), s.BindOver(path+"2")
	})
	wantSocketError(t, "connect", connect, unix.EACCES, "whose permissions are 0600")
	wantSocketError(t, "bind", bind, unix.EACCES, "may not be written to")
	wantSocketError(t, "bind over", over, unix.EACCES, "may not be written to")
	// A port below 1024 wants a capability, which a child gives up.
	child := spawn(t, func() {
		unix.Setresuid(65534, 65534, 65534)
		low, _ := ipclab.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
		if port = low.Bind("127.0.0.1:1"); errors.Is(port, unix.EACCES) && strings.Contains(port.Error(), "ports below 1024") {
			os.Exit(7)
		}
	})
	if status, _ := child.Wait(); status.ExitCode() != 7 {
		t.Errorf("bind to port 1 without privilege: %v", status)
	}
}

func TestSocketLimit(t *testing.T) {
	l, name := listenAt(t, unix.AF_UNIX, "@", 1)
	if err := newSocket(t, unix.AF_UNIX, unix.SOCK_STREAM).Connect(name); err != nil {
		t.Fatal(err)
	}
	child := spawn(t, func() {
		none := unix.Rlimit{Cur: 3, Max: 1024}
		unix.Setrlimit(unix.RLIMIT_NOFILE, &none)
		_, make := ipclab.Socket(unix.AF_UNIX, unix.SOCK_STREAM, 0)
		_, _, pair := ipclab.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
		_, _, accept := l.Accept()
		for _, err := range []error{make, pair, accept} {
			if !errors.Is(err, unix.EMFILE) || !strings.Contains(err.Error(), "ipclab.Descriptors()") {
				os.Exit(1)
			}
		}
	})
	if status, _ := child.Wait(); status.ExitCode() != 0 {
		t.Errorf("with no descriptor left: %v", status)
	}
}

func TestShutdown(t *testing.T) {
	for _, how := range []string{"unix", "tcp"} {
		domain, address := unix.AF_UNIX, "@"
		if how == "tcp" {
			domain, address = unix.AF_INET, "127.0.0.1:0"
		}
		client, server := newConnection(t, domain, address)
		io.WriteString(client, "question")
		if err := client.Shutdown(unix.SHUT_WR); err != nil {
			t.Fatal(err)
		}
		question, err := io.ReadAll(server)
		if string(question) != "question" || err != nil {
			t.Errorf("%s: %q, %v", how, question, err)
		}
		io.WriteString(server, "answer") // the other direction is open
		p := make([]byte, 10)
		if n, err := client.Recv(p); string(p[:n]) != "answer" || err != nil {
			t.Errorf("%s: %q, %v", how, p[:n], err)
		}
		_, err = client.Send([]byte("x"))
		wantSocketError(t, how+": send after SHUT_WR", err, unix.EPIPE, "shut down for writing")
	}
}
