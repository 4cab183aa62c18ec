package ipclab

import "time"

// A benchProgress is what is shown of a measurement while it runs: nothing of a short one, a Progress of a longer one. How many
// rounds there will be is an estimate, which changes as it goes.
type benchProgress struct {
	title string
	begun time.Time
	turns int     // rounds made, and rows counted
	part  float64 // of all that is done
	now   string
	shown *Progress
}

// progressAfter is how long a measurement is that shows nothing.
const progressAfter = 700 * time.Millisecond

func newBenchProgress(title string) *benchProgress {
	return &benchProgress{title: title, begun: time.Now()}
}

// at says what is measured now.
func (p *benchProgress) at(what string) {
	p.now = what
	p.show()
}

// done says that a turn was made, and which part of all is done.
func (p *benchProgress) done(part float64) {
	p.turns++
	p.part = max(p.part, min(part, 1)) // it is an estimate, and must not go back
	p.show()
}

func (p *benchProgress) show() {
	if time.Since(p.begun) < progressAfter {
		return
	}
	if p.shown == nil {
		p.shown = newProgress(p.title, "rounds", 0)
	}
	p.shown.update(func(s *progressState) {
		s.begun, s.now, s.done, s.total = p.begun, p.now, p.turns, p.all()
	})
}

// all estimates how many turns there will be.
func (p *benchProgress) all() int {
	if p.part == 0 {
		return 0
	}
	return max(int(float64(p.turns)/p.part), p.turns+1)
}

// finish says that all is done.
func (p *benchProgress) finish() {
	if p.shown != nil {
		p.shown.update(func(s *progressState) { s.done, s.total = p.turns, p.turns })
	}
}

// close leaves a line that says how long all took or, without finish before it, where it was stopped.
func (p *benchProgress) close() { p.shown.Done() }
