package wire

// Looking at a variable between cells. The kernel sends KindInspect only when no
// cell runs; an Execute that comes after it ends the look.
const (
	KindInspect   Kind = 48  // body Inspect
	KindInspected Kind = 112 // body Inspected
)

// Inspect asks the runtime what a variable holds.
type Inspect struct {
	ID   uint64 // chosen by the kernel, repeated in Inspected
	Name string // the variable's name in lowered code
}

// Inspected says what a variable holds.
type Inspected struct {
	ID     uint64
	Text   string // the value as text, of bounded length
	Reason string // why there is no text
}
