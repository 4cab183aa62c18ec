package ipclab_test

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"ipclab/ipclab"
	"ipclab/ipclab/mime"
)

func TestPortInUse(t *testing.T) {
	l, name := listenAt(t, unix.AF_INET, "127.0.0.1:0", 1)
	here := fmt.Sprintf("a TCP socket in state LISTEN has that port, held by this process (descriptor %d)", int(l))
	other := newSocket(t, unix.AF_INET, unix.SOCK_STREAM)
	wantSocketError(t, "same address", other.Bind(name), unix.EADDRINUSE, here)
	port := ":" + name[strings.LastIndex(name, ":")+1:]
	wantSocketError(t, "all addresses", other.Bind(port), unix.EADDRINUSE, here)
	wantSocketError(t, "by name", other.Bind("localhost"+port), unix.EADDRINUSE, here)
	wantSocketError(t, "IPv6, all addresses", newSocket(t, unix.AF_INET6, unix.SOCK_STREAM).Bind(port), unix.EADDRINUSE, here)
	child := spawn(t, func() { select {} })
	l.Close()
	wantSocketError(t, "another process", other.Bind(name), unix.EADDRINUSE, fmt.Sprintf("held by process %d (descriptor %d, ", child.Pid(), int(l)))
	child.Kill()
	child.Wait()
	if err := other.Bind(name); err != nil {
		t.Errorf("after its end: %v", err)
	}
	// With SO_REUSEADDR on both, it is Listen that finds the other.
	first, second := newSocket(t, unix.AF_INET, unix.SOCK_STREAM), newSocket(t, unix.AF_INET, unix.SOCK_STREAM)
	for _, s := range []ipclab.FD{first, second} {
		if err := s.Setsockopt(unix.SOL_SOCKET, unix.SO_REUSEADDR, 1); err != nil {
			t.Fatal(err)
		}
	}
	first.Bind("127.0.0.1:0")
	name, _ = first.Getsockname()
	if err := errors.Join(second.Bind(name), first.Listen(1)); err != nil {
		t.Fatal(err)
	}
	wantSocketError(t, "listen", second.Listen(1), unix.EADDRINUSE, fmt.Sprintf("(descriptor %d)", int(first)))
}

