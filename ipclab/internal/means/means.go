// Package means holds the means by which two processes can exchange messages, each in the form that a measurement wants:
// opened in one process, then used by two of its forked children, one at each end.
//
// Raw means are written as a C program would be: the system call and nothing around it, on a locked thread, in a child that
// was made for the purpose, with the collector off and SIGURG blocked. The others are written as Go programs are, by os.File,
// package net and os/signal, with the runtime's poller and scheduler between program and kernel.
//
// The package does not fork, take times or judge: that is for its caller.
package means

import "fmt"

// A Style is how an end is written.
type Style int

const (
	Raw Style = iota // as a C program would do it
	Go               // as Go programs do it
)

// String returns "raw" or "Go".
func (s Style) String() string { return [...]string{"raw", "Go"}[s] }

// A Side is one of the two ends.
type Side int

const (
	Client Side = iota
	Server
)

// String returns "client" or "server".
func (s Side) String() string { return [...]string{"client", "server"}[s] }

// A Means is one way to exchange messages.
type Means struct {
	Name  string // "pipe", as users write it
	Style Style
	About string // one sentence: what a message is, and what is called to send and to receive it

	// Least and Most are the sizes in bytes that a message may have. Where they are equal, no other size can be had: an
	// eventfd takes 8.
	Least, Most int

	// Copies is how many times the kernel and the means copy each byte of a message on its way; below 0 if that is not known.
	Copies float64

	// Busy says that who waits does not give up the processor: on one processor, both take turns only when the scheduler
	// takes it away from them.
	Busy bool

	// OneWay says that messages can be sent one after another without an answer: it has a throughput.
	OneWay bool

	// Open makes what both ends need, for messages of size bytes. Nothing that it makes must keep a name that is left when
	// the process is killed, where that can be avoided.
	Open func(size int) (Line, error)
}

// A Line connects two ends.
type Line interface {
	// Join is called once in the child that is to be at a side, after the fork. It closes what only the other side uses, so
	// that the end of one process is noticed by the other; the process that opened the line has both ends until Close.
	//
	// The End of a raw means stays on the thread that joined. That has a table of descriptors of its own from then on: what
	// the goroutine closes later stays open in the rest of the process.
	Join(Side) (End, error)

	// Close is called in the process that opened the line. It gives everything back and removes names that are left.
	Close() error
}

// An End sends and receives messages, all of the size given to Open. An error ends the measurement.
type End interface {
	Send(message []byte) error    // returns when the message is on its way, or has to wait for room until it is
	Receive(message []byte) error // waits for a message and stores it
}

// A Flusher is an End that may keep messages back so as to send several at once; Flush sends what it kept.
type Flusher interface{ Flush() error }

// NoDoors says why doors have no row in the style Raw.
const NoDoors = "Linux has no doors, so that no C program has them; those here are made of sockets, in Go"

// ByName returns the means of a name and style.
func ByName(name string, style Style) (*Means, error) {
	for _, m := range All() {
		if m.Name == name && m.Style == style {
			return m, nil
		}
	}
	return nil, fmt.Errorf("no means %q in style %v", name, style)
}
