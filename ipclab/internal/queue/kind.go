package queue

import "ipclab/ipclab/internal/queue/layout"

// A kind is what a file holds: a queue or a ring.
type kind struct{ layout.Kind }

var (
	queueKind = kind{layout.Queue}
	ringKind  = kind{layout.Ring}
)

// ErrForeign says that a file is not one of these, or not whole; ErrNamespace, that the process numbers in it are of
// another PID namespace.
var (
	ErrForeign   = layout.ErrForeign
	ErrNamespace = layout.ErrNamespace
)

// slotHeader is how many bytes a queue's slot has before the message.
const slotHeader = layout.SlotHeader

// A geometry is what the header of a file said when it was opened, or made.
type geometry struct {
	slots, size, stride, first, bytes int
}

// geometry returns the measures of a file of this kind, or an error if they are out of bounds.
func (k kind) geometry(slots, size int) (geometry, error) {
	g, err := k.Kind.Geometry(slots, size)
	return own(g), err
}

// parse checks the first bytes of a file of so many bytes.
func (k kind) parse(header []byte, fileSize int64) (geometry, error) {
	g, err := k.Kind.Parse(header, fileSize, namespace())
	return own(g), err
}

// header returns the first bytes of a new file.
func (k kind) header(g geometry) []byte {
	return k.Kind.Header(layout.Geometry{Slots: g.slots, Size: g.size, Stride: g.stride, First: g.first, Bytes: g.bytes}, namespace())
}

// own copies what was checked.
func own(g layout.Geometry) geometry {
	return geometry{slots: g.Slots, size: g.Size, stride: g.Stride, first: g.First, bytes: g.Bytes}
}
