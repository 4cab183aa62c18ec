// Package wire is the conversation between the kernel and the runtime process.
//
// Two SOCK_SEQPACKET sockets carry it. On the requests socket only the kernel
// sends and only the runtime process receives; on the events socket the runtime
// process and every process it forks send, and only the kernel receives. No
// socket is read by two processes, so a forked child can never take what was
// meant for its parent.
//
// One packet is one frame:
//
//	offset  size  field
//	0       1     version, 1
//	1       1     kind of frame, see Kind
//	2       1     place of the body: 0 behind the header, 1 in an attached memfd
//	3       1     number of descriptors attached, the memfd not counted
//	4       8     length of the body in bytes, little-endian
//	12      …     the body, JSON, where its place is 0
//
// Descriptors travel as ancillary data (SCM_RIGHTS, unix(7)); a memfd is the
// last of them. Frames whose sender waits for an answer attach one end of a
// pipe: the receiver closes it when it is done, and the sender, reading the
// other end, sees end of file. The hazard: events come from processes that run
// a user's code, so the kernel must take nothing in them on trust.
package wire

// Version is the first byte of every frame.
const Version = 1

// Kind says what a frame is.
type Kind byte

// Requests, sent by the kernel.
const (
	KindExecute   Kind = 1 + iota // body Execute; descriptors: a new standard input, if NewStdin
	KindInterrupt                 // body Interrupt
	KindFreeze                    // body Freeze; descriptors: the control socket of the copy
)

// Events, sent by the runtime process and its children.
const (
	KindReady   Kind = 64 + iota // body Ready
	KindDone                     // body Done
	KindDisplay                  // body Display; descriptors: the pipe end to close when it was shown
	KindClear                    // body Clear; descriptors as for KindDisplay
)
