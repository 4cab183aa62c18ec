package ipclab

import (
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sys/unix"

	"ipclab/ipclab/mime"
)

// A Progress shows how far something is that takes a while: a bar, how much is done, how fast it goes and how long it will
// take.
//
//	p := ipclab.NewProgress("writing", len(files))
//	defer p.Done()
//	for _, f := range files {
//		…
//		p.Add(1)
//	}
//
// A notebook shows one output, which changes some ten times a second at most and ends as a line of text. A compiled program
// shows a line on standard error if that is a terminal, and else nothing. Its methods may be called from several goroutines.
type Progress struct {
	mu    sync.Mutex
	state progressState

	id        string
	shown     time.Time
	displayed bool
	ended     bool
}

// showEvery is the least time between two changes of what is shown.
const showEvery = 100 * time.Millisecond

// NewProgress begins to show the progress of what is to be done, in so many steps; with a total of 0 or below, their number
// is not known, and no bar is drawn.
func NewProgress(what string, total int) *Progress {
	p := newProgress(what, "", total)
	p.update(func(*progressState) {})
	return p
}

// newProgress makes a progress that is not shown until something changes. The noun, in the plural, says what is counted.
func newProgress(what, noun string, total int) *Progress {
	return &Progress{state: progressState{what: what, noun: noun, total: max(total, 0), begun: time.Now()}, id: uuid.NewString()}
}

// Add counts n steps more as done.
func (p *Progress) Add(n int) { p.update(func(s *progressState) { s.done = max(0, s.done+n) }) }

// Set says that so many steps are done in all.
func (p *Progress) Set(done int) { p.update(func(s *progressState) { s.done = max(0, done) }) }

// Now says what is being done, "size=64" for example; "" takes it away.
func (p *Progress) Now(text string) { p.update(func(s *progressState) { s.now = text }) }

// before counts steps that were done at another time; the rate is without them.
func (p *Progress) before(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.state.done += n
	p.state.before += n
}

// Done ends the progress, and leaves a line that says how much was done in which time, or that it was stopped if steps are
// missing. Call it by defer, so that this is said too when the cell is interrupted. What is called after it does nothing.
func (p *Progress) Done() {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended {
		return
	}
	p.ended = true
	p.show(mime.Bundle{mime.Plain: p.state.last(time.Now())})
	if !mime.Attached() && p.displayed {
		fmt.Fprintln(os.Stderr)
	}
}

// update changes what is shown, unless it has just been changed.
func (p *Progress) update(change func(*progressState)) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended {
		return
	}
	change(&p.state)
	if now := time.Now(); !p.displayed || now.Sub(p.shown) >= showEvery {
		p.shown = now
		p.show(p.state.bundle(now))
	}
}

// show shows the state. That it cannot be shown must not end what it is the progress of.
func (p *Progress) show(b mime.Bundle) {
	if !mime.Attached() {
		if p.displayed || onTerminal() {
			p.displayed = true
			fmt.Fprintf(os.Stderr, "\r%s\x1b[K", b[mime.Plain])
		}
		return
	}
	if p.displayed {
		_ = UpdateDisplay(p.id, b)
		return
	}
	p.displayed = DisplayAs(p.id, b) == nil
}

// onTerminal reports whether standard error is a terminal.
func onTerminal() bool {
	_, err := unix.IoctlGetTermios(int(os.Stderr.Fd()), unix.TCGETS)
	return err == nil
}
