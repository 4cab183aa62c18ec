package zmtp

import "github.com/go-zeromq/zmq4"

// Heartbeat sends every message back to who sent it, as it came, with or without
// an empty delimiter. REQ, DEALER and ROUTER sockets can connect. It needs no
// care from the process: it answers as long as the process runs. For its
// goroutines see Socket; a peer's read goroutine also waits while the peer does
// not read its echoes.
type Heartbeat struct{ Socket }

// ListenHeartbeat binds a heartbeat at endpoint, "tcp://HOST:PORT" or
// "ipc://PATH". Messages may have 64 KiB and 64 frames at most, whatever o says:
// real ones have one frame of four bytes.
func ListenHeartbeat(endpoint string, o Options) (*Heartbeat, error) {
	o = o.withDefaults()
	lower(&o.MaxMessage, 64<<10)
	lower(&o.MaxFrames, 64)
	lower(&o.QueueBytes, 256<<10)
	h := &Heartbeat{}
	if err := h.start(endpoint, zmq4.Router, echo{}, o); err != nil {
		return nil, err
	}
	return h, nil
}

type echo struct{}

func (echo) joined(*peer)                        {}
func (echo) left(*peer)                          {}
func (echo) command(*peer, string, []byte) error { return nil }
func (echo) message(p *peer, frames [][]byte) error {
	return p.out.put(messageItem(frames))
}
