package supervisor

// condemn ends the runtime process; cause will say why.
func (g *guard) condemn(in *instance, why string) {
	g.mu.Lock()
	g.condemned, g.why = in.pid, why
	g.mu.Unlock()
	in.kill()
}

func (g *guard) isCondemned(in *instance) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.condemned == in.pid
}

// cause says why a runtime process has died if that had to do with the bounds; "" if not, or if it is not known.
func (g *guard) cause(in *instance) string {
	if g.isCondemned(in) {
		g.mu.Lock()
		defer g.mu.Unlock()
		return g.why
	}
	return g.refused(in.lastWords())
}

// patience is how often something is ended in one cell before that is interrupted.
const patience = 3

// tell notes what was ended. A cell that goes on and on is interrupted.
func (g *guard) tell(in *instance, why string) {
	g.mu.Lock()
	g.kills++
	kills := g.kills
	g.mu.Unlock()
	switch {
	case kills < patience:
		in.note(why)
	case kills == patience:
		in.note(why + "\n[this was the third time: the cell is interrupted]")
		g.s.Interrupt()
	default:
		g.s.Interrupt()
	}
}

// note puts a line of the kernel's own into the output of the cell.
func (in *instance) note(text string) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.drain()
	in.text.flush(true)
	if in.output != nil {
		in.output.Stream("stderr", text+"\n")
	}
}
