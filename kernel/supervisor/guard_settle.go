package supervisor

import "time"

// settleLimit bounds the wait for a look. It is longer than what a look ends may take to end.
const settleLimit = closeLimit + time.Second

// settle waits for the end of a look that begins after the call, if the guard is awake.
func (g *guard) settle() {
	g.mu.Lock()
	if g.stopped || g.quiet >= quietEnds {
		g.mu.Unlock()
		return
	}
	next := make(chan struct{})
	g.awaited = append(g.awaited, next)
	g.mu.Unlock()
	if g.wire != nil {
		g.wire.Wake()
	}
	select {
	case <-next:
	case <-g.ended:
	case <-time.After(settleLimit):
	}
}

// isAwaited reports whether somebody waits for a look.
func (g *guard) isAwaited() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.awaited) > 0
}

// beginLook notes who waits for the look that begins, and returns what is to be called at its end.
func (g *guard) beginLook() (end func()) {
	g.mu.Lock()
	awaited := g.awaited
	g.awaited = nil
	g.mu.Unlock()
	return func() {
		for _, c := range awaited {
			close(c)
		}
	}
}
