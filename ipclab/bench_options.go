package ipclab

import (
	"math"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// Usual values and bounds of Bench.
const (
	benchPrecision   = 0.02
	benchRounds      = 30
	benchRoundsQuick = 3
	benchLeast       = 6 // rounds, without which there is no interval
	benchLimit       = 10 * time.Second
	benchLimitQuick  = 2 * time.Second
	benchTurn        = 300 * time.Millisecond // one round, if there is time
	benchRowsMost    = 400
	rateMost         = 1e6
)

// benchOptions checks the options and puts in what is usual.
func benchOptions(options []BenchOptions) (o BenchOptions, err error) {
	if len(options) > 1 {
		return o, because(unix.EINVAL, "options are given %d times", len(options))
	}
	if len(options) == 1 {
		o = options[0]
	}
	o.fill()
	switch {
	case math.IsNaN(o.Precision) || o.Precision < 0 || o.Precision >= 1:
		return o, because(unix.EINVAL, "precision %g: want a part of the median, such as 0.02 for 2 %%", o.Precision)
	case o.Rounds < 1 || o.Rounds > speedRoundsMost:
		return o, because(unix.EINVAL, "%d rounds: want 1 to %d", o.Rounds, speedRoundsMost)
	case o.Limit < 0 || o.Limit > limitMost:
		return o, because(unix.EINVAL, "limit %v: want up to %v", o.Limit, limitMost)
	case math.IsNaN(o.Rate) || o.Rate < 0 || o.Rate > rateMost:
		return o, because(unix.EINVAL, "rate %g: want up to %g requests in a second", o.Rate, rateMost)
	case o.Rate > 0 && o.Rate*o.Limit.Seconds() < tripsLeast:
		return o, because(unix.EINVAL, "rate %g: want %d requests at least within the limit of %v; give a longer Limit", o.Rate, tripsLeast, o.Limit)
	case o.Measure < MeasureRoundTrips || o.Measure > MeasureBoth:
		return o, because(unix.EINVAL, "measure %d: want MeasureRoundTrips, MeasureThroughput or MeasureBoth", o.Measure)
	case o.Rate > 0 && o.Measure != MeasureRoundTrips:
		return o, because(unix.EINVAL, "a rate is for round trips; throughput is as fast as messages go")
	}
	return o, o.checkLists()
}

// fill puts in what is usual, and makes the lists the option's own.
func (o *BenchOptions) fill() {
	if o.Precision == 0 {
		o.Precision = benchPrecision
	}
	if o.Rounds == 0 {
		o.Rounds = benchRounds
		if o.Quick {
			o.Rounds = benchRoundsQuick
		}
	}
	if o.Limit == 0 {
		o.Limit = benchLimit
		if o.Quick {
			o.Limit = benchLimitQuick
		}
	}
	o.Mechanisms, o.Pairs = slices.Clone(o.Mechanisms), slices.Clone(o.Pairs)
	if len(o.Mechanisms) == 0 && len(o.Pairs) == 0 {
		o.Mechanisms = BenchMechanisms()
	}
	o.Styles, o.Sizes, o.Placements = slices.Clone(o.Styles), slices.Clone(o.Sizes), slices.Clone(o.Placements)
	if len(o.Styles) == 0 {
		o.Styles = []BenchStyle{RawStyle, GoStyle}
	}
	if len(o.Sizes) == 0 {
		o.Sizes = []int{sizeUsual}
	}
	if len(o.Placements) == 0 {
		o.Placements = []Placement{SuitedCPU}
	}
}

// checkLists checks what each list may hold.
func (o *BenchOptions) checkLists() error {
	for _, name := range o.Mechanisms {
		if !slices.Contains(BenchMechanisms(), name) {
			return because(unix.EINVAL, "mechanism %q: want one of %s", name, strings.Join(BenchMechanisms(), ", "))
		}
	}
	for i, p := range o.Pairs {
		if p.Client == nil || p.Server == nil {
			return because(unix.EINVAL, "pair %q: Client and Server must not be nil", p.Name)
		}
		if slices.ContainsFunc(o.Pairs[:i], func(other BenchPair) bool { return other.Name == p.Name }) { // a record could not tell them apart
			return because(unix.EINVAL, "two pairs are called %q: give each a name of its own", p.Name)
		}
	}
	for _, s := range o.Styles {
		if s != RawStyle && s != GoStyle {
			return because(unix.EINVAL, "style %d: want RawStyle or GoStyle", s)
		}
	}
	for _, size := range o.Sizes {
		if size < 1 || size > sizeMost {
			return because(unix.EINVAL, "size %d: want 1 to %d bytes", size, sizeMost)
		}
	}
	for _, p := range o.Placements {
		if p < SuitedCPU || p > AnyCPU {
			return because(unix.EINVAL, "placement %d: want SuitedCPU, SameCPU, DifferentCPUs or AnyCPU", p)
		}
	}
	return nil
}