func TestUDPPortInUse(t *testing.T) {
	s := newSocket(t, unix.AF_INET, unix.SOCK_DGRAM)
	if err := s.Bind("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	name, _ := s.Getsockname()
	wantSocketError(t, "UDP", newSocket(t, unix.AF_INET, unix.SOCK_DGRAM).Bind(name), unix.EADDRINUSE,
		fmt.Sprintf("a UDP socket has that port, held by this process (descriptor %d)", int(s)))
}

func TestTimeWaitIsNamed(t *testing.T) {
	client, server := newConnection(t, unix.AF_INET, "127.0.0.1:0")
	name, _ := client.Getpeername()
	server.Shutdown(unix.SHUT_WR)
	if _, err := client.Recv(make([]byte, 1)); err == nil {
		t.Fatal("no end of file")
	}
	client.Close()
	server.Recv(make([]byte, 1)) // until the client's end is known
	server.Close()
	other := newSocket(t, unix.AF_INET, unix.SOCK_STREAM)
	wantSocketError(t, "bind", other.Bind(name), unix.EADDRINUSE, "1 ended connection of that port is in TIME_WAIT")
	table, err := ipclab.Connections(name)
	rows := slices.DeleteFunc(table.Rows(), func(r ipclab.ConnectionRow) bool { return r.Local != name })
	if err != nil || len(rows) != 1 || rows[0].State != "TIME_WAIT" || rows[0].Held != "nobody" || rows[0].Timer != "time wait" || rows[0].Left <= 0 {
		t.Errorf("%+v, %v", rows, err)
	}
	if text := table.MIMEBundle()[mime.HTML].(string); !strings.Contains(text, "late segments") {
		t.Error("the table does not say what TIME_WAIT is")
	}
}

func TestTCPRefused(t *testing.T) {
	l, name := listenAt(t, unix.AF_INET, "127.0.0.1:0", 1)
	l.Close()
	c := newSocket(t, unix.AF_INET, unix.SOCK_STREAM)
	wantSocketError(t, "nobody listens", c.Connect(name), unix.ECONNREFUSED, "nobody listens on that port there")
	client, _ := newConnection(t, unix.AF_INET, "127.0.0.1:0")
	peer, _ := client.Getpeername()
	wantSocketError(t, "twice", client.Connect(peer), unix.EISCONN, "a socket connects once")
}

func TestConnections(t *testing.T) {
	for domain, address := range map[int]string{unix.AF_INET: "127.0.0.1:0", unix.AF_INET6: "[::1]:0"} {
		l, name := listenAt(t, domain, address, 3)
		child := spawn(t, func() { select {} })
		table, err := ipclab.Connections()
		if err != nil {
			t.Fatal(err)
		}
		found := false
		for _, r := range table.Rows() {
			if r.Local == name {
				found = r.State == "LISTEN" && strings.Contains(r.Held, fmt.Sprintf("%d (descriptor %d, ", os.Getpid(), int(l))) &&
					strings.Contains(r.Held, fmt.Sprintf("%d (descriptor %d, ", child.Pid(), int(l)))
			}
		}
		if !found {
			t.Errorf("%s, held by this process and %d:\n%v", name, child.Pid(), table)
		}
	}
	_, err := ipclab.Connections("127.0.0.1")
	wantSocketError(t, "no port", err, unix.EINVAL, "want an address and a port")
	unused := netip.MustParseAddrPort("127.0.0.254:1").String()
	if table, err := ipclab.Connections(unused); table.Rows() != nil || err != nil || !strings.Contains(table.String(), "No TCP sockets.") {
		t.Errorf("%v, %v", table, err)
	}
	var none *ipclab.ConnectionTable
	if none.Rows() != nil || none.String() == "" {
		t.Error("a nil table")
	}
}

func TestTCPStatesVariants(t *testing.T) {
	again := func(o ipclab.TCPStatesOptions) (without, with string) {
		table, err := ipclab.TCPStates(o)
		if err != nil {
			t.Fatal(err)
		}
		rows := table.Rows()
		n := len(rows)
		if end := rows[n-1]; o.ClientFirst && (end.Client != "TIME_WAIT" || end.Server != "") || !o.ClientFirst && end.Server != "TIME_WAIT" {
			t.Errorf("%+v ends with %+v", o, end)
		}
		return rows[n-2].Result, rows[n-1].Result
	}
	for o, want := range map[ipclab.TCPStatesOptions][2]string{
		{}:                                     {"EADDRINUSE", "succeeds"},
		{NoReuseAddr: true}:                    {"EADDRINUSE", "EADDRINUSE"},
		{ClientFirst: true}:                    {"succeeds", "succeeds"},
		{ClientFirst: true, NoReuseAddr: true}: {"succeeds", "succeeds"},
	} {
		if without, with := again(o); without != want[0] || with != want[1] {
			t.Errorf("%+v: bind again %s, with SO_REUSEADDR %s; want %v", o, without, with, want)
		}
	}
	_, err := ipclab.TCPStates(ipclab.TCPStatesOptions{}, ipclab.TCPStatesOptions{})
	wantSocketError(t, "twice", err, unix.EINVAL, "given 2 times")
}

func TestSocketExperimentErrors(t *testing.T) {
	boundaries := func(o ...ipclab.BoundariesOptions) error { _, err := ipclab.Boundaries(o...); return err }
	backlog := func(o ...ipclab.BacklogOptions) error { _, err := ipclab.Backlog(o...); return err }
	delay := func(o ...ipclab.NoDelayOptions) error { _, err := ipclab.NoDelay(o...); return err }
	for text, err := range map[string]error{
		"given 2 times: want 1": delay(ipclab.NoDelayOptions{}, ipclab.NoDelayOptions{}),
		"-1 exchanges":          delay(ipclab.NoDelayOptions{Exchanges: -1}),
		"1001 exchanges":        delay(ipclab.NoDelayOptions{Exchanges: 1001}),
		"backlog -1":            backlog(ipclab.BacklogOptions{Backlogs: []int{-1}}),
		"backlog 129":           backlog(ipclab.BacklogOptions{Backlogs: []int{129}}),
		"given 2 times":         backlog(ipclab.BacklogOptions{}, ipclab.BacklogOptions{}),
		"given 3 times":         boundaries(ipclab.BoundariesOptions{}, ipclab.BoundariesOptions{}, ipclab.BoundariesOptions{}),
		"size 0":                boundaries(ipclab.BoundariesOptions{Sizes: []int{0}}),
		"size 1025":             boundaries(ipclab.BoundariesOptions{Sizes: []int{1025}}),
		"65 messages":           boundaries(ipclab.BoundariesOptions{Sizes: make([]int, 65)}),
		"room 0":                boundaries(ipclab.BoundariesOptions{Rooms: []int{0}}),
	} {
		wantSocketError(t, text, err, unix.EINVAL, text)
	}
	var boundary *ipclab.BoundariesTable
	var queue *ipclab.BacklogTable
	var states *ipclab.TCPStatesTable
	var delays *ipclab.NoDelayTable
	if boundary.Rows() != nil || queue.Rows() != nil || states.Rows() != nil || delays.Rows() != nil {
		t.Error("nil tables have rows")
	}
	for _, table := range []fmt.Stringer{boundary, queue, states, delays} {
		if table.String() == "" {
			t.Errorf("%T: a nil table has no text", table)
		}
	}
}
