package zmtp

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

// patience is how long a test waits for something that should happen at once.
const patience = 20 * time.Second

// raw is a peer that sends exactly the bytes it is told to.
type raw struct {
	net.Conn
	t  *testing.T
	in *frameReader
}

func dial(t *testing.T, endpoint string) *raw {
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
	c.SetDeadline(time.Now().Add(patience))
	return &raw{Conn: c, t: t, in: &frameReader{r: bufio.NewReader(c), maxFrames: 1 << 20, maxMessage: 1 << 30}}
}

// dialAs connects and does the handshake of a socket of this type.
func dialAs(t *testing.T, endpoint, socketType, identity string) *raw {
	t.Helper()
	r := dial(t, endpoint)
	r.greet()
	r.send((&ready{socketType, identity}).frame())
	r.expectReady()
	return r
}

// send ignores errors: a socket under attack may hang up while we still talk.
func (r *raw) send(b []byte) { r.Write(b) }

func greetingBytes() []byte {
	g := make([]byte, greetingSize)
	g[0], g[9], g[10] = 0xff, 0x7f, 3
	copy(g[12:], "NULL")
	return g
}

func (r *raw) greet() {
	r.t.Helper()
	r.send(greetingBytes())
	var theirs [greetingSize]byte
	if _, err := io.ReadFull(r.in.r, theirs[:]); err != nil {
		r.t.Fatalf("no greeting: %v", err)
	}
}

func (r *raw) expectReady() {
	r.t.Helper()
	flags, size, err := r.in.header()
	if err != nil || flags != flagCommand {
		r.t.Fatalf("flags %#x, error %v; want a command", flags, err)
	}
	body, err := r.in.body(size)
	if err != nil {
		r.t.Fatal(err)
	}
	if name, _, err := splitCommand(body); name != "READY" || err != nil {
		r.t.Fatalf("command %q, error %v; want READY", name, err)
	}
}

// frame gives a frame with any flags; the size is the body's.
func frame(flags byte, body string) []byte {
	if len(body) <= 255 && flags&flagLong == 0 {
		return append([]byte{flags, byte(len(body))}, body...)
	}
	return append(longHeader(flags, uint64(len(body))), body...)
}

func longHeader(flags byte, size uint64) []byte {
	return binary.BigEndian.AppendUint64([]byte{flags | flagLong}, size)
}

func message(frames ...string) (b []byte) {
	for i, f := range frames {
		var flags byte
		if i < len(frames)-1 {
			flags = flagMore
		}
		b = append(b, frame(flags, f)...)
	}
	return b
}

func command(name, data string) []byte {
	return frame(flagCommand, string(rune(len(name)))+name+data)
}

// recv gives the next message, its frames joined by "|"; the text of commands
// on the way is appended to *commands.
func (r *raw) recv(commands *[]string) string {
	r.t.Helper()
	frames, err := r.in.next(func(body []byte) error {
		if commands != nil {
			*commands = append(*commands, string(body[1:]))
		}
		return nil
	})
	if err != nil {
		r.t.Fatalf("receive: %v", err)
	}
	text := make([]string, len(frames))
	for i, f := range frames {
		text[i] = string(f)
	}
	return strings.Join(text, "|")
}

// expectHangUp waits until the other side closes.
func (r *raw) expectHangUp() {
	r.t.Helper()
	if _, err := io.Copy(io.Discard, r.in.r); err != nil && !errors.Is(err, syscall.ECONNRESET) {
		r.t.Errorf("not hung up: %v", err)
	}
}
