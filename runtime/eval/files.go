package eval

import (
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"reflect"
	"time"

	"golang.org/x/sys/unix"
)

// Waits for data. An interrupt sets the deadline of the file or connection, so
// that the call returns, and takes it back when it has. A deadline of the cell's
// own is lost then.

// A reader is what a deadline ends reads of; a writer, writes.
type (
	reader interface{ SetReadDeadline(time.Time) error }
	writer interface{ SetWriteDeadline(time.Time) error }
)

// past is a deadline that has passed; none is no deadline.
var past, none = time.Unix(1, 0), time.Time{}

// during makes a call that ends when its deadline is set.
func (h *host) during(deadline func(time.Time) error, call func()) {
	r := h.interruptible()
	if r == nil {
		call()
		return
	}
	r.waits.set(func() { _ = deadline(past) })
	defer func() {
		r.waits.set(nil)
		if r.isStopping() {
			_ = deadline(none)
			h.interrupted()
		}
	}()
	call()
}

// deadlineOf is what sets a deadline of f: set, its method, or, for a file that the
// network poller does not watch, one that has the system call fail which package
// os makes again after a nudge.
func deadlineOf(f any, set func(time.Time) error) func(time.Time) error {
	file, ok := f.(*os.File)
	if !ok {
		return set
	}
	changed := false // is written under the lock of waits, and read when the wait is over
	return func(t time.Time) error {
		err := set(t)
		if !errors.Is(err, os.ErrNoDeadline) || t == none && !changed {
			return err
		}
		changed = t != none
		return unix.SetNonblock(int(file.Fd()), changed)
	}
}

// reads makes a method that reads interruptible.
func reads[T reader, A, R any](h *host, method func(T, A) (R, error)) reflect.Value {
	return reflect.ValueOf(func(f T, a A) (result R, err error) {
		h.during(deadlineOf(f, f.SetReadDeadline), func() { result, err = method(f, a) })
		return result, err
	})
}

// writes makes a method that writes interruptible.
func writes[T writer](h *host, method func(T, []byte) (int, error)) reflect.Value {
	return reflect.ValueOf(func(f T, p []byte) (n int, err error) {
		h.during(deadlineOf(f, f.SetWriteDeadline), func() { n, err = method(f, p) })
		return n, err
	})
}

// receives makes a method that reads a message, and says from whom, interruptible.
func receives[T reader, A any](h *host, method func(T, []byte) (int, A, error)) reflect.Value {
	return reflect.ValueOf(func(f T, p []byte) (n int, from A, err error) {
		h.during(deadlineOf(f, f.SetReadDeadline), func() { n, from, err = method(f, p) })
		return n, from, err
	})
}

// accepts makes a method that accepts connections interruptible. Not every
// listener has deadlines.
func accepts[T, C any](h *host, method func(T) (C, error)) reflect.Value {
	return reflect.ValueOf(func(l T) (c C, err error) {
		d, ok := any(l).(interface{ SetDeadline(time.Time) error })
		if !ok {
			return method(l)
		}
		h.during(d.SetDeadline, func() { c, err = method(l) })
		return c, err
	})
}

// fileSymbols are the methods that runtime/cell calls by way of the host.
func (h *host) fileSymbols() map[string]reflect.Value {
	return map[string]reflect.Value{
		"ReadFile":            reads(h, (*os.File).Read),
		"WriteFile":           writes(h, (*os.File).Write),
		"ReadConn":            reads(h, net.Conn.Read),
		"WriteConn":           writes(h, net.Conn.Write),
		"Accept":              accepts(h, net.Listener.Accept),
		"AcceptTCP":           accepts(h, (*net.TCPListener).AcceptTCP),
		"AcceptUnix":          accepts(h, (*net.UnixListener).AcceptUnix),
		"ReadFrom":            receives(h, net.PacketConn.ReadFrom),
		"ReadFromUDP":         receives(h, (*net.UDPConn).ReadFromUDP),
		"ReadFromUDPAddrPort": receives[*net.UDPConn, netip.AddrPort](h, (*net.UDPConn).ReadFromUDPAddrPort),
		"ReadFromUnix":        receives(h, (*net.UnixConn).ReadFromUnix),
		"ReadMsgUnix":         reflect.ValueOf(h.readMsgUnix),
	}
}

func (h *host) readMsgUnix(c *net.UnixConn, p, oob []byte) (n, oobn, flags int, from *net.UnixAddr, err error) {
	h.during(c.SetReadDeadline, func() { n, oobn, flags, from, err = c.ReadMsgUnix(p, oob) })
	return n, oobn, flags, from, err
}

// source is an io.Reader that compiled code keeps, made interruptible. What it is
// made of stays what cells see.
func (h *host) source(r io.Reader) io.Reader {
	if d, ok := r.(reader); ok {
		return &source{h, r, d}
	}
	return r
}

type source struct {
	host   *host
	reader io.Reader
	until  reader
}

func (s *source) Read(p []byte) (n int, err error) {
	s.host.during(deadlineOf(s.until, s.until.SetReadDeadline), func() { n, err = s.reader.Read(p) })
	return n, err
}
