// Package netlink asks the Linux kernel about sockets and network devices, and tells it to make the latter, through a
// netlink socket.
//
// It knows as much of the protocol as ipclab uses: a request, its answers or its acknowledgement, and the reason in words
// that newer kernels give for a refusal. It is no library for network configuration. See netlink(7).
package netlink

import (
	"encoding/binary"
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

// A Conn is a netlink socket. It is for one goroutine at a time.
type Conn struct {
	fd       int
	sequence uint32
}

// A Message is an answer: what follows the header.
type Message struct {
	Kind uint16
	Body []byte
}

const (
	headerSize = unix.SizeofNlMsghdr
	errorSize  = 4 // the errno that an error message begins with
	room       = 64 << 10
	answerTime = 5 // seconds
)

// order is that of this machine, which netlink uses.
var order = binary.NativeEndian

// Open opens a socket for a netlink protocol: unix.NETLINK_ROUTE or unix.NETLINK_SOCK_DIAG. It belongs to the network
// namespace of the calling thread, whatever thread uses it later.
func Open(protocol int) (*Conn, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, protocol)
	if err != nil {
		return nil, fmt.Errorf("netlink socket, protocol %d: %w", protocol, err)
	}
	// Reasons in words are welcome, not needed.
	_ = unix.SetsockoptInt(fd, unix.SOL_NETLINK, unix.NETLINK_EXT_ACK, 1)
	err = unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &unix.Timeval{Sec: answerTime})
	if err == nil {
		err = unix.Bind(fd, &unix.SockaddrNetlink{Family: unix.AF_NETLINK})
	}
	if err != nil {
		unix.Close(fd)
		return nil, fmt.Errorf("netlink socket, protocol %d: %w", protocol, err)
	}
	return &Conn{fd: fd}, nil
}

// Close closes the socket.
func (c *Conn) Close() { unix.Close(c.fd) }

// Do sends a request and returns the answers to it, if there are any, once it is acknowledged. The error holds an errno, and
// the kernel's words where it gave any.
func (c *Conn) Do(kind, flags uint16, body []byte) ([]Message, error) {
	return c.request(kind, flags|unix.NLM_F_ACK, body)
}

// Dump asks for all things of a kind and returns the answers. The error is as for Do.
func (c *Conn) Dump(kind uint16, body []byte) ([]Message, error) {
	return c.request(kind, unix.NLM_F_DUMP, body)
}

// request sends a request and receives the answers.
func (c *Conn) request(kind, flags uint16, body []byte) ([]Message, error) {
	c.sequence++
	request := make([]byte, headerSize, headerSize+len(body))
	order.PutUint32(request, uint32(headerSize+len(body)))
	order.PutUint16(request[4:], kind)
	order.PutUint16(request[6:], flags|unix.NLM_F_REQUEST)
	order.PutUint32(request[8:], c.sequence)
	if err := unix.Sendto(c.fd, append(request, body...), 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return nil, fmt.Errorf("netlink request: %w", err)
	}
	return c.answers()
}

// answers receives until the acknowledgement or the end of the dump.
func (c *Conn) answers() ([]Message, error) {
	var out []Message
	buffer := make([]byte, room)
	for {
		n, _, err := unix.Recvfrom(c.fd, buffer, 0)
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("netlink answer: %w", err)
		}
		more, done, err := split(buffer[:n], c.sequence)
		out = append(out, more...)
		if done || err != nil {
			return out, err
		}
	}
}

// errCut is the error for an answer that ends too early.
var errCut = errors.New("netlink answer: a message is cut off")

// split takes the messages of a request apart; done says that the last one is among them.
func split(data []byte, sequence uint32) (out []Message, done bool, err error) {
	for len(data) > 0 {
		if len(data) < headerSize {
			return out, false, errCut
		}
		length := int(order.Uint32(data))
		if length < headerSize || length > len(data) {
			return out, false, errCut
		}
		kind, flags := order.Uint16(data[4:]), order.Uint16(data[6:])
		ours, body := order.Uint32(data[8:]) == sequence, data[headerSize:length]
		data = data[min(aligned(length), len(data)):]
		switch {
		case !ours: // of a request that was given up
		case kind == unix.NLMSG_DONE:
			return out, true, nil
		case kind == unix.NLMSG_ERROR:
			return out, true, refusal(body, flags)
		default:
			out = append(out, Message{Kind: kind, Body: append([]byte{}, body...)})
		}
	}
	return out, false, nil
}

// refusal returns the error in an error message, nil for an acknowledgement.
func refusal(body []byte, flags uint16) error {
	if len(body) < errorSize+headerSize {
		return errCut
	}
	errno := unix.Errno(-int32(order.Uint32(body)))
	if errno == 0 {
		return nil
	}
	// The request follows, whole or its header alone, then attributes.
	skip := errorSize + headerSize
	if flags&unix.NLM_F_CAPPED == 0 {
		skip = errorSize + aligned(int(order.Uint32(body[errorSize:])))
	}
	if flags&unix.NLM_F_ACK_TLVS != 0 && skip <= len(body) {
		if text := cString(Attributes(body[skip:])[unix.NLMSGERR_ATTR_MSG]); text != "" {
			return fmt.Errorf("%s: %w", text, errno)
		}
	}
	return errno
}
