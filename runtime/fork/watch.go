//go:build linux && (amd64 || arm64) && !cgo

package fork

// Part of the conductor: runs while all other threads are stopped. See doc.go.

// watch is a descriptor that an epoll instance watches.
type watch struct {
	fd     uint64
	events uint64
	data   uint64
	inode  uint64 // of the open file, 0 if the kernel does not tell
}

// cursor reads /proc/PID/fdinfo/FD of an epoll instance, in memory from at to end. Beside lines of other
// kinds it has one for each watch, as in
//
//	tfd:        4 events:       19 data:     5c1a40  pos:0 ino:7 sdev:8
//
// fd and pos are decimal, the others hexadecimal; pos and what follows may be missing. See proc(5).
type cursor struct{ at, end uintptr }

// Results of cursor.next.
const (
	noWatch = iota
	oneWatch
	badWatch
)

// next reads up to the end of the next line about a watch.
//
//go:nosplit
func (c *cursor) next(w *watch) int {
	for c.at < c.end {
		if !c.literal("tfd:") {
			c.skipLine()
			continue
		}
		ok := c.number(10, &w.fd) && c.literal("events:") && c.number(16, &w.events) &&
			c.literal("data:") && c.number(16, &w.data)
		w.inode = 0
		if ok && c.literal("pos:") {
			c.skipWord()
			ok = c.literal("ino:") && c.number(16, &w.inode)
		}
		c.skipLine()
		if !ok {
			return badWatch
		}
		return oneWatch
	}
	return noWatch
}

// peek returns the byte at the cursor, 0 at the end.
//
//go:nosplit
func (c *cursor) peek() byte {
	if c.at >= c.end {
		return 0
	}
	return *(*byte)(at(c.at))
}

// literal skips blanks, and s if it follows.
//
//go:nosplit
func (c *cursor) literal(s string) bool {
	for c.peek() == ' ' {
		c.at++
	}
	start := c.at
	for i := 0; i < len(s); i++ {
		if c.peek() != s[i] {
			c.at = start
			return false
		}
		c.at++
	}
	return true
}

// number skips blanks and reads a number of at least one digit that fits in 64 bits.
//
//go:nosplit
func (c *cursor) number(base uint64, n *uint64) bool {
	c.literal("")
	*n = 0
	for digits := 0; ; digits++ {
		d := digit(c.peek())
		if d >= base {
			return digits > 0
		}
		if *n > (^uint64(0)-d)/base {
			return false
		}
		*n = *n*base + d
		c.at++
	}
}

//go:nosplit
func digit(b byte) uint64 {
	switch {
	case b >= '0' && b <= '9':
		return uint64(b - '0')
	case b >= 'a' && b <= 'f':
		return uint64(b-'a') + 10
	}
	return 16
}

//go:nosplit
func (c *cursor) skipWord() {
	for c.peek() != ' ' && c.peek() != '\n' && c.at < c.end {
		c.at++
	}
}

//go:nosplit
func (c *cursor) skipLine() {
	for c.at < c.end && c.peek() != '\n' {
		c.at++
	}
	c.at++
}
