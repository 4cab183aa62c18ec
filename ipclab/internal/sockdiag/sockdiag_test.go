package sockdiag

import (
	"encoding/binary"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestParseTCP(t *testing.T) {
	if binary.NativeEndian.Uint16([]byte{1, 0}) != 1 {
		t.Fatal("the lines below are those of a little-endian machine")
	}
	got := ParseTCP(`  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000002 00:00000000 00000000  1000        0 81234 1 0000000000000000 100 0 0 10 0
   1: 0100007F:1F90 0100007F:D431 06 00000000:00000000 03:00001770 00000000     0        0 0 3 0000000000000000
   2: 00000000000000000000000001000000:0050 00000000000000000000000001000000:0051 02 00000001:00000000 01:00000064 00000000     0        0 5 1
   bad line
`)
	want := []TCP{
		{Local: netip.MustParseAddrPort("127.0.0.1:8080"), Peer: netip.MustParseAddrPort("0.0.0.0:0"), State: "LISTEN", Receive: 2, UID: 1000, Inode: 81234},
		{Local: netip.MustParseAddrPort("127.0.0.1:8080"), Peer: netip.MustParseAddrPort("127.0.0.1:54321"), State: "TIME_WAIT", Timer: "time wait", Left: time.Minute},
		{Local: netip.MustParseAddrPort("[::1]:80"), Peer: netip.MustParseAddrPort("[::1]:81"), State: "SYN_SENT", Send: 1, Timer: "retransmission", Left: time.Second, Inode: 5},
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestListTCP(t *testing.T) {
	for _, address := range []string{"127.0.0.1:0", "[::1]:0"} {
		l, err := net.Listen("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		all, err := ListTCP()
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(all, func(s TCP) bool { return s.Local.String() == l.Addr().String() })
		if i < 0 || all[i].State != "LISTEN" {
			t.Fatalf("%v is not listed", l.Addr())
		}
		holders, err := Holders(all[i].Inode, 0)
		if h := holders[all[i].Inode]; err != nil || len(h) != 1 || h[0].Pid != os.Getpid() {
			t.Errorf("held by %v, %v; want this process", h, err)
		}
	}
}

func TestListUDP(t *testing.T) {
	c, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	all, err := ListUDP()
	if err != nil || !slices.ContainsFunc(all, func(s TCP) bool { return s.Local.String() == c.LocalAddr().String() && s.State == "CLOSE" }) {
		t.Errorf("%v is not listed: %v", c.LocalAddr(), err)
	}
}

func TestListUnix(t *testing.T) {
	path := filepath.Join(t.TempDir(), "socket")
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: path})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	packet, err := unix.Socket(unix.AF_UNIX, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(packet)
	abstract := "@" + path
	if err := unix.Bind(packet, &unix.SockaddrUnix{Name: abstract}); err != nil {
		t.Fatal(err)
	}
	all, err := ListUnix()
	if err != nil {
		t.Fatal(err)
	}
	var st, other unix.Stat_t
	if unix.Stat(path, &st) != nil || unix.Stat(filepath.Dir(path), &other) != nil {
		t.Fatal("no file")
	}
	named := func(name string) Unix {
		i := slices.IndexFunc(all, func(s Unix) bool { return s.Name == name })
		if i < 0 {
			t.Fatalf("%s is not listed", name)
		}
		return all[i]
	}
	if s := named(path); !s.Listening || s.Type != unix.SOCK_STREAM || !s.IsFile(&st) || s.IsFile(&other) {
		t.Errorf("%+v", s)
	}
	if s := named(abstract); s.Listening || s.Type != unix.SOCK_DGRAM || s.IsFile(&st) {
		t.Errorf("%+v", s)
	}
}
