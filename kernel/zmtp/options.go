package zmtp

import "time"

// Options bound what peers can cost. A field of 0 means its default.
type Options struct {
	// HandshakeTimeout is the time from accept to the end of the handshake after
	// which a connection is closed. Default 10 s.
	HandshakeTimeout time.Duration
	// StallTimeout is how long a peer may keep a sender waiting without taking a
	// 32nd of QueueBytes; then it is cut off. Default 3 s.
	StallTimeout time.Duration
	// MaxFrames is the greatest number of frames in a message received.
	// Default 8192.
	MaxFrames int
	// MaxMessage is the greatest size in bytes of a message received, all frames
	// together. All messages that a socket is receiving at a time may have twice
	// that; a peer that would exceed it is closed. Default 128 MiB.
	MaxMessage int64
	// QueueBytes bounds, for each peer, what is queued to be sent to it, and what
	// it has sent and nobody has received yet. One message may exceed it. What all
	// peers have sent and nobody has received is bounded by eight times as much,
	// and one message of each. Default 8 MiB.
	QueueBytes int64
	// MaxPeers is the greatest number of connections at a time, those that have
	// not finished the handshake included. More are closed at once. Default 512.
	MaxPeers int
	// Log gets one line for each peer that was refused or cut off, and why. It
	// may be called from several goroutines. Default: nowhere.
	Log func(format string, a ...any)
}

// minProgress is how many bytes a peer must take in StallTimeout while a sender
// waits for it. One byte a second would be progress too, but would hold up
// everybody.
func (o *Options) minProgress() int64 { return o.QueueBytes / 32 }

func (o Options) withDefaults() Options {
	preset(&o.HandshakeTimeout, 10*time.Second)
	preset(&o.StallTimeout, 3*time.Second)
	preset(&o.MaxFrames, 8192)
	preset(&o.MaxMessage, 128<<20)
	preset(&o.QueueBytes, 8<<20)
	preset(&o.MaxPeers, 512)
	if o.Log == nil {
		o.Log = func(string, ...any) {}
	}
	return o
}

func preset[T int | int64 | time.Duration](v *T, to T) {
	if *v <= 0 {
		*v = to
	}
}

// lower limits *v to at most max.
func lower[T int | int64](v *T, max T) { *v = min(*v, max) }
