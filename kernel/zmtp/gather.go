package zmtp

import "net"

const (
	copyBelow  = 4 << 10  // pieces of at least this size are not copied
	chunkSize  = 16 << 10 // of the memory that small pieces are copied to
	maxVectors = 1024     // IOV_MAX of writev(2) on Linux
)

// gather collects what zmq4 writes until it is sent by one writev(2): frame
// headers and small frames copied together, large frames as they are. The large
// ones are the frames of a message in the queue, which nobody changes; so
// keeping them beyond Write, which io.Writer forbids, is sound here.
type gather struct {
	list  net.Buffers // complete pieces, without what is in chunk
	chunk []byte      // being filled; its beginning, up to from, is in list
	from  int
}

func (g *gather) add(p []byte) {
	if len(p) >= copyBelow {
		g.seal()
		g.list = append(g.list, p)
		return
	}
	if len(g.chunk)+len(p) > cap(g.chunk) {
		g.seal()
		g.chunk, g.from = make([]byte, 0, chunkSize), 0
	}
	g.chunk = append(g.chunk, p...)
}

// seal moves the small pieces collected last to the list.
func (g *gather) seal() {
	if len(g.chunk) > g.from {
		g.list = append(g.list, g.chunk[g.from:])
		g.from = len(g.chunk)
	}
}

// full tells that it is time to send.
func (g *gather) full() bool { return len(g.list) >= maxVectors-2 }

// buffers gives everything collected.
func (g *gather) buffers() net.Buffers {
	g.seal()
	return g.list
}

// reset forgets everything after it was sent, and keeps the memory for small
// pieces.
func (g *gather) reset() {
	clear(g.list)
	if cap(g.list) > maxVectors {
		g.list = nil
	}
	g.list, g.chunk, g.from = g.list[:0], g.chunk[:0], 0
}
