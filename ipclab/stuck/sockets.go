package stuck

import (
	"encoding/binary"
	"fmt"
	"os"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/proc"
)

// diagnostics returns what is known of the socket behind a descriptor of the current process.
func (l *look) diagnostics(d proc.Descriptor) (s *socket, ok bool) {
	if l.sockets == nil {
		l.sockets = readSockets()
	}
	own, _ := os.Readlink("/proc/self/ns/net")
	theirs, err := os.Readlink(l.current.file("ns/net"))
	if err != nil || theirs != own { // sock_diag tells of this namespace only
		return nil, false
	}
	s, ok = l.sockets.byInode[d.File.Inode]
	return s, ok
}

// having returns which processes looked at have a socket open, by inode.
func (l *look) having(inode uint64) (by []Holder) {
	for _, p := range l.order {
		for _, d := range p.fds {
			if d.Type() == unix.S_IFSOCK && d.File.Inode == inode {
				by = append(by, Holder{p.pid(), d.Number})
			}
		}
	}
	return by
}

// beyond is a wait for a socket whose other end is not among the processes looked at.
func (l *look) beyond(d proc.Descriptor, name string) *Wait {
	w := l.outside(name, d.Number)
	w.Call = ""
	return w
}

// accept waits for a client.
func (l *look) accept(c call) []*Wait {
	d := l.current.fds[c.fd(0)]
	w := &Wait{kind: connection, fd: d.Number, Open: true, On: d.Describe()}
	if s, ok := l.diagnostics(d); ok {
		w.On = "a client of " + s.String()
	}
	w.object = w.On
	w.doing = fmt.Sprintf("waits in accept for %s (descriptor %d), and none has connected", w.On, d.Number)
	return one(w)
}

// connect waits for a server to take the connection.
func (l *look) connect(c call) []*Wait {
	d := l.current.fds[c.fd(0)]
	if _, ok := l.diagnostics(d); !ok {
		return one(l.beyond(d, "a connection"))
	}
	server := l.sockets.named(l.address(c.args[1], c.args[2]))
	if server == nil {
		return one(l.beyond(d, "a connection"))
	}
	w := &Wait{kind: connection, fd: d.Number, On: server.String(), By: l.having(server.inode), held: "it"}
	w.object = w.On
	w.doing = fmt.Sprintf("waits in connect for %s, whose queue of clients is full", w.On)
	w.more = "The server has to accept the clients that wait, or listen with a longer backlog."
	if len(w.By) == 0 {
		l.current.goesOn("waits for a server")
	}
	return one(w)
}

// socketInput is a wait for data in a socket.
func (l *look) socketInput(d proc.Descriptor) *Wait {
	s, ok := l.diagnostics(d)
	if !ok {
		return l.beyond(d, d.Describe())
	}
	if s.listens {
		return &Wait{kind: connection, fd: d.Number, Open: true, On: "a client of " + s.String(),
			doing: fmt.Sprintf("waits for a client of %s, and none has connected", s)}
	}
	w := &Wait{kind: socketData, fd: d.Number, object: s.String(), On: s.String(), held: "the other end",
		doing: fmt.Sprintf("reads %s (descriptor %d)", s, d.Number)}
	peer := l.sockets.peerOf(s)
	switch {
	case peer != nil:
		if w.By = l.having(peer.inode); len(w.By) == 0 {
			return l.beyond(d, s.String())
		}
	case s.datagram:
		w.Open, w.doing = true, fmt.Sprintf("waits for a datagram at %s (descriptor %d), and none was sent", s, d.Number)
	default:
		return l.beyond(d, s.String())
	}
	return w
}

// socketOutput is a wait for room in the other end's queue.
func (l *look) socketOutput(d proc.Descriptor, to []byte) *Wait {
	s, ok := l.diagnostics(d)
	if !ok {
		return l.beyond(d, d.Describe())
	}
	peer := l.sockets.peerOf(s)
	if peer == nil {
		peer = l.sockets.named(to)
	}
	if peer == nil {
		return l.beyond(d, s.String())
	}
	w := &Wait{kind: socketRoom, fd: d.Number, object: peer.String(), On: peer.String(), By: l.having(peer.inode), held: "it"}
	w.doing = fmt.Sprintf("writes to %s (descriptor %d), whose queue is full", peer, d.Number)
	if len(w.By) == 0 {
		return l.beyond(d, s.String())
	}
	return w
}

// sendto may name the receiver.
func (l *look) sendto(c call) []*Wait {
	return one(l.output(c.fd(0), l.address(c.args[4], c.args[5])))
}

// sendmsg names it in a struct msghdr, which begins with a pointer to the address and its length.
func (l *look) sendmsg(c call) []*Wait {
	const word = 8
	b := l.current.peek(c.args[1], 2*word)
	if b == nil {
		return one(l.output(c.fd(0), nil))
	}
	return one(l.output(c.fd(0), l.address(binary.NativeEndian.Uint64(b), uint64(le32(b[word:])))))
}

// address reads the address of a socket that a call was given.
func (l *look) address(at, length uint64) []byte {
	const most = 110 // struct sockaddr_un
	return l.current.peek(at, int(min(length, most)))
}
