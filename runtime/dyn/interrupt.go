package dyn

// Interrupt is the value of the panic that ends an interrupted cell. As with
// runtime.Goexit, deferred calls run and recover does not see it.
type Interrupt struct{}

func (Interrupt) Error() string { return "interrupted" }

// Unwinding tells whether this goroutine runs a deferred call because of a panic,
// an interrupt's for one.
func Unwinding() bool {
	if unwinding.Load() == 0 {
		return false
	}
	c, _ := current.Load(Goroutine())
	for d, _ := c.(*Defers); d != nil; d = d.outer {
		if d.unwound {
			return true
		}
	}
	return false
}
