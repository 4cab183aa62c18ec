package ipclab_test

import (
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"ipclab/ipclab"
)

func TestSendRecvShort(t *testing.T) {
	a, b := newSocketpair(t, unix.SOCK_STREAM)
	io.WriteString(a, "0123456789")
	p := make([]byte, 4)
	for _, want := range []string{"0123", "4567", "89"} { // a stream loses nothing
		if n, err := b.Recv(p); string(p[:n]) != want || err != nil {
			t.Errorf("%q, %v; want %q", p[:n], err, want)
		}
	}
	if _, err := b.Recv(p, unix.MSG_DONTWAIT); !errors.Is(err, unix.EAGAIN) {
		t.Errorf("empty: %v, want EAGAIN", err)
	}
	n, err := a.Send(make([]byte, 1<<24), unix.MSG_DONTWAIT)
	if n <= 0 || n >= 1<<24 || err != nil {
		t.Errorf("sent %d, %v; want as many as there is room for", n, err)
	}
	if _, err := a.Send(p, unix.MSG_DONTWAIT); !errors.Is(err, unix.EAGAIN) {
		t.Errorf("full: %v, want EAGAIN", err)
	}
}

func TestRecvEndAndEmpty(t *testing.T) {
	p := make([]byte, 4)
	for _, kind := range []int{unix.SOCK_STREAM, unix.SOCK_SEQPACKET} {
		a, b := newSocketpair(t, kind)
		io.WriteString(a, "ab")
		a.Close()
		n, err := b.Recv(p)
		_, end := b.Recv(p)
		_, endOfMessages := b.RecvMsg(p, 0)
		_, _, endOfFDs := b.RecvFDs(p, 1)
		if n != 2 || err != nil || end != io.EOF || endOfMessages != io.EOF || endOfFDs != io.EOF {
			t.Errorf("type %d: %d, %v; then %v, %v, %v; want end of file", kind, n, err, end, endOfMessages, endOfFDs)
		}
	}
	a, b := newSocketpair(t, unix.SOCK_DGRAM)
	if n, err := a.Send(nil); n != 0 || err != nil {
		t.Fatal(n, err)
	}
	if n, err := b.Recv(p); n != 0 || err != nil {
		t.Errorf("an empty datagram: %d, %v", n, err)
	}
	_, err := a.Send(make([]byte, 1<<24))
	wantSocketError(t, "huge datagram", err, unix.EMSGSIZE, "a message of 16777216 bytes")
}

func TestRecvMsgTruncated(t *testing.T) {
	for _, kind := range []int{unix.SOCK_DGRAM, unix.SOCK_SEQPACKET} {
		a, b := newSocketpair(t, kind)
		io.WriteString(a, "a long message")
		io.WriteString(a, "next")
		p := make([]byte, 6)
		if n, err := b.Recv(p, unix.MSG_PEEK|unix.MSG_TRUNC); n != 14 || err != nil {
			t.Errorf("MSG_TRUNC: %d, %v; want the whole length, 14", n, err)
		}
		m, err := b.RecvMsg(p, 0)
		if m.N != 6 || m.Length != 14 || !m.Truncated || m.FDsLost || err != nil {
			t.Errorf("%+v, %v", m, err)
		}
		m, err = b.RecvMsg(p, 0)
		if string(p[:m.N]) != "next" || m.Length != 4 || m.Truncated || err != nil {
			t.Errorf("%+v, %v: what was cut is lost", m, err)
		}
	}
	a, b := newSocketpair(t, unix.SOCK_STREAM)
	io.WriteString(a, "a long message")
	if m, err := b.RecvMsg(make([]byte, 6), 0); m.N != 6 || m.Length != 6 || m.Truncated || err != nil {
		t.Errorf("a stream: %+v, %v", m, err)
	}
}

