package doorserver

import (
	"errors"
	"os"
	"sync"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/doorwire"
)

// A Caller is whose call it is.
type Caller struct {
	PID                    int
	EUID, EGID, RUID, RGID int
}

// A Call is one run of a door's procedure.
type Call struct {
	Door   *Door
	Data   []byte // nil in a notice that nobody refers to the door any more
	Files  []int  // the procedure's, which has to close them
	Caller Caller
	Notice bool // nobody calls, see Door.notify

	conn *conn
	pid  int  // of the process that was called
	told bool // the client has its answer
}

// running are the calls that are being answered, by thread.
var running sync.Map

// Running returns the call that the calling thread answers, or nil. A procedure keeps its thread.
func Running() *Call {
	c, ok := running.Load(thread())
	if !ok || c.(*Call).pid != os.Getpid() {
		return nil
	}
	return c.(*Call)
}

// ErrTold says that a call was answered before.
var ErrTold = errors.New("the call has been answered")

// Reply answers the call. A client that is gone is no error: its answer is thrown away. After an error, such as EBADF
// for a descriptor that is not open, the call can be answered still.
func (c *Call) Reply(data []byte, files []int) error {
	return c.answer(&doorwire.Message{Kind: doorwire.Reply, Data: data, Files: files})
}

func (c *Call) answer(m *doorwire.Message) error {
	if c.told {
		return ErrTold
	}
	if c.conn == nil {
		c.told = true
		return nil
	}
	err := doorwire.Send(c.conn.link.fd, m, unix.MSG_DONTWAIT)
	if errors.Is(err, unix.EAGAIN) || doorwire.Gone(err) { // a client that does not read its answers is as good as gone
		c.conn.link.shutdown(unix.SHUT_RDWR)
		err = nil
	}
	c.told = err == nil
	return err
}

// failed tells the client an errno, unless it has its answer.
func (c *Call) failed(errno unix.Errno) {
	if !c.told {
		c.answer(&doorwire.Message{Kind: doorwire.Reply, Errno: errno})
	}
}
