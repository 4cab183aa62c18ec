package zmtp

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/go-zeromq/zmq4"
	"github.com/go-zeromq/zmq4/security/null"
)

// guard is the net.Conn that zmq4 sees. During the handshake it lets zmq4 read
// only what it has checked itself: a greeting, then a READY in canonical form;
// nothing else can be read through it. After the handshake zmq4 only writes, and
// what it writes is gathered, so that a message leaves in one system call.
type guard struct {
	net.Conn
	in        *frameReader
	stage     func() ([]byte, error) // gives the next checked bytes
	checked   []byte                 // given, not yet read by zmq4
	fault     error                  // what the check found, in plain words
	peer      ready
	gathering bool
	out       gather
}

// link is a connection after its handshake.
type link struct {
	conn  net.Conn
	guard *guard
	zmq   *zmq4.Conn
}

// handshake makes a link of an accepted connection, within the time that the
// options allow; what is received on it counts in b. It does not close conn when
// it fails.
func handshake(conn net.Conn, kind zmq4.SocketType, o *Options, b *budget) (l *link, err error) {
	g := &guard{Conn: conn, in: &frameReader{
		r: bufio.NewReaderSize(conn, 16<<10), maxFrames: o.MaxFrames, maxMessage: o.MaxMessage, budget: b,
	}}
	g.stage = g.greeting
	// What zmq4 gets to see is checked; should it panic all the same, that must
	// cost this connection and not the kernel.
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("zmtp: handshake: panic: %v", r)
		}
	}()
	if err := conn.SetDeadline(time.Now().Add(o.HandshakeTimeout)); err != nil {
		return nil, fmt.Errorf("zmtp: handshake: %w", err)
	}
	z, err := zmq4.Open(g, null.Security(), kind, nil, true, nil)
	if g.fault != nil {
		err = g.fault // zmq4's error says the same in five layers
	}
	if err != nil {
		return nil, fmt.Errorf("zmtp: handshake: %w", err)
	}
	if err := conn.SetDeadline(time.Time{}); err != nil {
		return nil, fmt.Errorf("zmtp: handshake: %w", err)
	}
	g.gathering = true
	return &link{conn: conn, guard: g, zmq: z}, nil
}

// Read implements net.Conn for zmq4, during the handshake.
func (g *guard) Read(p []byte) (int, error) {
	for len(g.checked) == 0 {
		if g.checked, g.fault = g.stage(); g.fault != nil {
			return 0, g.fault
		}
	}
	n := copy(p, g.checked)
	g.checked = g.checked[n:]
	return n, nil
}

// Write implements net.Conn for zmq4.
func (g *guard) Write(p []byte) (int, error) {
	if !g.gathering {
		return g.Conn.Write(p)
	}
	g.out.add(p)
	return len(p), nil
}

// greeting reads the peer's greeting and looks at its signature as soon as that
// is there: whoever speaks another protocol need not send 64 bytes to learn so.
func (g *guard) greeting() ([]byte, error) {
	var b [greetingSize]byte
	const signature = 10
	if _, err := io.ReadFull(g.in.r, b[:signature]); err != nil {
		return nil, noEOF(err)
	}
	if b[0] != 0xff || b[signature-1] != 0x7f {
		return nil, violation("greeting begins with % x", b[:signature])
	}
	if _, err := io.ReadFull(g.in.r, b[signature:]); err != nil {
		return nil, noEOF(err)
	}
	g.stage = g.ready
	return b[:], nil
}

// ready reads the peer's READY, which must be the first frame.
func (g *guard) ready() ([]byte, error) {
	flags, size, err := g.in.header()
	if err != nil {
		return nil, noEOF(err)
	}
	if flags&flagCommand == 0 {
		return nil, violation("message before READY")
	}
	err = g.in.command(flags, size, func(body []byte) error {
		name, data, err := splitCommand(body)
		if err != nil {
			return err
		}
		if name != zmq4.CmdReady {
			return violation("%.20q before READY", name)
		}
		g.peer, err = parseReady(data)
		return err
	})
	if err != nil {
		return nil, err
	}
	g.stage = func() ([]byte, error) { return nil, violation("read after READY") }
	return g.peer.frame(), nil
}
