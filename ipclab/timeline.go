package ipclab

import (
	"cmp"
	"encoding/json"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/render"
	"ipclab/ipclab/mime"
)

// A Timeline is a picture of what processes did and when: a lane for each process, events as marks, times of waiting shaded,
// and arrows from where something was sent, or a process made, to where it arrived. A cell that ends in one shows it.
//
// JupyterLab draws it from a Vega-Lite specification: the mouse wheel zooms along the time, and what one points at is said in
// words. Exported notebooks keep a picture, in SVG, PNG or PDF. Of thousands of events, those that fall together are drawn as one.
type Timeline struct {
	title  string
	origin time.Duration // the moment 0, by CLOCK_MONOTONIC
	marks  []timelineMark
	waits  []timelineWait
	arrows []timelineArrow
	names  map[int]string // of the processes
	named  map[int]bool   // whose name the user gave
	notes  []string
}

// A timelineMark is an event. Times are since the origin.
type timelineMark struct {
	pid         int
	at          time.Duration
	kind        render.MarkKind
	label, text string
}

// A timelineWait is a time in which a process waited.
type timelineWait struct {
	pid      int
	from, to time.Duration
	text     string
}

// A timelineArrow goes from one process to another.
type timelineArrow struct {
	from, to        int
	leaves, arrives time.Duration
	kind            render.ArrowKind
	text            string
}

// With returns one picture of both, on one clock: of a Trace and of the system calls made meanwhile, for example. Lanes of the
// same process are one.
func (t *Timeline) With(other *Timeline) *Timeline {
	switch {
	case t == nil:
		return other
	case other == nil:
		return t
	}
	both := &Timeline{title: t.title, origin: min(t.origin, other.origin), names: map[int]string{}, named: map[int]bool{}}
	if other.title != t.title {
		both.title += ", " + other.title
	}
	for _, part := range []*Timeline{t, other} {
		both.add(part, part.origin-both.origin)
	}
	return both
}

// add takes over what is in part, so much later.
func (t *Timeline) add(part *Timeline, later time.Duration) {
	for _, m := range part.marks {
		m.at += later
		t.marks = append(t.marks, m)
	}
	for _, w := range part.waits {
		w.from, w.to = w.from+later, w.to+later
		t.waits = append(t.waits, w)
	}
	for _, a := range part.arrows {
		a.leaves, a.arrives = a.leaves+later, a.arrives+later
		t.arrows = append(t.arrows, a)
	}
	for pid, name := range part.names {
		if t.names[pid] == "" || part.named[pid] {
			t.names[pid], t.named[pid] = name, part.named[pid]
		}
	}
	for _, note := range part.notes {
		if !slices.Contains(t.notes, note) {
			t.notes = append(t.notes, note)
		}
	}
}

// drawing puts processes into lanes, in the order in which they first did something, and times into a unit that suits them.
func (t *Timeline) drawing() render.Timeline {
	if t == nil {
		t = &Timeline{}
	}
	end := t.end()
	unit, size := "µs", float64(time.Microsecond)
	switch {
	case end >= 10*time.Second:
		unit, size = "s", float64(time.Second)
	case end >= 10*time.Millisecond:
		unit, size = "ms", float64(time.Millisecond)
	}
	in := func(d time.Duration) float64 { return float64(d) / size }
	lanes, index := t.lanes(in)
	out := render.Timeline{Title: t.title, Unit: unit, End: in(end), Lanes: lanes, Notes: t.notes}
	for _, w := range t.waits {
		out.Waits = append(out.Waits, render.Wait{Lane: index[w.pid], From: in(w.from), To: in(w.to), Share: 1, Text: w.text})
	}
	marks := slices.SortedStableFunc(slices.Values(t.marks), func(a, b timelineMark) int { return cmp.Compare(a.at, b.at) })
	for _, m := range marks {
		out.Marks = append(out.Marks, render.Mark{Lane: index[m.pid], At: in(m.at), Kind: m.kind, Label: m.label, Text: m.text})
	}
	arrows := slices.SortedStableFunc(slices.Values(t.arrows), func(a, b timelineArrow) int { return cmp.Compare(a.leaves, b.leaves) })
	for _, a := range arrows {
		from, ok1 := index[a.from]
		to, ok2 := index[a.to]
		if ok1 && ok2 && from != to {
			out.Arrows = append(out.Arrows, render.Arrow{From: from, To: to, Leaves: in(a.leaves), Arrives: in(a.arrives), Kind: a.kind, Text: a.text})
		}
	}
	return out
}

// end returns when the last thing happened.
func (t *Timeline) end() (end time.Duration) {
	for _, m := range t.marks {
		end = max(end, m.at)
	}
	for _, w := range t.waits {
		end = max(end, w.to)
	}
	for _, a := range t.arrows {
		end = max(end, a.arrives)
	}
	return end
}

// lanes returns the lanes, and which of them is a process's.
func (t *Timeline) lanes(in func(time.Duration) float64) (lanes []render.Lane, index map[int]int) {
	type life struct {
		pid         int
		first, last time.Duration
	}
	lives := map[int]*life{}
	seen := func(pid int, from, to time.Duration) {
		l := lives[pid]
		if l == nil {
			l = &life{pid, from, to}
			lives[pid] = l
		}
		l.first, l.last = min(l.first, from), max(l.last, to)
	}
	for _, m := range t.marks {
		seen(m.pid, m.at, m.at)
	}
	for _, w := range t.waits {
		seen(w.pid, w.from, w.to)
	}
	var order []*life
	for _, l := range lives {
		order = append(order, l)
	}
	slices.SortFunc(order, func(a, b *life) int { return cmp.Or(cmp.Compare(a.first, b.first), a.pid-b.pid) })
	index = map[int]int{}
	for i, l := range order {
		index[l.pid] = i
		lanes = append(lanes, render.Lane{Name: t.names[l.pid], From: in(l.first), To: in(l.last)})
	}
	return lanes, index
}

// String returns the picture in characters: a row for each process, and the arrows as a list.
func (t *Timeline) String() string { return t.drawing().Plain() }

// MIMEBundle returns the picture as text/plain, application/vnd.vegalite.v5+json, image/svg+xml, image/png and
// application/pdf, as that of a Chart does.
func (t *Timeline) MIMEBundle() mime.Bundle {
	d := t.drawing()
	b := drawn(d)
	if spec, err := json.Marshal(d.VegaLite()); err == nil {
		b[mime.VegaLite] = json.RawMessage(spec)
	}
	return b
}

// A drawing is a picture that package render has laid out.
type drawing interface {
	Plain() string
	SVG() string
	Paper() (png, pdf []byte, err error)
}

// drawn returns all forms of a picture. What cannot be made is left out, and the text says why.
func drawn(d drawing) mime.Bundle {
	b := mime.Bundle{mime.Plain: d.Plain(), mime.SVG: d.SVG()}
	png, pdf, err := d.Paper()
	if err != nil {
		b[mime.Plain] = d.Plain() + "\n" + err.Error()
		return b
	}
	b[mime.PNG], b[mime.PDF] = png, pdf
	return b
}

// monotonic returns the time of CLOCK_MONOTONIC, which is the same in all processes.
func monotonic() time.Duration {
	var now unix.Timespec
	_ = unix.ClockGettime(unix.CLOCK_MONOTONIC, &now) // with these arguments it cannot fail
	return time.Duration(now.Nano())
}

// brief rounds a time to what is worth reading: four digits.
func brief(d time.Duration) time.Duration {
	unit := time.Duration(1)
	for d/unit >= 10_000 {
		unit *= 10
	}
	return d.Round(unit)
}
