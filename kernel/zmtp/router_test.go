package zmtp

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"ipclab/kernel/zmtp/zmtptest"
)

func newRouter(t *testing.T, o Options) *Router {
	t.Helper()
	r, err := ListenRouter(endpoint(t, "tcp"), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}

func recv(t *testing.T, r *Router) Message {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), zmtptest.Patience)
	defer cancel()
	m, err := r.Recv(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestRouterIdentities(t *testing.T) {
	r := newRouter(t, Options{})
	named := zmtptest.DialAs(t, r.Endpoint(), "DEALER", "Köln")
	named.Send(zmtptest.Message("a", "", "b"))
	if m := recv(t, r); string(m.Peer) != "Köln" || join(m.Frames) != "a||b" {
		t.Errorf("got %q from %q", join(m.Frames), m.Peer)
	}
	seen := map[string]bool{}
	for range 3 {
		c := zmtptest.DialAs(t, r.Endpoint(), "DEALER", "")
		c.Send(zmtptest.Message("hi"))
		m := recv(t, r)
		if len(m.Peer) != 5 || m.Peer[0] != 0 || seen[string(m.Peer)] {
			t.Errorf("made-up identity %q", m.Peer)
		}
		seen[string(m.Peer)] = true
		if err := r.Send(m.Peer, [][]byte{[]byte("to"), m.Peer}); err != nil {
			t.Error(err)
		}
		if got, want := c.Recv(nil), "to|"+string(m.Peer); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestRouterSendErrors(t *testing.T) {
	r := newRouter(t, Options{})
	if err := r.Send([]byte("nobody"), [][]byte{{}}); err != ErrNoPeer {
		t.Errorf("to nobody: %v", err)
	}
	if err := r.Send([]byte("nobody"), nil); err == nil {
		t.Error("a message without frames was sent")
	}
	c := zmtptest.DialAs(t, r.Endpoint(), "DEALER", "c")
	c.Send(zmtptest.Message("x"))
	recv(t, r)
	c.Close()
	await(t, "the peer has gone", func() bool { return r.Send([]byte("c"), [][]byte{{}}) != nil })
	if err := r.Send([]byte("c"), [][]byte{{}}); !errors.Is(err, ErrNoPeer) {
		t.Errorf("to who has gone: %v", err)
	}
	r.Close()
	if err := r.Send([]byte("c"), [][]byte{{}}); err != ErrClosed {
		t.Errorf("after Close: %v", err)
	}
}

// TestRouterCutOff shows what the sender sees of a peer that does not read.
func TestRouterCutOff(t *testing.T) {
	r := newRouter(t, quick)
	c := zmtptest.DialAs(t, r.Endpoint(), "DEALER", "deaf")
	c.Send(zmtptest.Message("x"))
	recv(t, r)
	var err error
	for n := 0; err == nil && n < 64; n++ {
		err = r.Send([]byte("deaf"), [][]byte{make([]byte, 1<<20)})
	}
	if err != ErrCutOff {
		t.Errorf("error %v, want %v", err, ErrCutOff)
	}
}

func TestRouterRecvEnds(t *testing.T) {
	r := newRouter(t, Options{})
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := r.Recv(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if _, ok := r.in.try(); ok {
		t.Error("a message from nowhere")
	}
	ended := make(chan error, 1)
	go func() {
		_, err := r.Recv(context.Background())
		ended <- err
	}()
	r.Close()
	if err := <-ended; err != ErrClosed {
		t.Errorf("closed: %v", err)
	}
}

// TestRouterReceivesFromGone: what was sent before hanging up arrives.
func TestRouterReceivesFromGone(t *testing.T) {
	r := newRouter(t, Options{})
	c := zmtptest.DialAs(t, r.Endpoint(), "DEALER", "")
	for i := range 100 {
		c.Send(zmtptest.Message(string(rune(i)), "bye"))
	}
	c.Close()
	for i := range 100 {
		if m := recv(t, r); join(m.Frames) != string(rune(i))+"|bye" {
			t.Fatalf("message %d: %q", i, join(m.Frames))
		}
	}
}

// TestRouterFlooded: a peer that sends without end while nobody receives is held
// back at its bound; another one's message still gets in, and so does its PING.
func TestRouterFlooded(t *testing.T) {
	const bound = 256 << 10
	r := newRouter(t, Options{QueueBytes: bound})
	flooder := zmtptest.DialAs(t, r.Endpoint(), "DEALER", "flooder")
	stuck := make(chan struct{})
	go func() {
		defer close(stuck)
		for m := bytes.Repeat(zmtptest.Message("flood"), 1000); ; {
			if _, err := flooder.Write(m); err != nil {
				return
			}
		}
	}()
	await(t, "the flood has come", func() bool { r.in.mu.Lock(); defer r.in.mu.Unlock(); return r.in.bytes > bound/2 })
	flooder.SetWriteDeadline(time.Now().Add(500 * time.Millisecond))
	<-stuck
	polite := zmtptest.DialAs(t, r.Endpoint(), "DEALER", "polite")
	polite.Send(append(zmtptest.Message("please"), zmtptest.Command("PING", "\x00\x00now")...))
	if flags, body, err := polite.Frame(); err != nil || flags != zmtptest.Cmd || body != "\x04PONGnow" {
		t.Errorf("PING answered by %q, flags %d, error %v", body, flags, err)
	}
	var held int64
	for {
		m := recv(t, r)
		if string(m.Peer) == "polite" {
			break
		}
		held += memory(m.Frames)
	}
	// While the flood was received here, the flooder's bound made room for more.
	if most := int64(4 * bound); held < bound/2 || held > most {
		t.Errorf("%d bytes of the flood were before it, want at most %d", held, most)
	}
}

// TestRouterFloodedByMany: when many peers flood, what they occupy together is
// bounded too, and after it was received everything goes on.
func TestRouterFloodedByMany(t *testing.T) {
	const bound, peers, each, size = 64 << 10, 40, 20, 8 << 10
	r := newRouter(t, Options{QueueBytes: bound})
	for range peers {
		p := zmtptest.DialAs(t, r.Endpoint(), "DEALER", "")
		p.Send(bytes.Repeat(zmtptest.Message(strings.Repeat("f", size)), each))
	}
	held := func() int64 { r.in.mu.Lock(); defer r.in.mu.Unlock(); return r.in.bytes }
	await(t, "the inbox is full", func() bool { return held() > shares*bound })
	for range peers * each {
		if n, most := held(), int64(shares*bound+peers*(size+200)); n > most {
			t.Fatalf("%d bytes are held, more than %d", n, most)
		}
		recv(t, r)
	}
	if n := held(); n != 0 {
		t.Errorf("%d bytes are held of nothing", n)
	}
}

// TestNewestConnectionWins: the order of connecting counts, not of handshakes.
func TestNewestConnectionWins(t *testing.T) {
	r := newRouter(t, Options{})
	older := zmtptest.Dial(t, r.Endpoint())
	older.Greet()
	newer := zmtptest.DialAs(t, r.Endpoint(), "DEALER", "twin")
	newer.Send(zmtptest.Message("first"))
	recv(t, r)
	older.Send(zmtptest.Ready("DEALER", "twin"))
	older.ExpectHangUp()
	if err := r.Send([]byte("twin"), [][]byte{[]byte("to the newer")}); err != nil {
		t.Fatal(err)
	}
	if got := newer.Recv(nil); got != "to the newer" {
		t.Errorf("got %q", got)
	}
}
