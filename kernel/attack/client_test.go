package attack

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/go-zeromq/zmq4"

	"ipclab/kernel/connection"
	"ipclab/kernel/message"
)

// client is an honest client on zmq4's sockets. It checks the signature of all
// it receives.
type client struct {
	k       *kernel
	session *message.Session
	codec   *message.Codec
	sockets map[connection.Channel]zmq4.Socket
	inbox   map[connection.Channel]chan *message.Message
	beats   chan string
	errs    chan error // what went wrong while receiving
	cancel  context.CancelFunc

	// Of a client that was started.
	rounds int
	quit   chan struct{}
	result chan error
}

// connect connects a client to all channels and waits until the kernel has
// welcomed its subscription.
func (k *kernel) connect(name string) (*client, error) {
	ctx, cancel := context.WithCancel(context.Background())
	c := &client{k: k, session: message.NewSession(name), codec: message.NewCodec(key),
		sockets: map[connection.Channel]zmq4.Socket{}, inbox: map[connection.Channel]chan *message.Message{},
		beats: make(chan string, 1), errs: make(chan error, 10), cancel: cancel}
	id := zmq4.WithID(zmq4.SocketIdentity(name + "-" + c.session.ID))
	for _, channel := range connection.Channels() {
		kind := zmq4.NewDealer
		if channel == connection.IOPub {
			kind = zmq4.NewSub
		}
		s := kind(ctx, id)
		c.sockets[channel] = s
		c.inbox[channel] = make(chan *message.Message, 10)
		if err := s.Dial(k.info.Endpoint(channel)); err != nil {
			c.close()
			return nil, err
		}
		go c.receive(ctx, channel, s)
	}
	if err := c.sockets[connection.IOPub].SetOption(zmq4.OptionSubscribe, ""); err != nil {
		c.close()
		return nil, err
	}
	for {
		m, err := c.next(connection.IOPub)
		if err != nil {
			c.close()
			return nil, fmt.Errorf("no welcome: %w", err)
		}
		if m.Header.Type == "iopub_welcome" {
			return c, nil
		}
	}
}

func (c *client) close() {
	c.cancel()
	for _, s := range c.sockets {
		s.Close()
	}
}

func (c *client) receive(ctx context.Context, channel connection.Channel, s zmq4.Socket) {
	for {
		frames, err := s.Recv()
		if err != nil {
			return // closed; what waits for a message runs into its deadline otherwise
		}
		if channel == connection.Heartbeat {
			select {
			case c.beats <- string(frames.Bytes()):
			case <-ctx.Done():
			}
			continue
		}
		m, err := c.codec.Decode(frames.Frames)
		if err != nil {
			select {
			case c.errs <- fmt.Errorf("%s: %w", channel, err):
			default:
			}
			continue
		}
		select {
		case c.inbox[channel] <- m:
		case <-ctx.Done():
			return
		}
	}
}

func (c *client) next(channel connection.Channel) (*message.Message, error) {
	select {
	case m := <-c.inbox[channel]:
		return m, nil
	case err := <-c.errs:
		return nil, err
	case <-time.After(patience):
		return nil, errors.New("nothing came on " + channel.String())
	}
}

// encode makes a request and gives it with its frames.
func (c *client) encode(content message.Content) (*message.Message, [][]byte, error) {
	m, err := c.session.New(nil, content)
	if err != nil {
		return nil, nil, err
	}
	frames, err := c.codec.Encode(m)
	return m, frames, err
}

func (c *client) send(channel connection.Channel, content message.Content) (id string, err error) {
	m, frames, err := c.encode(content)
	if err != nil {
		return "", err
	}
	return m.Header.ID, c.sockets[channel].SendMulti(zmq4.NewMsgFrom(frames...))
}

// reply waits for the reply to the request id.
func (c *client) reply(channel connection.Channel, id string) (*message.Message, error) {
	m, err := c.next(channel)
	if err != nil {
		return nil, err
	}
	if m.Parent().ID != id {
		return nil, fmt.Errorf("%s for another request", m.Header.Type)
	}
	return m, nil
}

// request sends a request and waits for its reply.
func (c *client) request(channel connection.Channel, content message.Content) (*message.Message, error) {
	id, err := c.send(channel, content)
	if err != nil {
		return nil, err
	}
	return c.reply(channel, id)
}

// execute runs a cell, and calls seen with everything it publishes, from busy to
// idle. The error is also one if the cell failed.
func (c *client) execute(code string, seen func(*message.Message)) error {
	id, err := c.send(connection.Shell, message.ExecuteRequest{Code: code, StopOnError: true})
	if err != nil {
		return err
	}
	for idle := false; !idle; {
		m, err := c.next(connection.IOPub)
		if err != nil {
			return err
		}
		if m.Parent().ID != id {
			continue // another client's
		}
		seen(m)
		var status message.Status
		idle = m.Header.Type == "status" && m.Decode(&status) == nil && status.State == message.Idle
	}
	m, err := c.reply(connection.Shell, id)
	if err != nil {
		return err
	}
	var reply message.ExecuteReply
	if err := m.Decode(&reply); err != nil {
		return err
	}
	if reply.Status != message.OK {
		return fmt.Errorf("the cell ended with %s", m.Content)
	}
	return nil
}

// print runs a cell and gives what it wrote.
func (c *client) print(code string) (string, error) {
	var text strings.Builder
	err := c.execute(code, func(m *message.Message) {
		var stream message.Stream
		if m.Header.Type == "stream" && m.Decode(&stream) == nil {
			text.WriteString(stream.Text)
		}
	})
	return text.String(), err
}

// round runs one cell and compares everything published for it, then expects a
// heartbeat.
func (c *client) round() error {
	code := fmt.Sprintf(`fmt.Println("round", %d)`, c.rounds)
	var kinds []string
	err := c.execute(code, func(m *message.Message) {
		s := m.Header.Type
		var stream message.Stream
		if s == "stream" && m.Decode(&stream) == nil {
			s = strings.TrimSpace(stream.Text)
		}
		kinds = append(kinds, s)
	})
	if err != nil {
		return fmt.Errorf("round %d: %w, after %v", c.rounds, err, kinds)
	}
	want := fmt.Sprintf("[status execute_input round %d status]", c.rounds)
	if got := fmt.Sprint(kinds); got != want {
		return fmt.Errorf("round %d: got %s, want %s", c.rounds, got, want)
	}
	c.rounds++
	return c.beat()
}

func (c *client) beat() error {
	if err := c.sockets[connection.Heartbeat].Send(zmq4.NewMsg([]byte("ping"))); err != nil {
		return err
	}
	select {
	case b := <-c.beats:
		if b != "ping" {
			return fmt.Errorf("heartbeat %q", b)
		}
		return nil
	case <-time.After(patience):
		return errors.New("no heartbeat")
	}
}

// start goes round and round until finish.
func (c *client) start() {
	c.quit, c.result = make(chan struct{}), make(chan error, 1)
	go func() {
		for {
			select {
			case <-c.quit:
				c.result <- nil
				return
			default:
			}
			if err := c.round(); err != nil {
				c.result <- err
				return
			}
		}
	}()
}

func (c *client) finish(t *testing.T) {
	t.Helper()
	close(c.quit)
	err := <-c.result
	if err == nil {
		err = c.round()
	}
	if err != nil {
		t.Errorf("the healthy client: %v\nthe kernel said:\n%s", err, c.k.said.String())
	}
	t.Logf("the healthy client went round %d times", c.rounds)
}
