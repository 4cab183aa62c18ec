package zmtp

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"time"

	"github.com/go-zeromq/zmq4"
	"golang.org/x/sys/unix"
)

// peer is a connection after its handshake. Two goroutines belong to it:
//
//	read   blocks in read(2), and wherever the socket's message method does
//	       (a full inbox, a full outbox, events nobody takes); ended by close
//	write  blocks for items in the outbox and in writev(2), there for a tenth of
//	       StallTimeout at a time; ended by close
//
// close may be called from anywhere, any number of times.
type peer struct {
	*link
	id       uint64 // number of the connection, in the order of accept(2)
	identity string // routing identity, made up by a router for anonymous peers
	out      *outbox
	done     chan struct{} // closed by close

	once  sync.Once
	cause error // why it was closed; may be read after done

	subs   topics        // a publisher's: what it subscribed to
	unread int64         // a router's: bytes in the inbox, guarded by the inbox
	room   chan struct{} // a router's: unread fell under its bound
}

func newPeer(id uint64, l *link, o *Options) *peer {
	return &peer{
		link: l, id: id, identity: l.guard.peer.identity, out: newOutbox(o),
		done: make(chan struct{}), room: make(chan struct{}, 1),
	}
}

// close ends the connection; cause is what those waiting for it get.
func (p *peer) close(cause error) {
	p.once.Do(func() {
		p.cause = cause
		close(p.done)
		p.out.close(cause)
		p.conn.Close()
	})
}

// read hands messages and commands to h until the connection ends, and says why
// it ended.
func (p *peer) read(h handler) error {
	for {
		frames, err := p.guard.in.next(func(body []byte) error { return p.command(h, body) })
		if err != nil {
			return err
		}
		if err := h.message(p, frames); err != nil {
			return err
		}
	}
}

func (p *peer) command(h handler, body []byte) error {
	name, data, err := splitCommand(body)
	if err != nil {
		return err
	}
	if name != zmq4.CmdPing {
		return h.command(p, name, data)
	}
	// RFC 37: two bytes of time to live, then a context of up to 16 bytes, which
	// PONG must repeat.
	const ttl, maxContext = 2, 16
	if len(data) < ttl || len(data) > ttl+maxContext {
		return violation("PING of %d bytes", len(data))
	}
	return p.out.put(commandItem(zmq4.CmdPong, data[ttl:]))
}

// write sends what is in the outbox until the peer is closed.
func (p *peer) write() {
	var spare []item
	for {
		items := p.out.take(spare)
		if items == nil {
			return
		}
		if err := p.send(items); err != nil {
			p.close(err)
			return
		}
		clear(items)
		if spare = items; cap(spare) > maxSpare {
			spare = nil
		}
	}
}

// maxSpare is the longest list of items kept for the next round.
const maxSpare = 4096

// batch is about how many bytes are given to one writev(2). Smaller ones cost
// system calls, larger ones make progress harder to see.
const batch = 256 << 10

func (p *peer) send(items []item) error {
	size := int64(0)
	for _, it := range items {
		if err := p.encode(it); err != nil {
			return err
		}
		if size += it.size; size >= batch || p.guard.out.full() {
			if err := p.flush(); err != nil {
				return err
			}
			size = 0
		}
	}
	return p.flush()
}

// encode has zmq4 write the item, which puts it into the guard's gather.
func (p *peer) encode(it item) error {
	if it.command != "" {
		return p.zmq.SendCmd(it.command, it.frames[0])
	}
	return p.zmq.SendMsg(zmq4.NewMsgFrom(it.frames...))
}

// flush writes what was gathered, as long as the peer passes its trials.
func (p *peer) flush() error {
	defer p.guard.out.reset()
	for left := p.guard.out.buffers(); len(left) > 0; {
		if err := p.conn.SetWriteDeadline(time.Now().Add(p.out.patience())); err != nil {
			return fmt.Errorf("zmtp: %w", err)
		}
		n, err := left.WriteTo(p.conn)
		p.out.sent(n)
		switch {
		case errors.Is(err, os.ErrDeadlineExceeded):
			if p.out.stalled() {
				return ErrCutOff
			}
		case err != nil:
			return fmt.Errorf("zmtp: %w", err)
		}
	}
	return nil
}

// linger waits until everything queued has left this process and, over TCP, has
// arrived at the peer's system: closing before that may lose it. With last,
// nothing will follow, and the peer is told so: the end of a TCP stream is
// confirmed at once, other data only after up to 40 ms.
func (p *peer) linger(ctx context.Context, last bool) error {
	if err := p.out.flush(ctx); err != nil {
		return err
	}
	tcp, ok := p.conn.(*net.TCPConn)
	if !ok {
		return nil // what a UNIX domain socket took is at the peer already
	}
	if last {
		_ = tcp.CloseWrite() // fails only where the connection has ended anyway
	}
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for unacknowledged(tcp) > 0 {
		select {
		case <-tick.C: // there is no event to wait for
		case <-p.done:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// unacknowledged gives the bytes that the peer's system has not confirmed
// (tcp(7), SIOCOUTQ); 0 if that cannot be found out.
func unacknowledged(c *net.TCPConn) (n int) {
	raw, err := c.SyscallConn()
	if err != nil {
		return 0
	}
	if err := raw.Control(func(fd uintptr) { n, err = unix.IoctlGetInt(int(fd), unix.SIOCOUTQ) }); err != nil {
		return 0
	}
	return n
}
