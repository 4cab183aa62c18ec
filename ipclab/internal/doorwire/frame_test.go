package doorwire

import (
	"bytes"
	"errors"
	"io"
	"os"
	"slices"
	"testing"

	"golang.org/x/sys/unix"
)

// packet is a good one, with changes.
func packet(h Head, data string, change func(b []byte)) []byte {
	b := append(h.append(nil), data...)
	if change != nil {
		change(b)
	}
	return b
}

func TestParse(t *testing.T) {
	call := Head{Kind: Call, Files: 2, Size: 3}
	filed := Head{Kind: Reply, Errno: unix.EBADF, InFile: true, Size: DataMost}
	for _, c := range []struct {
		name   string
		packet []byte
		files  int
		ok     bool
	}{
		{"call", packet(call, "abc", nil), 2, true},
		{"data in a file", packet(filed, "", nil), 1, true},
		{"nothing", nil, 0, false},
		{"half a head", packet(call, "", nil)[:23], 2, false},
		{"other magic", packet(call, "abc", func(b []byte) { b[0] = 'd' }), 2, false},
		{"other version", packet(call, "abc", func(b []byte) { b[4] = 2 }), 2, false},
		{"kind 0", packet(call, "abc", func(b []byte) { b[5] = 0 }), 2, false},
		{"unknown kind", packet(call, "abc", func(b []byte) { b[5] = byte(kinds) }), 2, false},
		{"unknown place", packet(call, "abc", func(b []byte) { b[12] = 2 }), 2, false},
		{"too little data", packet(call, "ab", nil), 2, false},
		{"too much data", packet(call, "abcd", nil), 2, false},
		{"too few descriptors", packet(call, "abc", nil), 1, false},
		{"too many descriptors", packet(call, "abc", nil), 3, false},
		{"no file", packet(filed, "", nil), 0, false},
		{"data here and in a file", packet(filed, "x", nil), 1, false},
		{"2^63 bytes", packet(filed, "", func(b []byte) { b[23] = 0x80 }), 1, false},
		{"one byte more than may be", packet(Head{Kind: Call, InFile: true, Size: DataMost + 1}, "", nil), 1, false},
	} {
		h, data, err := Parse(c.packet, c.files)
		if (err == nil) != c.ok || err != nil && !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %+v, %d bytes, %v", c.name, h, len(data), err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(packet(Head{Kind: Call, Files: 1, Size: 3}, "abc", nil), 1)
	f.Add(packet(Head{Kind: Reply, Errno: unix.EINTR, InFile: true, Size: 1 << 20}, "", nil), 1)
	f.Add([]byte("DOOR"), 0)
	f.Fuzz(func(t *testing.T, b []byte, files int) {
		h, data, err := Parse(b, files)
		if err != nil {
			return
		}
		if got := append(h.append(nil), data...); !bytes.Equal(got, b) {
			t.Errorf("%x is taken for %+v, which is %x", b, h, got)
		}
		if h.Size > DataMost || h.Files > files || !h.InFile && h.Size != len(data) {
			t.Errorf("%x is taken for %+v with %d bytes", b, h, len(data))
		}
	})
}

// sockets makes two that are connected.
func sockets(t testing.TB) (a, b int) {
	t.Helper()
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Close(pair[0]); unix.Close(pair[1]) })
	return pair[0], pair[1]
}

func TestThere(t *testing.T) {
	a, b := sockets(t)
	unix.SetsockoptInt(b, unix.SOL_SOCKET, unix.SO_PASSCRED, 1)
	for _, size := range []int{0, 1, InlineMost, InlineMost + 1, 1 << 20} {
		data := bytes.Repeat([]byte{7}, size)
		if err := Send(a, &Message{Kind: Call, Data: data, Files: []int{a}}, unix.MSG_DONTWAIT); err != nil {
			t.Fatalf("%d bytes: %v", size, err)
		}
		m, err := Receive(b, unix.MSG_DONTWAIT)
		if err != nil {
			t.Fatalf("%d bytes: %v", size, err)
		}
		if m.Size() != size || m.Load(nil) != nil || !bytes.Equal(m.Data, data) || len(m.Files) != 1 || m.Sender == nil || int(m.Sender.Pid) != os.Getpid() {
			t.Errorf("%d bytes: %d came, %d descriptors, from %v", size, len(m.Data), len(m.Files), m.Sender)
		}
		m.Close()
	}
	unix.Close(a)
	if _, err := Receive(b, 0); err != io.EOF || !Gone(err) {
		t.Errorf("the other end is closed: %v", err)
	}
	if err := Send(b, &Message{Kind: Call}, 0); !Gone(err) {
		t.Errorf("the other end is closed: %v", err)
	}
}

// TestDescriptorsOfBadPackets: what comes with a packet that is refused is closed.
func TestDescriptorsOfBadPackets(t *testing.T) {
	a, b := sockets(t)
	before := openFiles(t)
	for _, p := range [][]byte{[]byte("x"), packet(Head{Kind: Call, Files: 3}, "", nil), bytes.Repeat([]byte("x"), InlineMost+headSize+1)} {
		if err := unix.Sendmsg(a, p, unix.UnixRights(0, 1), nil, 0); err != nil {
			t.Fatal(err)
		}
		if _, err := Receive(b, unix.MSG_DONTWAIT); !errors.Is(err, ErrMalformed) {
			t.Errorf("%d bytes: %v", len(p), err)
		}
	}
	if after := openFiles(t); !slices.Equal(after, before) {
		t.Errorf("open before: %v, after: %v", before, after)
	}
}

func TestFilesThatAreNotSealed(t *testing.T) {
	a, b := sockets(t)
	plain, err := unix.MemfdCreate("test", unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING)
	if err != nil {
		t.Fatal(err)
	}
	short, err := store([]byte("abc"))
	if err != nil {
		t.Fatal(err)
	}
	for name, fd := range map[string]int{"not sealed": plain, "a socket": a, "too short": short} {
		head := Head{Kind: Call, InFile: true, Size: 4}
		if err := unix.Sendmsg(a, head.append(nil), unix.UnixRights(fd), nil, 0); err != nil {
			t.Fatal(err)
		}
		m, err := Receive(b, unix.MSG_DONTWAIT)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if err := m.Load(nil); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
	unix.Close(plain)
	unix.Close(short)
}

// openFiles lists the descriptors of this process.
func openFiles(t *testing.T) (names []string) {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}
