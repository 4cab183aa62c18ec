package doorwire

import (
	"io"
	"sync"

	"golang.org/x/sys/unix"
)

// A Message is a packet with what came beside it.
type Message struct {
	Kind   Kind
	Errno  unix.Errno
	Data   []byte // nil as long as the data are in a file, see Load
	Files  []int
	Sender *unix.Ucred // whose it is, as Linux says; nil if the socket has no SO_PASSCRED
	size   int
	file   int // of the data; -1 if they came behind the head
}

// Size returns how many bytes of data the message has, loaded or not.
func (m *Message) Size() int { return max(m.size, len(m.Data)) }

// Load reads the data if they are in a file. They are put into room if they fit, else into new memory.
func (m *Message) Load(room []byte) error {
	if m.file < 0 {
		return nil
	}
	data, err := load(m.file, m.size, room)
	unix.Close(m.file)
	m.file, m.Data = -1, data
	return err
}

// Close closes all descriptors that came with the message.
func (m *Message) Close() {
	if m.file >= 0 {
		unix.Close(m.file)
		m.file = -1
	}
	for _, fd := range m.Files {
		unix.Close(fd)
	}
	m.Files = nil
}

// Send sends a message whole, or not at all. It blocks while the socket is full, unless flags has MSG_DONTWAIT. The
// error is an errno: EPIPE if the peer is gone, EINTR after a signal, EBADF if one of Files is not open.
func Send(fd int, m *Message, flags int) error {
	h := Head{Kind: m.Kind, Files: len(m.Files), Errno: m.Errno, Size: len(m.Data)}
	files, data := m.Files, m.Data
	if len(data) > InlineMost {
		file, err := store(data)
		if err != nil {
			return err
		}
		defer unix.Close(file)
		h.InFile, data = true, nil
		files = append([]int{file}, files...)
	}
	var head [headSize]byte
	var rights []byte
	if len(files) > 0 {
		rights = unix.UnixRights(files...)
	}
	packet := [][]byte{h.append(head[:0])}
	if len(data) > 0 {
		packet = append(packet, data)
	}
	_, err := unix.SendmsgBuffers(fd, packet, rights, nil, flags|unix.MSG_NOSIGNAL)
	return err
}

// room is memory for any packet that is well-formed, and for what comes beside it.
type room struct {
	packet [headSize + InlineMost]byte
	beside [besideMost]byte
}

// besideMost has room for FilesMost+1 descriptors and for credentials, each with a header and padding.
const besideMost = 16 + 4*(FilesMost+2) + 16 + 16

var rooms = sync.Pool{New: func() any { return new(room) }}

// Receive takes the next message. It blocks until there is one, unless flags has MSG_DONTWAIT. The error is io.EOF if
// the peer is gone, an errno, or has ErrMalformed in its chain; EMFILE means that the message is lost since there is no
// room for its descriptors. Descriptors are close-on-exec; after an error there are none.
func Receive(fd, flags int) (*Message, error) {
	r := rooms.Get().(*room)
	defer rooms.Put(r)
	n, beside, got, _, err := unix.Recvmsg(fd, r.packet[:], r.beside[:], flags|unix.MSG_CMSG_CLOEXEC)
	if err != nil {
		return nil, err
	}
	m := &Message{file: -1}
	m.takeBeside(r.beside[:beside])
	if err := m.fill(r.packet[:n], got); err != nil {
		m.Close()
		return nil, err
	}
	return m, nil
}

// fill checks a packet and takes over what it says.
func (m *Message) fill(packet []byte, flags int) error {
	switch {
	case len(packet) == 0: // the end, or an empty packet, which nobody sends who knows what this is
		return io.EOF
	case flags&unix.MSG_CTRUNC != 0:
		return unix.EMFILE
	case flags&unix.MSG_TRUNC != 0:
		return malformed("more than %d bytes", len(packet))
	}
	h, data, err := Parse(packet, len(m.Files))
	if err != nil {
		return err
	}
	m.Kind, m.Errno, m.size = h.Kind, h.Errno, h.Size
	if h.InFile {
		m.file, m.Files = m.Files[0], m.Files[1:]
		return nil
	}
	m.Data = append(make([]byte, 0, len(data)), data...)
	return nil
}

// takeBeside takes over descriptors and credentials.
func (m *Message) takeBeside(b []byte) {
	if len(b) == 0 {
		return
	}
	parts, err := unix.ParseSocketControlMessage(b)
	if err != nil {
		return
	}
	for _, p := range parts {
		if fds, err := unix.ParseUnixRights(&p); err == nil {
			m.Files = append(m.Files, fds...)
		}
		if sender, err := unix.ParseUnixCredentials(&p); err == nil {
			m.Sender = sender
		}
	}
}
