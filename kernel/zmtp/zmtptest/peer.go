// Package zmtptest is a ZMTP peer for tests that sends exactly the bytes it is
// told to, in order or not, and the bytes to tell it.
//
// It is not a client: no queues, no reconnection. It is written from RFC 23
// without a line of package zmtp, so that each checks the other.
//
// The hazard: it trusts what it receives, and allocates what a header claims.
package zmtptest

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Patience is how long a peer waits for something that should happen at once.
const Patience = 20 * time.Second

// Peer is one connection.
type Peer struct {
	net.Conn
	In *bufio.Reader
	t  testing.TB
}

// Dial connects to "tcp://HOST:PORT" or "ipc://PATH", and no more.
func Dial(t testing.TB, endpoint string) *Peer {
	t.Helper()
	network, address, _ := strings.Cut(endpoint, "://")
	if network == "ipc" {
		network = "unix"
	}
	c, err := net.Dial(network, address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return &Peer{Conn: c, In: bufio.NewReader(c), t: t}
}

// DialAs connects and does the handshake of a socket of this type; identity may
// be empty.
func DialAs(t testing.TB, endpoint, socketType, identity string) *Peer {
	t.Helper()
	p := Dial(t, endpoint)
	p.Greet()
	p.Send(Ready(socketType, identity))
	p.ExpectReady()
	return p
}

// Send sends bytes. Errors are ignored: who is attacked may hang up meanwhile.
func (p *Peer) Send(b []byte) {
	_ = p.SetWriteDeadline(time.Now().Add(Patience))
	_, _ = p.Write(b)
}

// patiently gives the time to receive from now on.
func (p *Peer) patiently() { _ = p.SetReadDeadline(time.Now().Add(Patience)) }

// Greet exchanges greetings.
func (p *Peer) Greet() {
	p.t.Helper()
	p.Send(Greeting())
	p.patiently()
	if _, err := io.ReadFull(p.In, make([]byte, len(Greeting()))); err != nil {
		p.t.Fatalf("no greeting: %v", err)
	}
}

// ExpectReady receives READY.
func (p *Peer) ExpectReady() {
	p.t.Helper()
	flags, body, err := p.Frame()
	if err != nil || flags&Cmd == 0 || !strings.HasPrefix(body, "\x05READY") {
		p.t.Fatalf("flags %#x, body %q, error %v; want READY", flags, body, err)
	}
}

// Frame receives one frame.
func (p *Peer) Frame() (flags byte, body string, err error) {
	p.patiently()
	if flags, err = p.In.ReadByte(); err != nil {
		return 0, "", err
	}
	size := make([]byte, 8)
	if flags&Long == 0 {
		_, err = io.ReadFull(p.In, size[7:])
	} else {
		_, err = io.ReadFull(p.In, size)
	}
	if err != nil {
		return flags, "", err
	}
	b := make([]byte, binary.BigEndian.Uint64(size))
	_, err = io.ReadFull(p.In, b)
	return flags, string(b), err
}

// Recv receives a message, its frames joined by "|". Commands that come before
// it are appended to *commands, unless that is nil, as name and data together.
func (p *Peer) Recv(commands *[]string) string {
	p.t.Helper()
	var frames []string
	for {
		flags, body, err := p.Frame()
		if err != nil {
			p.t.Fatalf("receive: %v", err)
		}
		if flags&Cmd != 0 {
			if commands != nil {
				*commands = append(*commands, body[1:])
			}
			continue
		}
		if frames = append(frames, body); flags&More == 0 {
			return strings.Join(frames, "|")
		}
	}
}

// ExpectHangUp waits until the other side closes.
func (p *Peer) ExpectHangUp() {
	p.t.Helper()
	p.patiently()
	if _, err := io.Copy(io.Discard, p.In); err != nil && !errors.Is(err, syscall.ECONNRESET) {
		p.t.Errorf("not hung up: %v", err)
	}
}
