package zmtp

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net"
	"testing"
	"time"

	"github.com/go-zeromq/zmq4"

	"ipclab/kernel/zmtp/zmtptest"
)

// FuzzFrames reads arbitrary bytes as frames. Whatever is accepted must keep
// the bounds and, written again, be read as the same.
func FuzzFrames(f *testing.F) {
	f.Add(zmtptest.Message("a", "", "b"))
	f.Add(append(zmtptest.Frame(zmtptest.More, "x"), append(zmtptest.Command("PING", "\x00\x00c"), zmtptest.Message("y")...)...))
	f.Add(zmtptest.LongHeader(0, 1<<62))
	f.Add(zmtptest.LongHeader(zmtptest.More, 1<<40))
	f.Add(append(zmtptest.LongHeader(0, 3), "abc"...))
	f.Add(bytes.Repeat(zmtptest.Frame(zmtptest.More, ""), 9))
	f.Fuzz(func(t *testing.T, data []byte) {
		fr := reader(data)
		fr.maxMessage = 1 << 10
		for {
			frames, err := fr.next(func(body []byte) error { _, _, err := splitCommand(body); return err })
			if err != nil {
				if !errors.Is(err, errProtocol) && err != io.EOF && err != io.ErrUnexpectedEOF {
					t.Fatal(err)
				}
				return
			}
			if size := len(bytes.Join(frames, nil)); len(frames) == 0 || len(frames) > fr.maxFrames || size > int(fr.maxMessage) {
				t.Fatalf("%d frames of %d bytes", len(frames), size)
			}
			var text []string
			for _, f := range frames {
				text = append(text, string(f))
			}
			again, err := reader(zmtptest.Message(text...)).next(noCommand)
			if err != nil || join(again) != join(frames) || len(again) != len(frames) {
				t.Fatalf("%q, %v; want %q", again, err, frames)
			}
		}
	})
}

// FuzzReady reads arbitrary bytes as READY's properties. What is accepted must
// be harmless to zmq4, in the form in which it gets it.
func FuzzReady(f *testing.F) {
	f.Add(zmtptest.Ready("DEALER", "me")[len("..\x05READY"):])
	f.Add([]byte(zmtptest.Property("socket-type", "REQ") + zmtptest.Property("X-\xff\x00", "?")))
	f.Add([]byte("\x0bSocket-Type\x00\x00\x00\x06DEAL"))
	f.Add([]byte("\x0bSocket-Type\xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := parseReady(data)
		if err != nil {
			if !errors.Is(err, errProtocol) {
				t.Fatal(err)
			}
			return
		}
		name, properties, err := splitCommand(r.frame()[9:])
		if err != nil || name != zmq4.CmdReady {
			t.Fatalf("%q, %v", name, err)
		}
		md := zmq4.Metadata{}
		if err := md.UnmarshalZMTP(properties); err != nil {
			t.Fatal(err)
		}
		if md[propertyType] != r.socketType || md[propertyIdentity] != r.identity {
			t.Fatalf("zmq4 reads %v, want %v", md, r)
		}
		zmq4.SocketType(md[propertyType]).IsCompatible(zmq4.Router) // panics for what it does not know
	})
}

// FuzzHandshake plays arbitrary bytes to zmq4 through the guard: it must end,
// without a panic, by the time the bytes end.
func FuzzHandshake(f *testing.F) {
	f.Add(append(zmtptest.Greeting(), zmtptest.Ready("DEALER", "me")...))
	f.Add(append(zmtptest.Greeting(), zmtptest.LongHeader(zmtptest.Cmd, 1<<62)...))
	f.Add(append(zmtptest.Greeting(), zmtptest.Frame(zmtptest.Cmd, "\x05READY\x0bSocket-Type\x00\x00")...))
	f.Add([]byte("GET / HTTP/1.1\r\n\r\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		o := Options{}.withDefaults()
		l, err := handshake(&script{in: bufio.NewReader(bytes.NewReader(data))}, zmq4.Router, &o, &budget{})
		if err == nil && l.guard.peer.check() != nil {
			t.Fatalf("accepted %+v", l.guard.peer)
		}
		if err != nil && bytes.Contains([]byte(err.Error()), []byte("panic")) {
			t.Fatal(err)
		}
	})
}

// script is a connection on which the peer's bytes are there already.
type script struct {
	net.Conn
	in io.Reader
}

func (s *script) Read(p []byte) (int, error)  { return s.in.Read(p) }
func (s *script) Write(p []byte) (int, error) { return len(p), nil }
func (s *script) SetDeadline(time.Time) error { return nil }
