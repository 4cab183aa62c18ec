package doorserver_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/doorclient"
	"ipclab/ipclab/internal/doorserver"
	"ipclab/ipclab/internal/doorwire"
)

// echo makes a door that answers with the argument, and two threads to do it with, at a path.
func echo(t testing.TB) (path string, descriptor int) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "door")
	d, fd, err := doorserver.New(doorserver.Config{
		Procedure: func(c *doorserver.Call) {
			for _, fd := range c.Files {
				unix.Close(fd)
			}
			c.Reply(c.Data, nil)
		},
		Panicked: func(value any) { t.Error(value) },
	})
	if err != nil {
		t.Fatal(err)
	}
	d.SetThreads(2)
	if err := d.Attach(path); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Revoke(); unix.Close(fd) })
	return path, fd
}

// dial connects to the door as any program can.
func dial(t testing.TB, path string) int {
	t.Helper()
	fd, err := doorwire.Dial(unix.AT_FDCWD, path, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Close(fd) })
	return fd
}

// connect makes a connection by hand and takes the Hello.
func connect(t testing.TB, reference int) int {
	t.Helper()
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Close(pair[0]) })
	err = doorwire.Send(reference, &doorwire.Message{Kind: doorwire.Connect, Files: pair[1:]}, 0)
	unix.Close(pair[1])
	if err != nil {
		t.Fatal(err)
	}
	if m, err := doorwire.Receive(pair[0], 0); err != nil || m.Kind != doorwire.Hello {
		t.Fatal(m, err)
	}
	return pair[0]
}

// works checks that a well-behaved client is served.
func works(t testing.TB, path, after string) {
	t.Helper()
	fd, err := doorwire.Dial(unix.AT_FDCWD, path, 0)
	if err != nil {
		t.Fatalf("after %s: %v", after, err)
	}
	defer unix.Close(fd)
	defer doorclient.Forget(fd)
	m, err := doorclient.Call(fd, []byte("x"), nil, time.Now().Add(20*time.Second))
	if err != nil || string(m.Data) != "x" {
		t.Fatalf("after %s: %+v, %v", after, m, err)
	}
}

// head is a packet of a good head with these data, whatever it says of them.
func head(kind doorwire.Kind, data string) []byte {
	b := append([]byte("DOOR\x01\x00\x00\x00"), make([]byte, 16)...)
	b[5], b[16] = byte(kind), byte(len(data))
	return append(b, data...)
}

// TestSilentClients: clients that say nothing, on descriptors and on connections, hold no server thread.
func TestSilentClients(t *testing.T) {
	path, _ := echo(t)
	for range 50 {
		connect(t, dial(t, path))
	}
	works(t, path, "silent clients")
}

// TestTooManyClients: there is a bound, clients beyond it learn of it or wait, and are served when others have gone.
func TestTooManyClients(t *testing.T) {
	const most = 12
	t.Cleanup(doorserver.SetLinksMost(most))
	path, own := echo(t)
	var silent []int
	for range most { // the last ones are not accepted
		fd, err := doorwire.Dial(unix.AT_FDCWD, path, 0)
		if err != nil {
			t.Fatal(err)
		}
		silent = append(silent, fd)
	}
	end := time.Now().Add(20 * time.Second)
	call := func() error {
		defer doorclient.Forget(own)
		_, err := doorclient.Call(own, nil, nil, end)
		return err
	}
	for err := call(); !errors.Is(err, unix.EAGAIN); err = call() { // until the others have been accepted
		if err != nil || time.Now().After(end) {
			t.Fatalf("with %d clients: %v, want EAGAIN", most, err)
		}
	}
	for _, fd := range silent {
		unix.Close(fd)
	}
	works(t, path, "too many clients")
}

// TestClientsThatNeverRead: answers that nobody takes do not stop the server.
func TestClientsThatNeverRead(t *testing.T) {
	path, _ := echo(t)
	for range 3 {
		fd := connect(t, dial(t, path))
		m := &doorwire.Message{Kind: doorwire.Call, Data: make([]byte, doorwire.InlineMost)}
		for end := time.Now().Add(20 * time.Second); doorwire.Send(fd, m, unix.MSG_DONTWAIT) != unix.EPIPE; {
			if time.Now().After(end) {
				t.Fatal("the server goes on")
			}
			unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLOUT}}, 100)
		}
	}
	works(t, path, "clients that never read")
}

func TestMalformedPackets(t *testing.T) {
	path, _ := echo(t)
	file, err := os.Open("/dev/null")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rights := func(n int) []byte { return unix.UnixRights(repeated(int(file.Fd()), n)...) }
	inFile := head(doorwire.Call, "")
	inFile[12], inFile[16], inFile[22] = 1, 9, 0x40
	unsealed := head(doorwire.Call, "")
	unsealed[12], unsealed[16] = 1, 9
	for name, p := range map[string]struct {
		packet, rights []byte
	}{
		"an empty packet":                 {nil, nil},
		"one byte":                        {[]byte("x"), nil},
		"200,000 bytes":                   {bytes.Repeat([]byte("x"), 200000), nil},
		"a head alone":                    {head(doorwire.Call, "abc")[:24], nil},
		"a reply":                         {head(doorwire.Reply, "abc"), nil},
		"a hello":                         {head(doorwire.Hello, ""), nil},
		"a connect":                       {head(doorwire.Connect, ""), nil},
		"a connect with a file":           {with(head(doorwire.Connect, ""), 1), rights(1)},
		"descriptors that are not said":   {head(doorwire.Call, "abc"), rights(2)},
		"253 descriptors":                 {head(doorwire.Call, "abc"), rights(253)},
		"descriptors that are not there":  {with(head(doorwire.Call, "abc"), 5), nil},
		"2^54 bytes in a file":            {inFile, rights(1)},
		"data in what is no sealed memfd": {unsealed, rights(1)},
	} {
		for _, fd := range []int{dial(t, path), connect(t, dial(t, path))} {
			unix.Sendmsg(fd, p.packet, p.rights, nil, unix.MSG_NOSIGNAL|unix.MSG_DONTWAIT)
			works(t, path, name)
		}
	}
}

func repeated(fd, n int) (list []int) {
	for range n {
		list = append(list, fd)
	}
	return list
}

func with(packet []byte, files byte) []byte {
	p := bytes.Clone(packet)
	p[6] = files
	return p
}

// FuzzServer sends a packet of a foreign program's to a door, as its first word and on a connection.
func FuzzServer(f *testing.F) {
	path, _ := echo(f)
	f.Add(head(doorwire.Call, "abc"), 0)
	f.Add(with(head(doorwire.Call, "abc"), 1), 1)
	f.Add([]byte("GET / HTTP/1.0\r\n\r\n"), 0)
	f.Fuzz(func(t *testing.T, packet []byte, files int) {
		if files < 0 || files > 253 {
			return
		}
		for _, fd := range []int{dial(t, path), connect(t, dial(t, path))} {
			var rights []byte
			if files > 0 {
				rights = unix.UnixRights(repeated(0, files)...)
			}
			unix.Sendmsg(fd, packet, rights, nil, unix.MSG_NOSIGNAL|unix.MSG_DONTWAIT)
		}
		works(t, path, "a packet")
	})
}
