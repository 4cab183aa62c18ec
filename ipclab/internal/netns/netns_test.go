package netns

import (
	"encoding/hex"
	"errors"
	"net"
	"net/netip"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// name returns what identifies the calling thread's namespace.
func name(t *testing.T) string {
	t.Helper()
	text, err := os.Readlink(own)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// pair makes two namespaces that are connected.
func pair(t *testing.T) (a, b int) {
	t.Helper()
	var made []int
	for range 2 {
		ns, err := New()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { unix.Close(ns) })
		made = append(made, ns)
	}
	a, b = made[0], made[1]
	err := errors.Join(Connect(a, b), Up(a, netip.MustParsePrefix("10.1.1.1/24")), Up(b, netip.MustParsePrefix("10.1.1.2/24")))
	if err != nil {
		t.Fatal(err)
	}
	return a, b
}

func TestEnterAndLeave(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	home := name(t)
	a, b := pair(t)
	if name(t) != home {
		t.Fatal("New, Connect or Up left the thread in another namespace")
	}
	seen := map[string]bool{home: true}
	for _, ns := range []int{a, b} {
		_, leave, err := Enter(ns)
		if err != nil {
			t.Fatal(err)
		}
		seen[name(t)] = true
		devices, err := net.Interfaces()
		if err2 := leave(); err != nil || err2 != nil || len(devices) != 2 {
			t.Errorf("%v, %v, %v; want lo and %s", devices, err, err2, Device)
		}
	}
	if len(seen) != 3 || name(t) != home {
		t.Errorf("namespaces %v, in the end %s", seen, name(t))
	}
	if _, _, err := Enter(-1); !errors.Is(err, unix.EBADF) || name(t) != home {
		t.Errorf("Enter of nothing: %v", err)
	}
}

// TestWithoutPrivilege: who may not make or enter a namespace has not left the one it is in, and is told nothing of a way
// back, which it may not go either.
func TestWithoutPrivilege(t *testing.T) {
	a, _ := pair(t)
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var had [2]unix.CapUserData
	if err := unix.Capget(&header, &had[0]); err != nil {
		t.Fatal(err)
	}
	less := had
	less[0].Effective &^= 1 << unix.CAP_SYS_ADMIN
	if err := unix.Capset(&header, &less[0]); err != nil {
		t.Fatal(err)
	}
	home := name(t)
	_, made := New()
	_, _, entered := Enter(a)
	if err := unix.Capset(&header, &had[0]); err != nil {
		t.Fatal(err)
	}
	for what, err := range map[string]error{"New": made, "Enter": entered} {
		if !errors.Is(err, unix.EPERM) || strings.Contains(err.Error(), "back") {
			t.Errorf("%s: %v; want EPERM and nothing of a way back", what, err)
		}
	}
	if name(t) != home {
		t.Errorf("in namespace %s, before in %s", name(t), home)
	}
}

func TestConnectedHosts(t *testing.T) {
	a, b := pair(t)
	_, leave, err := Enter(b)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "10.1.1.2:0")
	if e := leave(); err != nil || e != nil {
		t.Fatal(err, e)
	}
	defer l.Close()
	if _, leave, err = Enter(a); err != nil {
		t.Fatal(err)
	}
	// The address is a number, so that no other goroutine takes part, on a thread of another namespace.
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if e := leave(); err != nil || e != nil {
		t.Fatal(err, e)
	}
	defer unix.Close(fd)
	if err := unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_SNDTIMEO, &unix.Timeval{Sec: 10}); err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	if err := unix.Connect(fd, &unix.SockaddrInet4{Port: port, Addr: [4]byte{10, 1, 1, 2}}); err != nil {
		t.Errorf("from one host to the other: %v", err)
	}
	if err := Connect(a, b); !errors.Is(err, unix.EEXIST) {
		t.Errorf("a second cable: %v, want EEXIST", err)
	}
}

// TestRequestIsThatOfTc: the bytes are those that iproute2 sends for
// "tc qdisc replace dev lo root handle 1: netem limit 10000 delay 20ms 5ms loss 1%".
func TestRequestIsThatOfTc(t *testing.T) {
	const want = "000000000100000000000100ffffffff000000000a0001006e6574656d000000" +
		"1c000200b4c4040010270000295c8f0200000000000000002d310100"
	got := Impairment{Delay: 20 * time.Millisecond, Jitter: 5 * time.Millisecond, Loss: 0.01}.request(1)
	if hex.EncodeToString(got) != want {
		t.Errorf("got  %x\nwant %s", got, want)
	}
}

func TestImpair(t *testing.T) {
	a, _ := pair(t)
	if err := Impair(a, Impairment{}); err != nil {
		t.Errorf("nothing to do: %v", err)
	}
	err := Impair(a, Impairment{Delay: time.Millisecond})
	if err != nil && (!errors.Is(err, ErrNoNetem) || !strings.Contains(err.Error(), "by RTM_NEWQDISC: ")) {
		t.Errorf("%v; want none, or what is not there and what was tried", err)
	}
}

func TestSetting(t *testing.T) {
	for config, want := range map[string]string{
		"# CONFIG_NET_SCH_NETEM is not set\n":       "not set",
		"CONFIG_NET_SCH_NETEM=m\n":                  "modprobe sch_netem",
		"CONFIG_X=y\nCONFIG_NET_SCH_NETEM=y\nA=b\n": "built in",
		"": "not set",
	} {
		if got := setting(config); !strings.Contains(got, want) {
			t.Errorf("%q: %q, want %q", config, got, want)
		}
	}
}
