package ipclab

import (
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"ipclab/ipclab/mime"
)

// A benchProgress is what is shown of a measurement while it runs: a bar, what is measured now, and about how long it will
// still take. In a compiled program it does nothing.
type benchProgress struct {
	title        string
	id           string
	begun, shown time.Time
	now          string
	part         float64
	displayed    bool
}

// Bounds of what is shown.
const (
	progressAfter = 700 * time.Millisecond // a measurement shorter than that shows nothing
	progressWidth = 30
)

func newBenchProgress(title string) *benchProgress {
	return &benchProgress{title: title, id: uuid.NewString(), begun: time.Now()}
}

// at says what is measured now.
func (p *benchProgress) at(what string) {
	p.now = what
	p.show()
}

// done says which part of all is done.
func (p *benchProgress) done(part float64) {
	p.part = max(p.part, min(part, 1)) // it is an estimate, and must not go back
	p.show()
}

func (p *benchProgress) show() {
	gone := time.Since(p.begun)
	if !mime.Attached() || gone < progressAfter || time.Since(p.shown) < showEvery {
		return
	}
	p.shown = time.Now()
	p.display(p.text(gone))
}

// text is the bar, with the time that is left if it goes on like this.
func (p *benchProgress) text(gone time.Duration) string {
	full := int(p.part * progressWidth)
	text := fmt.Sprintf("%s  %s%s %3.0f %%", p.title, strings.Repeat("█", full), strings.Repeat("░", progressWidth-full), 100*p.part)
	if p.part > 0 {
		left := time.Duration(float64(gone) * (1 - p.part) / p.part)
		text += fmt.Sprintf(", about %v left", roundTime(left))
	}
	return text + "; now " + p.now
}

// close says how long all took, in place of the bar.
func (p *benchProgress) close() {
	if p.displayed {
		p.display(fmt.Sprintf("%s took %v.", p.title, roundTime(time.Since(p.begun))))
	}
}

func (p *benchProgress) display(text string) {
	if p.displayed {
		_ = UpdateDisplay(p.id, text)
	} else {
		p.displayed = DisplayAs(p.id, text) == nil
	}
}
