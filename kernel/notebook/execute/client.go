package execute

import (
	"context"
	"fmt"
	"net"
	"os"
	"sync"
	"time"

	"github.com/go-zeromq/zmq4"
	"github.com/go-zeromq/zmq4/security/null"
	"github.com/google/uuid"

	"ipclab/kernel/connection"
	"ipclab/kernel/message"
)

// event is a message from the kernel.
type event struct {
	from connection.Channel
	at   time.Time // when it was received
	*message.Message
}

// maxWaiting is how many messages are kept while the terminal that output is
// printed on is slow or stopped.
const maxWaiting = 4096

// retryDial is how long to wait before the next attempt to reach a kernel that
// does not listen yet.
const retryDial = 2 * time.Millisecond

// client speaks the messaging protocol with one kernel.
type client struct {
	session *message.Session
	codec   *message.Codec
	conns   map[connection.Channel]*zmq4.Conn
	events  chan event     // what the kernel sends; closed when all readers have ended
	readers sync.WaitGroup // one a connection
	closed  chan struct{}
}

// dial connects to all channels but the heartbeat, for which the end of the
// process stands. It tries until the kernel listens or ctx ends.
func dial(ctx context.Context, info *connection.Info) (*client, error) {
	c := &client{
		session: message.NewSession(os.Getenv("USER")),
		codec:   message.NewCodec(info.Key),
		conns:   map[connection.Channel]*zmq4.Conn{},
		events:  make(chan event, maxWaiting),
		closed:  make(chan struct{}),
	}
	// One identity: the kernel addresses input requests by that of shell.
	identity := zmq4.SocketIdentity(uuid.NewString())
	for _, ch := range []connection.Channel{connection.IOPub, connection.Stdin, connection.Control, connection.Shell} {
		conn, err := open(ctx, info, ch, identity)
		if err != nil {
			c.close()
			return nil, err
		}
		c.conns[ch] = conn
	}
	for ch, conn := range c.conns {
		c.readers.Add(1)
		go c.read(ch, conn)
	}
	go func() {
		c.readers.Wait()
		close(c.events)
	}()
	return c, nil
}

func open(ctx context.Context, info *connection.Info, ch connection.Channel, id zmq4.SocketIdentity) (*zmq4.Conn, error) {
	raw, err := dialRaw(ctx, info, ch)
	if err != nil {
		return nil, fmt.Errorf("connect to the kernel's %v channel: %w", ch, err)
	}
	kind := zmq4.Dealer
	if ch == connection.IOPub {
		kind = zmq4.Sub
	}
	stop := context.AfterFunc(ctx, func() { raw.Close() })
	conn, err := zmq4.Open(raw, null.Security(), kind, id, false, nil)
	if err == nil && kind == zmq4.Sub {
		err = conn.SendMsg(zmq4.NewMsg([]byte{1})) // subscribe to every topic
	}
	if !stop() { // then err, if any, is that of a closed connection
		err = context.Cause(ctx)
	}
	if err != nil {
		raw.Close()
		return nil, fmt.Errorf("handshake on the kernel's %v channel: %w", ch, err)
	}
	return conn, nil
}

// dialRaw tries again while nobody listens.
func dialRaw(ctx context.Context, info *connection.Info, ch connection.Channel) (net.Conn, error) {
	network, addr := address(info, ch)
	var d net.Dialer
	for {
		conn, err := d.DialContext(ctx, network, addr)
		if err == nil {
			return conn, nil
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("%w; the last attempt: %w", context.Cause(ctx), err)
		case <-time.After(retryDial):
		}
	}
}

// read passes on the messages of one connection until it ends. What is not a
// message of this session's key is passed over.
func (c *client) read(ch connection.Channel, conn *zmq4.Conn) {
	defer c.readers.Done()
	for {
		frames, err := conn.RecvMsg()
		if err != nil {
			return
		}
		m, err := c.codec.Decode(frames.Frames)
		if err != nil {
			continue
		}
		select {
		case c.events <- event{ch, time.Now(), m}:
		case <-c.closed:
			return
		}
	}
}

// sendBound limits a send to a kernel that does not read.
const sendBound = 10 * time.Second

// send sends a request and gives its message id.
func (c *client) send(ch connection.Channel, content message.Content) (string, error) {
	return c.answer(ch, nil, content)
}

// answer is send for a message caused by parent.
func (c *client) answer(ch connection.Channel, parent *message.Message, content message.Content) (string, error) {
	m, err := c.session.New(parent, content)
	if err != nil {
		return "", err
	}
	frames, err := c.codec.Encode(m)
	if err != nil {
		return "", err
	}
	conn := c.conns[ch]
	bound := time.AfterFunc(sendBound, func() { conn.Close() })
	defer bound.Stop()
	if err := conn.SendMsg(zmq4.NewMsgFrom(frames...)); err != nil {
		return "", fmt.Errorf("send %s: %w", content.MsgType(), err)
	}
	return m.Header.ID, nil
}

// close closes the connections and waits for their readers.
func (c *client) close() {
	close(c.closed)
	for _, conn := range c.conns {
		conn.Close()
	}
	c.readers.Wait()
}
