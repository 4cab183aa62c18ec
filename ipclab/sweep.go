package ipclab

import (
	"slices"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/record"
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
// It shows how far it is, and how long it will take, as a Progress. Errors: EINVAL for repetitions below 1, a parameter
// without values, or more than 100,000 runs; those of Run.
func (r *Record) Sweep(space Space, repetitions int, f func(*Run) error) error {
	combinations, err := combine(space, repetitions)
	if err != nil {
		return err
	}
	p := newProgress(r.file.Name, "runs", repetitions*len(combinations))
	defer p.Done()
	for repetition := range repetitions {
		for _, set := range combinations {
			if r.has(set, repetition) {
				p.before(1)
				continue
			}
			p.Now(parametersText(set))
			if err := r.run(set, repetition, f); err != nil {
				return err
			}
			p.Add(1)
		}
	}
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
	switch {
	case repetitions < 1:
		return nil, invalid("%d repetitions are asked for; want 1 or more", repetitions)
	case repetitions > sweepMost: // or what is multiplied below may overflow
		return nil, invalid("these are more than %d runs", sweepMost)
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
