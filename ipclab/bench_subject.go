package ipclab

import (
	"fmt"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/bench"
	"ipclab/ipclab/internal/means"
)

// A subject is one row to be measured, and what was measured of it so far.
type subject struct {
	name   string
	style  string
	size   int // 0: unknown
	cpus   []int
	way    *means.Means // or
	pair   BenchPair
	oneWay bool // messages that are not answered
	row    *BenchRow

	times   *bench.Distribution
	medians []float64 // of rounds
	batch   int       // trips in a sample; 0: not chosen yet
	most    int       // samples in a round
	sums    uses
	totals  struct{ trips, warmUp, unsteady, late int }
	beside  time.Duration // what a round takes beside the trips that count, at least
	known   string        // its name beside others with the same label; "": the label will do
	failed  bool          // it is left out, and a note says why
	clock   float64       // what reading it takes
}

// label names the subject in notes and errors.
func (s *subject) label() string {
	if s.known != "" {
		return s.known
	}
	if s.style == "" {
		return s.name
	}
	return s.name + " (" + s.style + ")"
}

// addAll makes the subjects that the options ask for.
func (b *benchRun) addAll() error {
	allowed, err := processors()
	if err != nil {
		return err
	}
	for _, placement := range b.options.Placements {
		if placement == DifferentCPUs && len(allowed) < 2 {
			return because(unix.EINVAL, "different CPUs: this process may use one processor only")
		}
		for _, size := range b.options.Sizes {
			for _, name := range b.options.Mechanisms {
				for _, style := range b.options.Styles {
					m, err := means.ByName(name, means.Style(style))
					switch {
					case err == nil:
						b.addMeans(m, size, placement, allowed)
					case name == "door":
						b.noteOnce("door (raw) is left out: %s.", means.NoDoors)
					}
				}
			}
		}
		for _, p := range b.options.Pairs {
			b.add(&subject{name: p.Name, pair: p, cpus: placed(placement, false, allowed)}, placement, true)
		}
	}
	switch {
	case len(b.subjects) > benchRowsMost:
		return because(unix.EINVAL, "these are %d rows; want %d at most", len(b.subjects), benchRowsMost)
	case len(b.subjects) == 0:
		return because(unix.EINVAL, "nothing is left to measure: %v", b.notes)
	}
	b.nameApart()
	return nil
}

// nameApart gives subjects names that tell them apart: with the size, the processors, or what is measured, where these differ.
func (b *benchRun) nameApart() {
	t := &BenchTable{rows: b.rows}
	for _, s := range b.subjects {
		s.known = t.name(s.row)
		if s.oneWay && b.options.Measure == MeasureBoth {
			s.known += ", throughput"
		}
	}
}

// addMeans adds a row for a mechanism, unless it cannot be measured so.
func (b *benchRun) addMeans(m *means.Means, size int, placement Placement, allowed []int) {
	if m.Least == m.Most {
		size = m.Least
	}
	s := &subject{name: m.Name, style: m.Style.String(), size: size, way: m, cpus: placed(placement, m.Spins(), allowed)}
	switch {
	case size < m.Least || size > m.Most:
		b.note("%s is left out for messages of %s: it takes %d to %d.", s.label(), bytesText(size), m.Least, m.Most)
	case m.Busy && placement == SuitedCPU && len(allowed) < 2:
		b.note("%s is left out: it waits without sleeping, and there is one processor only.", s.label())
	case slices.ContainsFunc(b.subjects, func(o *subject) bool {
		return o.way == m && o.size == size && o.row.Placement == placement
	}): // an eventfd has one size
	case b.options.Measure == MeasureThroughput && !m.OneWay:
		b.note("%s is left out: a second message before the first is taken would be lost, so that it has no throughput.", s.label())
	default:
		b.add(s, placement, m.OneWay)
	}
}

// add adds a row: a subject for each measure.
func (b *benchRun) add(s *subject, placement Placement, oneWay bool) {
	s.row = &BenchRow{Mechanism: s.name, Style: s.style, Size: s.size, Placement: placement, CPUs: slices.Clone(s.cpus), Copies: -1}
	if s.way != nil {
		s.row.Copies = s.way.Copies
	}
	b.rows = append(b.rows, s.row)
	if b.options.Measure != MeasureThroughput {
		b.subjects = append(b.subjects, s)
	}
	if b.options.Measure != MeasureRoundTrips && oneWay {
		other := *s
		other.oneWay = true
		b.subjects = append(b.subjects, &other)
	}
}

// processors returns those on which this process may run.
func processors() (list []int, err error) {
	var allowed unix.CPUSet
	if err := unix.SchedGetaffinity(0, &allowed); err != nil {
		return nil, fmt.Errorf("sched_getaffinity: %w", err)
	}
	for cpu := range len(allowed) * 64 {
		if allowed.IsSet(cpu) {
			list = append(list, cpu)
		}
	}
	return list, nil
}

// placed returns the processors of client and server; none means any.
func placed(p Placement, spins bool, allowed []int) []int {
	different := p == DifferentCPUs || p == SuitedCPU && spins
	switch {
	case p == AnyCPU || len(allowed) == 0:
		return nil
	case different && len(allowed) > 1:
		return []int{allowed[0], allowed[1]}
	}
	return []int{allowed[0]}
}
