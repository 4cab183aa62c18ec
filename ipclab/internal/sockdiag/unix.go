package sockdiag

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/netlink"
)

// A Unix is one UNIX domain socket.
type Unix struct {
	Inode     uint64
	Type      int    // unix.SOCK_STREAM, SOCK_DGRAM or SOCK_SEQPACKET
	Listening bool   // it waits for connections
	Name      string // the path it was bound to, or "@" and its abstract name; "" if it has none
	Peer      uint64 // inode of the socket that it is connected to, 0 if there is none
	fileInode uint32 // of the socket file; 0 if there is none
	fileDev   uint32
}

// What follows is the kernel's include/uapi/linux/unix_diag.h.
const (
	unixRequestSize = 24
	unixAnswerSize  = 16
	showName        = 1
	showFile        = 2
	showPeer        = 4
	attributeName   = 0
	attributeFile   = 1
	attributePeer   = 2
	listening       = 10
)

// ListUnix returns the UNIX domain sockets.
func ListUnix() ([]Unix, error) {
	c, err := netlink.Open(unix.NETLINK_SOCK_DIAG)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	request := make([]byte, unixRequestSize)
	request[0] = unix.AF_UNIX
	binary.NativeEndian.PutUint32(request[4:], ^uint32(0)) // in any state
	binary.NativeEndian.PutUint32(request[12:], showName|showFile|showPeer)
	answers, err := c.Dump(unix.SOCK_DIAG_BY_FAMILY, request)
	if err != nil {
		return nil, fmt.Errorf("socket diagnostics: %w", err)
	}
	var out []Unix
	for _, a := range answers {
		if len(a.Body) >= unixAnswerSize {
			out = append(out, parseUnix(a.Body))
		}
	}
	return out, nil
}

// parseUnix reads an answer of at least unixAnswerSize bytes.
func parseUnix(body []byte) Unix {
	order := binary.NativeEndian
	s := Unix{Type: int(body[1]), Listening: body[2] == listening, Inode: uint64(order.Uint32(body[4:]))}
	attributes := netlink.Attributes(body[unixAnswerSize:])
	s.Name = nameText(attributes[attributeName])
	if file := attributes[attributeFile]; len(file) >= 8 {
		s.fileInode, s.fileDev = order.Uint32(file), order.Uint32(file[4:])
	}
	if peer := attributes[attributePeer]; len(peer) >= 4 {
		s.Peer = uint64(order.Uint32(peer))
	}
	return s
}

// nameText returns a name as it is written: abstract ones begin with a zero byte.
func nameText(name []byte) string {
	if len(name) > 0 && name[0] == 0 {
		return "@" + string(name[1:])
	}
	name, _, _ = bytes.Cut(name, []byte{0})
	return string(name)
}

// IsFile reports whether the socket is bound to the very file that st describes.
func (s Unix) IsFile(st *unix.Stat_t) bool {
	const minorBits = 20 // the kernel's own way to pack a device number
	device := unix.Major(st.Dev)<<minorBits | unix.Minor(st.Dev)
	return s.fileInode != 0 && s.fileInode == uint32(st.Ino) && s.fileDev == device
}
