package ipclab

import (
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/record"
	"ipclab/ipclab/mime"
)

// A Space is the values that the parameters of a sweep take: ipclab.Space{"size": {1, 64, 4096}, "mechanism": {"pipe"}}.
type Space map[string][]any

// Sweep runs f for each combination of the parameters' values, so many times each, and keeps what was measured as Run does.
// The repetitions are interleaved: all combinations once, then all again, so that what disturbs the machine for a while
// does not fall on one combination alone.
//
// A run that is kept already is not made again: a sweep that was interrupted, or whose f returned an error, goes on where it
// was when it is called again, also in another session. With more repetitions or values, what is missing is run.
//
// In a notebook it shows how far it is, and how long it will take. Errors: EINVAL for repetitions below 1, a parameter
// without values, or more than 100,000 runs; those of Run.
func (r *Record) Sweep(space Space, repetitions int, f func(*Run) error) error {
	combinations, err := combine(space, repetitions)
	if err != nil {
		return err
	}
	p := progress{name: r.file.Name, all: repetitions * len(combinations), id: uuid.NewString(), begun: time.Now()}
	for repetition := range repetitions {
		for _, set := range combinations {
			if r.has(set, repetition) {
				p.before++
				continue
			}
			p.show(set)
			if err := r.run(set, repetition, f); err != nil {
				return err
			}
			p.made++
		}
	}
	p.show(nil)
	return nil
}

// has reports whether a run is kept.
func (r *Record) has(set map[string]any, repetition int) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	key := record.Key(set)
	return slices.ContainsFunc(r.file.Runs, func(run record.Run) bool {
		return run.Repetition == repetition && record.Key(run.Parameters) == key
	})
}

// sweepMost bounds the runs of a sweep.
const sweepMost = 100_000

// combine makes all combinations, the last parameter in alphabetical order changing fastest.
func combine(space Space, repetitions int) ([]map[string]any, error) {
	invalid := func(format string, args ...any) error {
		return &Error{Call: "Sweep", Err: because(unix.EINVAL, format, args...)}
	}
	if repetitions < 1 {
		return nil, invalid("%d repetitions are asked for; want 1 or more", repetitions)
	}
	var names []string
	count := repetitions
	for name, values := range space {
		if len(values) == 0 {
			return nil, invalid("parameter %q has no values", name)
		}
		if count *= len(values); count > sweepMost {
			return nil, invalid("these are more than %d runs", sweepMost)
		}
		names = append(names, name)
	}
	slices.Sort(names)
	all := []Parameters{{}}
	for _, name := range names {
		var longer []Parameters
		for _, p := range all {
			for _, value := range space[name] {
				with := Parameters{name: value}
				for n, v := range p {
					with[n] = v
				}
				longer = append(longer, with)
			}
		}
		all = longer
	}
	var sets []map[string]any
	for _, p := range all {
		set, err := settings(p)
		if err != nil {
			return nil, err
		}
		sets = append(sets, set)
	}
	return sets, nil
}

// A progress is what is shown of a sweep while it runs.
type progress struct {
	name              string
	all, before, made int
	id                string
	begun, shown      time.Time
	displayed         bool
}

// showEvery is the least time between two changes of what is shown.
const showEvery = 200 * time.Millisecond

// show shows how far the sweep is; set is what runs next, nil at the end. In a compiled program it does nothing.
func (p *progress) show(set map[string]any) {
	if !mime.Attached() || set != nil && p.displayed && time.Since(p.shown) < showEvery {
		return
	}
	p.shown = time.Now()
	text := fmt.Sprintf("%s: %d of %d runs", p.name, p.before+p.made, p.all)
	if p.before > 0 {
		text += fmt.Sprintf(", %d of them from before", p.before)
	}
	if p.made > 0 {
		each := time.Since(p.begun) / time.Duration(p.made)
		text += fmt.Sprintf("; %v a run", roundTime(each))
		if left := p.all - p.before - p.made; left > 0 {
			text += fmt.Sprintf(", about %v left", roundTime(each*time.Duration(left)))
		}
	}
	if set != nil {
		text += "; now " + parametersText(set)
	}
	if p.displayed {
		_ = UpdateDisplay(p.id, text)
	} else {
		p.displayed = DisplayAs(p.id, text) == nil
	}
}

// roundTime keeps what a person wants to read.
func roundTime(d time.Duration) time.Duration {
	switch {
	case d > 10*time.Second:
		return d.Round(time.Second)
	case d > 100*time.Millisecond:
		return d.Round(100 * time.Millisecond)
	}
	return d.Round(100 * time.Microsecond)
}
