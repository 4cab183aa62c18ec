package ipclab

// A messageCounter finds the messages in a stream to which several writers wrote. Each writer's bytes are its own
// number, and each of its messages has the same size, so where a message ends is known by counting.
type messageCounter struct {
	size    int
	last    int   // whose byte came last; -1 before the first
	got     []int // bytes that each writer's message in progress has so far
	pieces  []int // in how many pieces these came
	row     AtomicityRow
	strange int // bytes that are no writer's
}

// newMessageCounter makes a counter for writers 0 to writers-1.
func newMessageCounter(size, writers int) *messageCounter {
	return &messageCounter{size: size, last: -1, got: make([]int, writers), pieces: make([]int, writers)}
}

// add takes the next bytes of the stream.
func (c *messageCounter) add(data []byte) {
	for len(data) > 0 {
		n := 1
		for n < len(data) && data[n] == data[0] {
			n++
		}
		if w := int(data[0]); w < len(c.got) {
			c.addRun(w, n)
		} else {
			c.strange += n
		}
		data = data[n:]
	}
}

// addRun takes n bytes of writer w.
func (c *messageCounter) addRun(w, n int) {
	for n > 0 {
		if c.last != w || c.got[w] == 0 {
			c.pieces[w]++
			c.last = w
		}
		part := min(n, c.size-c.got[w])
		c.got[w] += part
		n -= part
		if c.got[w] == c.size {
			c.end(w)
		}
	}
}

// end counts the message of writer w that is complete now.
func (c *messageCounter) end(w int) {
	c.row.Messages++
	c.row.Pieces = max(c.row.Pieces, c.pieces[w])
	if c.pieces[w] > 1 {
		c.row.Interleaved++
	}
	c.got[w], c.pieces[w] = 0, 0
}
