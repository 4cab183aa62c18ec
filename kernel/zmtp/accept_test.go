package zmtp

import (
	"net"
	"syscall"
	"testing"
	"time"

	"github.com/go-zeromq/zmq4"

	"ipclab/kernel/zmtp/zmtptest"
)

// exhausted is a listener for which descriptors have run out a few times.
type exhausted struct {
	net.Listener
	times int
}

func (l *exhausted) Accept() (net.Conn, error) {
	if l.times > 0 {
		l.times--
		return nil, &net.OpError{Op: "accept", Err: syscall.EMFILE}
	}
	return l.Listener.Accept()
}

// TestAcceptGoesOn: running out of descriptors ends nothing, and is not asked
// about in a busy loop.
func TestAcceptGoesOn(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h := &Heartbeat{}
	h.endpoint = "tcp://" + l.Addr().String()
	h.begin(&exhausted{l, 4}, zmq4.Router, echo{}, Options{Log: t.Logf}.withDefaults())
	defer h.Close()
	began := time.Now()
	zmtptest.DialAs(t, h.endpoint, "REQ", "")
	if took := time.Since(began); took < (5+10+20+40)*time.Millisecond {
		t.Errorf("four failures and a success took only %v", took)
	}
}

// TestCloseWhileExhausted: Close does not wait for the pause to be over.
func TestCloseWhileExhausted(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h := &Heartbeat{}
	h.begin(&exhausted{l, 1 << 30}, zmq4.Router, echo{}, Options{}.withDefaults())
	ended := make(chan error)
	go func() { ended <- h.Close() }()
	select {
	case err := <-ended:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(zmtptest.Patience):
		t.Fatal("Close does not return")
	}
}
