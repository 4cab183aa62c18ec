package wire

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"golang.org/x/sys/unix"
)

const (
	headerSize = 12
	// inlineLimit keeps a packet well below the socket buffer (wmem_default is
	// about 200 KiB): a larger body goes into a memfd.
	inlineLimit = 64 << 10
	// maxBody bounds what one frame can make its receiver hold in memory.
	maxBody        = 256 << 20
	maxDescriptors = 4
)

// ErrMalformed is the error of a packet that is not a frame. The connection
// stays usable: the next packet begins anew.
var ErrMalformed = errors.New("malformed frame")

// A Conn is one end of a conversation over a socket. Send may be called
// concurrently; Receive by one goroutine at a time.
type Conn struct {
	fd     int
	packet []byte // where Receive puts what comes, to be used again
}

// NewConn makes a Conn of a connected SOCK_SEQPACKET socket. Closing it stays
// with the caller.
func NewConn(fd int) *Conn { return &Conn{fd: fd} }

// A Frame is one received packet.
type Frame struct {
	Kind  Kind
	Body  []byte
	Files []*os.File // what was attached; the receiver closes them
}

// Close closes the attached descriptors.
func (f *Frame) Close() {
	for _, file := range f.Files {
		file.Close()
	}
	f.Files = nil
}

// Decode reads the body into v.
func (f *Frame) Decode(v any) error {
	if err := json.Unmarshal(f.Body, v); err != nil {
		return fmt.Errorf("%w: body of kind %d: %v", ErrMalformed, f.Kind, err)
	}
	return nil
}

// Send sends one frame with body as JSON and duplicates of the descriptors
// fds. It blocks while the receiver's queue is full.
func (c *Conn) Send(kind Kind, body any, fds ...int) error {
	data, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("frame of kind %d: %w", kind, err)
	}
	packet := make([]byte, headerSize, headerSize+min(len(data), inlineLimit))
	packet[0], packet[1], packet[3] = Version, byte(kind), byte(len(fds))
	binary.LittleEndian.PutUint64(packet[4:], uint64(len(data)))
	if len(data) <= inlineLimit {
		packet = append(packet, data...)
	} else {
		packet[2] = 1
		memfd, err := memfdWith(data)
		if err != nil {
			return err
		}
		defer unix.Close(memfd)
		fds = append(fds[:len(fds):len(fds)], memfd)
	}
	var ancillary []byte
	if len(fds) > 0 {
		ancillary = unix.UnixRights(fds...)
	}
	for {
		err = unix.Sendmsg(c.fd, packet, ancillary, nil, unix.MSG_NOSIGNAL)
		if err != unix.EINTR {
			break
		}
	}
	return os.NewSyscallError("sendmsg", err)
}

// Receive waits for one frame. At the end of the conversation it returns
// io.EOF; for a packet that is no frame, an error that wraps ErrMalformed.
func (c *Conn) Receive() (*Frame, error) { return c.receive(0) }

// TryReceive is Receive that does not wait: where no frame is there, its error
// is unix.EAGAIN.
func (c *Conn) TryReceive() (*Frame, error) { return c.receive(unix.MSG_DONTWAIT) }

func (c *Conn) receive(flags int) (*Frame, error) {
	if c.packet == nil {
		c.packet = make([]byte, headerSize+inlineLimit)
	}
	packet := c.packet
	ancillary := make([]byte, unix.CmsgSpace(4*(maxDescriptors+1)))
	n, oobn, recvFlags, err := recvmsg(c.fd, packet, ancillary, flags)
	if err != nil {
		return nil, os.NewSyscallError("recvmsg", err)
	}
	files := attachedFiles(ancillary[:oobn])
	if n == 0 {
		closeAll(files)
		return nil, io.EOF
	}
	frame, err := parse(packet[:n], files)
	if err == nil && recvFlags&(unix.MSG_TRUNC|unix.MSG_CTRUNC) != 0 {
		err = fmt.Errorf("%w: truncated", ErrMalformed)
	}
	if err != nil {
		closeAll(files)
		return nil, err
	}
	return frame, nil
}

func recvmsg(fd int, packet, ancillary []byte, flags int) (n, oobn, recvFlags int, err error) {
	for {
		n, oobn, recvFlags, _, err = unix.Recvmsg(fd, packet, ancillary, flags|unix.MSG_CMSG_CLOEXEC)
		if err != unix.EINTR {
			return n, oobn, recvFlags, err
		}
	}
}

// parse takes a packet apart. The files become the frame's, except a memfd
// with the body, which is read and closed.
func parse(packet []byte, files []*os.File) (*Frame, error) {
	if len(packet) < headerSize || packet[0] != Version {
		return nil, fmt.Errorf("%w: %d bytes, no header of version %d", ErrMalformed, len(packet), Version)
	}
	length := binary.LittleEndian.Uint64(packet[4:])
	frame := &Frame{Kind: Kind(packet[1]), Files: files}
	attached := int(packet[3])
	switch {
	case length > maxBody:
		return nil, fmt.Errorf("%w: body of %d bytes", ErrMalformed, length)
	case packet[2] == 0 && length == uint64(len(packet)-headerSize) && attached == len(files):
		frame.Body = bytes.Clone(packet[headerSize:])
	case packet[2] == 1 && len(packet) == headerSize && attached+1 == len(files):
		body, err := readMemfd(files[attached], int(length))
		if err != nil {
			return nil, err
		}
		files[attached].Close()
		frame.Body, frame.Files = body, files[:attached]
	default:
		return nil, fmt.Errorf("%w: %d bytes, length %d, %d descriptors", ErrMalformed, len(packet), length, len(files))
	}
	return frame, nil
}
