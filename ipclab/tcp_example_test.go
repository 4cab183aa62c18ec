package ipclab_test

import (
	"fmt"
	"io"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab"
)

// A server and a client by TCP, on a port of the kernel's choice. The client says by half-close that its request is
// complete.
func ExampleFD_Listen() {
	s, _ := ipclab.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
	s.Setsockopt(unix.SOL_SOCKET, unix.SO_REUSEADDR, 1)
	s.Bind("127.0.0.1:0")
	s.Listen(5)
	name, _ := s.Getsockname()
	server, _ := ipclab.Spawn(func() {
		c, _, _ := s.Accept()
		request, _ := io.ReadAll(c) // to end of file, which the client's Shutdown is
		fmt.Fprintf(c, "%d bytes", len(request))
	})
	s.Close()

	c, _ := ipclab.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
	c.Connect(name)
	c.Setsockopt(unix.IPPROTO_TCP, unix.TCP_NODELAY, 1)
	fmt.Fprint(c, "a request")
	c.Shutdown(unix.SHUT_WR)
	answer, _ := io.ReadAll(c)
	c.Close()
	server.Wait()
	fmt.Println(string(answer))
	// Output: 9 bytes
}

func ExampleBoundaries() {
	t, err := ipclab.Boundaries(ipclab.BoundariesOptions{Sizes: []int{3, 5, 4}, Rooms: []int{64, 4}})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, r := range t.Rows() {
		fmt.Println(r.Socket, "buffer", r.Room, "gets", r.Received, "lost", r.Lost)
	}
	// Output:
	// UNIX stream buffer 64 gets [12] lost 0
	// UNIX stream buffer 4 gets [4 4 4] lost 0
	// UNIX seqpacket buffer 64 gets [3 5 4] lost 0
	// UNIX seqpacket buffer 4 gets [3 4 4] lost 1
	// UNIX datagram buffer 64 gets [3 5 4] lost 0
	// UNIX datagram buffer 4 gets [3 4 4] lost 1
	// TCP buffer 64 gets [12] lost 0
	// TCP buffer 4 gets [4 4 4] lost 0
	// UDP buffer 64 gets [3 5 4] lost 0
	// UDP buffer 4 gets [3 4 4] lost 1
}

func ExampleBacklog() {
	t, err := ipclab.Backlog(ipclab.BacklogOptions{Backlogs: []int{0, 3}})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, r := range t.Rows() {
		fmt.Printf("%s, backlog %d: %d connected, then %s\n", r.Socket, r.Backlog, r.Connected, r.Next)
	}
	// Output:
	// UNIX stream, backlog 0: 1 connected, then EAGAIN; without O_NONBLOCK it would block
	// UNIX stream, backlog 3: 4 connected, then EAGAIN; without O_NONBLOCK it would block
	// TCP, backlog 0: 1 connected, then no answer to its SYN (state SYN_SENT)
	// TCP, backlog 3: 4 connected, then no answer to its SYN (state SYN_SENT)
}

func ExampleTCPStates() {
	t, err := ipclab.TCPStates()
	fmt.Println(t, err)
	// Output:
	// The life of a TCP connection
	// step                                client       server       listener  result
	// ──────────────────────────────────────────────────────────────────────────────────────────────────────────
	// server: SO_REUSEADDR, bind, listen                            LISTEN
	// client: connect                     ESTABLISHED  ESTABLISHED  LISTEN    before the server has accepted
	// server: accept                      ESTABLISHED  ESTABLISHED  LISTEN
	// server: shutdown(SHUT_WR)           CLOSE_WAIT   FIN_WAIT2    LISTEN    half-close: it can still receive
	// client: send                        CLOSE_WAIT   FIN_WAIT2    LISTEN    server received "late words"
	// client: close                                    TIME_WAIT    LISTEN
	// server: close                                    TIME_WAIT    LISTEN
	// server again: bind                               TIME_WAIT              EADDRINUSE
	// server again: SO_REUSEADDR, bind                 TIME_WAIT              succeeds
	// CLOSE_WAIT: the other end has said that it sends no more; this one has not closed.
	// FIN_WAIT2: this end has said that it sends no more, and waits for the other end to say so.
	// TIME_WAIT: the end that closed first remembers the connection for a minute, so that late segments of it are not taken for a new one's. <nil>
}

func ExampleNoDelay() {
	t, err := ipclab.NoDelay(ipclab.NoDelayOptions{Exchanges: 15})
	if err != nil {
		fmt.Println(err)
		return
	}
	rows := t.Rows()
	longer := rows[0].Median - rows[1].Median // by the 40 ms of a delayed acknowledgement, more or less
	fmt.Println("held up without it:", longer > 20*time.Millisecond)
	// Output: held up without it: true
}

func ExampleConnections() {
	s, _ := ipclab.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
	s.Bind("127.0.0.1:0")
	s.Listen(5)
	name, _ := s.Getsockname()
	c, _ := ipclab.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
	c.Connect(name)
	t, err := ipclab.Connections(name)
	for _, r := range t.Rows() {
		if r.State != "TIME_WAIT" { // a connection that others had at that port before
			fmt.Println(r.State, r.Receive)
		}
	}
	fmt.Println(err)
	c.Close()
	s.Close()
	// Unordered output:
	// LISTEN 1
	// ESTABLISHED 0
	// ESTABLISHED 0
	// <nil>
}
