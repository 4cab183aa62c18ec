package zmtp

import (
	"encoding/binary"
	"strings"
)

// Names of READY's properties that mean something here.
const (
	propertyType     = "Socket-Type"
	propertyIdentity = "Identity"
)

// maxIdentity is the greatest length of an identity (RFC 23: 0*255OCTET).
const maxIdentity = 255

// ready is what a peer says of itself in READY.
type ready struct {
	socketType string
	identity   string
}

// parseReady reads the properties of READY: each one byte with the length of
// the name, the name, four bytes with the length of the value, the value.
func parseReady(data []byte) (r ready, err error) {
	for len(data) > 0 {
		var name, value string
		if name, value, data, err = property(data); err != nil {
			return r, err
		}
		switch { // names do not depend on case
		case strings.EqualFold(name, propertyType):
			r.socketType = value
		case strings.EqualFold(name, propertyIdentity):
			r.identity = value
		}
	}
	return r, r.check()
}

func property(data []byte) (name, value string, rest []byte, err error) {
	n := int(data[0])
	data = data[1:]
	if n == 0 || len(data) < n+4 {
		return "", "", nil, violation("READY with a cut property name")
	}
	name = string(data[:n])
	size := binary.BigEndian.Uint32(data[n:])
	data = data[n+4:]
	if uint64(size) > uint64(len(data)) {
		return "", "", nil, violation("READY with a cut property %q", name)
	}
	return name, string(data[:size]), data[size:], nil
}

func (r *ready) check() error {
	switch r.socketType {
	case "PAIR", "PUB", "SUB", "REQ", "REP", "DEALER", "ROUTER", "PULL", "PUSH", "XPUB", "XSUB":
		// zmq4 knows which of these fit; any other string would make it panic.
	default:
		return violation("READY with socket type %.20q", r.socketType)
	}
	if len(r.identity) > maxIdentity {
		return violation("identity of %d bytes", len(r.identity))
	}
	if strings.HasPrefix(r.identity, "\x00") {
		// Such identities are the ones a router makes up itself.
		return violation("identity that begins with a zero byte")
	}
	return nil
}

// frame gives a READY command frame with just these two properties, the way
// zmq4 can read it without harm.
func (r *ready) frame() []byte {
	body := append([]byte{5}, "READY"...)
	body = appendProperty(body, propertyType, r.socketType)
	body = appendProperty(body, propertyIdentity, r.identity)
	frame := append([]byte{flagCommand | flagLong}, make([]byte, 8)...)
	binary.BigEndian.PutUint64(frame[1:], uint64(len(body)))
	return append(frame, body...)
}

func appendProperty(b []byte, name, value string) []byte {
	b = append(b, byte(len(name)))
	b = append(b, name...)
	b = binary.BigEndian.AppendUint32(b, uint32(len(value)))
	return append(b, value...)
}