// TestDeadPeers: what a process meets whose peer has gone, by kind of end.
func TestDeadPeers(t *testing.T) {
	dies := func(peer, other ipclab.FD, f func()) {
		child := spawn(t, func() {
			other.Close()
			f()
			unix.Kill(os.Getpid(), unix.SIGKILL)
			select {}
		})
		peer.Close() // the child has it
		child.Wait()
	}
	p := make([]byte, 10)
	for _, domain := range []int{unix.AF_UNIX, unix.AF_INET} {
		address := map[int]string{unix.AF_UNIX: "@", unix.AF_INET: "127.0.0.1:0"}[domain]
		client, server := newConnection(t, domain, address)
		dies(server, client, func() { io.WriteString(server, "last words") })
		n, err := client.Recv(p)
		_, end := client.Recv(p)
		if n != 10 || err != nil || end != io.EOF {
			t.Errorf("domain %d: a peer that dies with all read: %d, %v, then %v; want its words and end of file", domain, n, err, end)
		}
		client, server = newConnection(t, domain, address)
		io.WriteString(client, "unread")
		dies(server, client, func() { server.Recv(p, unix.MSG_PEEK) })
		_, err = client.Recv(p)
		wantSocketError(t, "receive from one that died with data unread", err, unix.ECONNRESET, "without reading all")
		_, err = client.Send(p)
		wantSocketError(t, "send to it", err, unix.EPIPE, "SIGPIPE comes with it")
	}
	a, b := newSocketpair(t, unix.SOCK_SEQPACKET)
	dies(b, a, func() {})
	_, err := a.Send(p)
	wantSocketError(t, "a message to a dead peer", err, unix.EPIPE, "SIGPIPE comes with it")
	receiver, sender := newSocket(t, unix.AF_UNIX, unix.SOCK_DGRAM), newSocket(t, unix.AF_UNIX, unix.SOCK_DGRAM)
	receiver.Bind("@")
	name, _ := receiver.Getsockname()
	if err := sender.Connect(name); err != nil {
		t.Fatal(err)
	}
	receiver.Close()
	_, err = sender.Send(p)
	wantSocketError(t, "a datagram to nobody", err, unix.ECONNREFUSED, "nobody has the address")
	_, err = newSocket(t, unix.AF_UNIX, unix.SOCK_DGRAM).SendTo(p, name)
	wantSocketError(t, "to the name of nobody", err, unix.ECONNREFUSED, "no socket of that abstract name")
}

func TestDescriptorsSent(t *testing.T) {
	a, b := newSocketpair(t, unix.SOCK_STREAM)
	r, w := pipe(t)
	if err := a.SendFDs([]byte("xy"), r, w); err != nil {
		t.Fatal(err)
	}
	p := make([]byte, 10)
	n, fds, err := b.RecvFDs(p, 5)
	closeSocketsAtEnd(t, fds...)
	if n != 2 || len(fds) != 2 || err != nil || fds[0] == r || target(fds[0]) != target(r) {
		t.Fatalf("%d, %v, %v", n, fds, err)
	}
	io.WriteString(fds[1], "through the pipe")
	if n, err := r.Read(p); n != 10 || err != nil {
		t.Error(n, err)
	}
	// Close-on-exec is as the receiver says.
	a.SendFDs([]byte("x"), r)
	m, err := b.RecvMsg(p, 1, unix.MSG_CMSG_CLOEXEC)
	closeSocketsAtEnd(t, m.FDs...)
	if err != nil || len(m.FDs) != 1 {
		t.Fatal(m, err)
	}
	row, _ := rowOf(descriptors(t, os.Getpid()), os.Getpid(), m.FDs[0])
	first, _ := rowOf(descriptors(t, os.Getpid()), os.Getpid(), fds[0])
	if !row.CloseOnExec || first.CloseOnExec {
		t.Errorf("close-on-exec: %v with MSG_CMSG_CLOEXEC, %v without", row.CloseOnExec, first.CloseOnExec)
	}
}

