package ptrace

// A Look says what the descriptors of the traced processes are. A function may be nil.
type Look struct {
	// Describe says in words what a descriptor refers to, "" if it is not open.
	Describe func(pid, fd int) string

	// Channel names what is written by way of a descriptor, and what is read: a name that is the same at both ends, "" where
	// none is known. The two ends of a pipe have one name, those of a connection two: what one end writes, the other reads.
	Channel func(pid, fd int) (written, read string)
}

func (l Look) describe(pid, fd int) string {
	if l.Describe == nil {
		return ""
	}
	return l.Describe(pid, fd)
}

// channel names what goes through descriptor fd in a call of the given name.
func (l Look) channel(name string, pid int, fd uint64) (written, read string) {
	if l.Channel == nil {
		return "", ""
	}
	way := ways[name]
	if way == 0 {
		return "", ""
	}
	written, read = l.Channel(pid, int(int32(fd)))
	if way == reads {
		return "", read
	}
	return written, ""
}

// A way is the direction in which a call moves data.
type way int

const (
	writes way = iota + 1
	reads
)

// ways are the calls that move data through the descriptor that is their first argument.
var ways = map[string]way{
	"write": writes, "writev": writes, "send": writes, "sendto": writes, "sendmsg": writes, "mq_timedsend": writes,
	"read": reads, "readv": reads, "recv": reads, "recvfrom": reads, "recvmsg": reads, "mq_timedreceive": reads,
}
