// Package zmtp gives the bind-only ZeroMQ sockets of a kernel: Router,
// Publisher and Heartbeat, over TCP and UNIX domain sockets, speaking ZMTP 3.0
// with the NULL mechanism (RFC 23, https://rfc.zeromq.org/spec/23/) and the
// SUBSCRIBE, CANCEL, PING and PONG commands of ZMTP 3.1 (RFC 37).
//
// It is not a general ZeroMQ: nothing connects, no other socket types, no
// encryption. Greeting, handshake and the framing of what is sent are
// github.com/go-zeromq/zmq4's (its Conn); the sockets are not.
//
// What comes from a peer is read here and not by zmq4, because zmq4's Conn
//   - allocates what a frame header claims before a byte of it has arrived,
//   - reads past the end of a READY whose properties are cut, and panics,
//   - panics on a socket type it does not know,
//   - answers PING from the reading goroutine, in the middle of what another
//     goroutine is sending, without the context that PONG must repeat,
//   - takes a command between two frames of a message for a protocol error,
//   - drops the names of commands, so that SUBSCRIBE and CANCEL look alike.
//
// The hazard: frames are not copied. Whoever hands frames to a socket must not
// change them afterwards; they may be in a queue still.
package zmtp
