package doorserver

import (
	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/doorwire"
)

// A Conn is a connection whose calls one goroutine answers, one after another, without a procedure: for measurements, which
// would have to wait for another thread otherwise.
type Conn struct{ conn *conn }

// begin answers what comes over a connection.
func (c *conn) begin() {
	if served := c.from.door.served; served != nil {
		served(&Conn{c})
		return
	}
	c.serve()
}

// Next waits for a call as a connection of a door with a procedure does. The call is to be answered with Reply and given to
// Done before the next. The error is io.EOF, or an errno, when the client has ended; the connection is closed then.
func (c *Conn) Next() (*Call, error) {
	for {
		if !pollBriefly(c.conn.link.fd) {
			continue
		}
		m, err := doorwire.Receive(c.conn.link.fd, unix.MSG_DONTWAIT)
		switch {
		case err == unix.EINTR, err == unix.EAGAIN:
		case err != nil:
			c.conn.end()
			return nil, err
		default:
			if call := c.conn.admit(m); call != nil {
				return call, nil
			}
		}
	}
}

// Done ends a call.
func (c *Conn) Done(call *Call) {
	call.failed(unix.EINTR) // unless it was answered
	c.conn.from.door.threads.give()
}