func TestDescriptorsLost(t *testing.T) {
	a, b := newSocketpair(t, unix.SOCK_STREAM)
	r, w := pipe(t)
	before := len(open())
	p := make([]byte, 1)
	for _, room := range []int{0, 1, 2} {
		if err := a.SendFDs(p, r, w, r); err != nil {
			t.Fatal(err)
		}
		n, fds, err := b.RecvFDs(p, room)
		wantSocketError(t, "three descriptors", err, unix.EMSGSIZE, "MSG_CTRUNC")
		if n != 1 || len(fds) != room {
			t.Errorf("room for %d: %d bytes and %v", room, n, fds)
		}
		for _, fd := range fds {
			fd.Close()
		}
	}
	a.SendFDs(p, r)
	if m, err := b.RecvMsg(p, 0); !m.FDsLost || m.N != 1 || err != nil {
		t.Errorf("RecvMsg: %+v, %v", m, err)
	}
	a.SendFDs(p, r)
	if n, err := b.Read(p); n != 1 || err != nil { // loses it without a word
		t.Error(n, err)
	}
	if now := len(open()); now != before {
		t.Errorf("%d descriptors are open, %d were before", now, before)
	}
	// The limit of open descriptors bounds them too.
	a.SendFDs(p, slices.Repeat([]ipclab.FD{r}, 5)...)
	child := spawn(t, func() {
		limit := unix.Rlimit{Cur: 64, Max: 1024}
		unix.Setrlimit(unix.RLIMIT_NOFILE, &limit)
		for {
			if _, err := unix.Dup(0); err == unix.EMFILE {
				break
			}
		}
		unix.Close(63)
		_, fds, err := b.RecvFDs(p, 5)
		if len(fds) != 1 || !errors.Is(err, unix.EMSGSIZE) || !strings.Contains(err.Error(), "limit of open descriptors") {
			os.Exit(1)
		}
	})
	if status, _ := child.Wait(); status.ExitCode() != 0 {
		t.Errorf("with one descriptor left: %v", status)
	}
}

func TestDescriptorsSentErrors(t *testing.T) {
	a, b := newSocketpair(t, unix.SOCK_STREAM)
	r, _ := pipe(t)
	client, _ := newConnection(t, unix.AF_INET, "127.0.0.1:0")
	runtimes := ipclab.FD(-1) // one of the Go runtime's own
	for _, row := range descriptors(t, os.Getpid()).All().Rows() {
		if row.What == "eventpoll" {
			runtimes = row.FD
		}
	}
	_, _, tooMany := b.RecvFDs(nil, 254)
	_, negative := b.RecvMsg(nil, -1)
	for _, c := range []struct {
		name string
		err  error
		is   unix.Errno
		text string
	}{
		{"no byte", a.SendFDs(nil, r), unix.EINVAL, "at least one byte"},
		{"too many", a.SendFDs([]byte("x"), slices.Repeat([]ipclab.FD{r}, 254)...), unix.EINVAL, "at most 253"},
		{"closed", a.SendFDs([]byte("x"), closed), unix.EBADF, "is not open"},
		{"negative", a.SendFDs([]byte("x"), -1), unix.EBADF, "descriptor -1"},
		{"the runtime's", a.SendFDs([]byte("x"), runtimes), unix.EPERM, "in use by the Go runtime"},
		{"by TCP", client.SendFDs([]byte("x"), r), unix.EINVAL, "only a socket of AF_UNIX"},
		{"by a pipe", r.SendFDs([]byte("x"), r), unix.ENOTSOCK, "not a socket"},
		{"room for too many", tooMany, unix.EINVAL, "want 0 to 253"},
		{"negative room", negative, unix.EINVAL, "want 0 to 253"},
	} {
		wantSocketError(t, c.name, c.err, c.is, c.text)
	}
	if n, err := b.Recv(make([]byte, 1), unix.MSG_DONTWAIT); !errors.Is(err, unix.EAGAIN) {
		t.Errorf("something was sent: %d, %v", n, err)
	}
}
