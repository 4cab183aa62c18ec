package ptrace

// A Look says what the descriptors of the traced processes are. A function may be nil.
type Look struct {
	// Describe says in words what a descriptor refers to, "" if it is not open.
	Describe func(pid, fd int) string

	// Channel names what goes through a descriptor.
	Channel func(Use) Channel

	// Changed is called when a socket has been given a name or another end: what Channel found out before may be wrong now.
	Changed func()
}

// A Use is a descriptor in a call that moves data.
type Use struct {
	Pid, FD int
	To      []byte // the socket address to which the call sends; nil: the one that the socket is connected to, if it is
}

// A Channel is what is written by way of a descriptor, and what is read: names that are the same at both ends, "" where none
// is known. The two ends of a pipe have one name, those of a connection two: what one end writes, the other reads.
type Channel struct {
	Written, Read string
	Messages      bool // each call moves one message, not some of a stream of bytes
}

func (l Look) describe(pid, fd int) string {
	if l.Describe == nil {
		return ""
	}
	return l.Describe(pid, fd)
}

func (l Look) channel(u Use) Channel {
	if l.Channel == nil {
		return Channel{}
	}
	return l.Channel(u)
}

// changed looks at a call that has ended.
func (l Look) changed(name string) {
	switch name {
	case "bind", "connect", "accept", "accept4":
		if l.Changed != nil {
			l.Changed()
		}
	}
}
