package zmtp

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-zeromq/zmq4"

	"ipclab/kernel/zmtp/zmtptest"
)

// rig is one socket of each kind and a small server: it publishes every request
// under the sender's identity and then sends it back.
type rig struct {
	router *Router
	pub    *Publisher
	hb     *Heartbeat
	events atomic.Int64 // subscription events seen
}

// quick are options that make what takes many seconds take one. It is not less, since peers that are in order have to keep to
// them on a busy machine too.
var quick = Options{HandshakeTimeout: time.Second, StallTimeout: time.Second, QueueBytes: 1 << 20, MaxMessage: 16 << 20}

func newRig(t *testing.T, transport string, o Options) *rig {
	t.Helper()
	o.Log = t.Logf
	r := &rig{}
	var err error
	if r.router, err = ListenRouter(endpoint(t, transport), o); err != nil {
		t.Fatal(err)
	}
	if r.pub, err = ListenPublisher(endpoint(t, transport), o); err != nil {
		t.Fatal(err)
	}
	if r.hb, err = ListenHeartbeat(endpoint(t, transport), o); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go r.serve(ended)
	stop := make(chan struct{})
	go r.drain(stop)
	t.Cleanup(func() {
		for _, s := range []interface{ Close() error }{r.router, r.pub, r.hb} {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		}
		<-ended
		close(stop)
	})
	return r
}

var sockets atomic.Int64

func endpoint(t *testing.T, transport string) string {
	if transport == "tcp" {
		return "tcp://127.0.0.1:0"
	}
	dir, err := os.MkdirTemp("", "zmtp") // t.TempDir has too long names
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.Remove(dir); err != nil { // not empty: a socket file was left
			t.Error(err)
			os.RemoveAll(dir)
		}
	})
	return "ipc://" + filepath.Join(dir, "s-"+strconv.FormatInt(sockets.Add(1), 10))
}

func (r *rig) serve(ended chan<- struct{}) {
	defer close(ended)
	for {
		m, err := r.router.Recv(context.Background())
		if err != nil {
			return
		}
		r.pub.Publish(append([][]byte{m.Peer}, m.Frames...))
		r.router.Send(m.Peer, m.Frames)
	}
}

func (r *rig) drain(stop <-chan struct{}) {
	for {
		select {
		case <-r.pub.Subscriptions():
			r.events.Add(1)
		case <-stop:
			return
		}
	}
}

// client is an honest one, made of zmq4's sockets: a DEALER to the router, a SUB
// that hears what is published for it, a DEALER to the heartbeat.
type client struct {
	id               string
	request, sub, hb zmq4.Socket
	rounds           atomic.Int64
	stop             chan struct{}
	ended            chan error
	ctx              context.Context
}

func (r *rig) connect(t *testing.T, id string) *client {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 3*zmtptest.Patience)
	t.Cleanup(cancel)
	c := &client{id: id, ctx: ctx}
	name := zmq4.WithID(zmq4.SocketIdentity(id))
	c.request, c.sub, c.hb = zmq4.NewDealer(ctx, name), zmq4.NewSub(ctx, name), zmq4.NewDealer(ctx, name)
	for socket, to := range map[zmq4.Socket]*Socket{c.request: &r.router.Socket, c.sub: &r.pub.Socket, c.hb: &r.hb.Socket} {
		if err := socket.Dial(to.Endpoint()); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { socket.Close() })
	}
	if err := c.sub.SetOption(zmq4.OptionSubscribe, id); err != nil {
		t.Fatal(err)
	}
	if err := r.pub.WaitSubscribed(ctx, id); err != nil {
		t.Fatal(err)
	}
	return c
}

// round sends one numbered request and expects it back once from each socket,
// in order: a message that was lost, doubled or delayed for ever is an error.
func (c *client) round() error {
	n := strconv.FormatInt(c.rounds.Load(), 10)
	if err := c.request.Send(zmq4.NewMsgFrom([]byte(n), []byte("x"))); err != nil {
		return err
	}
	for _, e := range []struct {
		from   zmq4.Socket
		prefix string
	}{{c.sub, c.id + "|"}, {c.request, ""}} {
		m, err := e.from.Recv()
		if err != nil {
			return fmt.Errorf("round %s: %w", n, err)
		}
		if got, want := join(m.Frames), e.prefix+n+"|x"; got != want {
			return fmt.Errorf("round %s: got %q, want %q", n, got, want)
		}
	}
	if err := c.hb.SendMulti(zmq4.NewMsgFrom([]byte{}, []byte(n))); err != nil {
		return err
	}
	m, err := c.hb.Recv()
	if err != nil || join(m.Frames) != "|"+n {
		return fmt.Errorf("heartbeat %s: got %q, error %v", n, join(m.Frames), err)
	}
	c.rounds.Add(1)
	return nil
}

func join(frames [][]byte) (s string) {
	for i, f := range frames {
		if i > 0 {
			s += "|"
		}
		s += string(f)
	}
	return s
}

// start goes round and round until finish.
func (c *client) start() {
	c.stop, c.ended = make(chan struct{}), make(chan error, 1)
	go func() {
		for {
			select {
			case <-c.stop:
				c.ended <- nil
				return
			default:
			}
			if err := c.round(); err != nil {
				c.ended <- err
				return
			}
		}
	}()
}

// finish makes sure that the client can still go round, and that all went well.
func (c *client) finish(t *testing.T) {
	t.Helper()
	close(c.stop)
	if err := <-c.ended; err != nil {
		t.Errorf("the healthy client: %v", err)
		return
	}
	if err := c.round(); err != nil {
		t.Errorf("the healthy client, afterwards: %v", err)
	}
	t.Logf("the healthy client went round %d times", c.rounds.Load())
}
