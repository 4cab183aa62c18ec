package ipclab

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/bench"
	"ipclab/ipclab/interrupts"
)

// A benchRun is one measurement of several subjects.
type benchRun struct {
	call     string // for errors
	title    string
	options  BenchOptions
	lenient  bool // a mechanism that fails is left out, with a note
	rows     []*BenchRow
	subjects []*subject
	notes    []string
	begun    time.Time

	uncounted []string // rows whose system calls there was no time to count
}

// note adds a note.
func (b *benchRun) note(format string, args ...any) {
	b.notes = append(b.notes, fmt.Sprintf(format, args...))
}

// noteOnce adds a note that is not there yet.
func (b *benchRun) noteOnce(format string, args ...any) {
	if text := fmt.Sprintf(format, args...); !slices.Contains(b.notes, text) {
		b.notes = append(b.notes, text)
	}
}

// Bounds of one round.
const (
	samplesMost   = 1 << 15
	samplesLeast  = 2000
	requestsLeast = 200 // on a schedule
	turnForTrips  = 0.6 // the part of a turn for trips that count; warming up takes a third of that, and forking the rest
	countingShare = 0.3 // the part of the limit for counting system calls
)

// run lets all subjects take turns and gathers what they measured.
func (b *benchRun) run() (*BenchTable, error) {
	b.begun = time.Now()
	p := newBenchProgress(b.title)
	defer p.close()
	before := machineState()
	if err := b.measure(p); err != nil {
		return nil, err
	}
	warnings := bench.Warnings(before, machineState())
	if !b.options.Uncounted {
		if err := b.count(p); err != nil {
			return nil, err
		}
		b.noteUncounted()
	}
	p.finish()
	return b.table(warnings), nil
}

// measure is the rounds.
func (b *benchRun) measure(p *benchProgress) error {
	limit := b.options.Limit
	if !b.options.Uncounted {
		limit -= time.Duration(countingShare * float64(limit))
	}
	plan := bench.Plan{Precision: b.options.Precision, Least: min(benchLeast, b.options.Rounds), Most: b.options.Rounds,
		Limit: limit, First: b.options.Limit, Turn: benchTurn}
	if b.options.Rate > 0 { // as many requests in a round as tell something
		plan.Turn = max(plan.Turn, time.Duration(requestsLeast/b.options.Rate/turnForTrips*float64(time.Second)))
	}
	if b.options.Quick {
		plan.Precision = 1 // the rounds that there are are enough
	}
	return plan.Run(len(b.subjects), b.gone, func(t bench.Turn) (float64, error) {
		interrupts.Check()
		s := b.subjects[t.Subject]
		p.at(s.label())
		median, err := b.turn(s, t)
		if err != nil && b.lenient && !errors.Is(err, unix.EINTR) && err != bench.ErrLeave {
			s.failed = true
			b.note("%s is left out: %v.", s.label(), err)
			return 0, bench.ErrLeave
		}
		return median, err
	}, func(part float64) { p.done(part * float64(limit) / float64(b.options.Limit)) })
}

// gone is the time since the measurement began.
func (b *benchRun) gone() time.Duration { return time.Since(b.begun) }

// left is the time until the limit.
func (b *benchRun) left() time.Duration { return max(b.options.Limit-b.gone(), 1) }

// turn is one round of one subject. It returns the round's median of the time of a trip, or of a message. The error is
// bench.ErrLeave if there is not time for another round of it.
func (b *benchRun) turn(s *subject, turn bench.Turn) (float64, error) {
	if s.times != nil && b.left() < s.least() {
		return 0, bench.ErrLeave
	}
	if s.times == nil {
		s.most = samplesMost
	}
	t := timing{oneWay: s.oneWay, warmUp: steadyWarmUp, most: s.most, batch: s.batch, rate: b.options.Rate,
		time: time.Duration(turnForTrips * float64(turn.Time)), whole: turn.Whole}
	if s.oneWay {
		t.most = 1
	}
	begun, left := b.gone(), b.left()
	x, err := b.exchange(s, t)
	if errors.Is(err, unix.ETIMEDOUT) && (s.times != nil || left < b.options.Limit/2) {
		return 0, bench.ErrLeave // it did not have the time that it may take
	}
	if err != nil {
		return 0, err
	}
	samples := x.report.samples(t.most)
	if len(samples) == 0 {
		return 0, &Error{Call: b.call, Arg: s.label(), Err: because(unix.ETIMEDOUT, "warming up took the %v allowed", b.options.Limit)}
	}
	s.cost(b.gone()-begun, samples)
	return s.take(x, samples, b.options.Precision), nil
}

// cost notes how long a round took beside the trips that count.
func (s *subject) cost(whole time.Duration, samples []time.Duration) {
	for _, d := range samples {
		whole -= d
	}
	if s.beside == 0 || whole < s.beside {
		s.beside = max(whole, 1)
	}
}

// least is how long the shortest round takes: one trip that counts, and one that ends it.
func (s *subject) least() time.Duration { return s.beside + time.Duration(2*s.times.Mean()) }

// exchange has a client and a server exchange messages once.
func (b *benchRun) exchange(s *subject, t timing) (*exchange, error) {
	x := &exchange{call: b.call, name: s.label(), limit: b.options.Limit, left: b.left(), cpus: s.cpus, timing: t}
	if s.way == nil {
		x.join = functions(s.pair.Client, s.pair.Server)
		x.interpreted = interpretedFunctions(s.pair.Client, s.pair.Server)
		return x, x.run()
	}
	line, err := s.way.Open(s.size)
	if err != nil {
		return nil, &Error{Call: b.call, Arg: s.label(), Err: err}
	}
	defer line.Close()
	x.join = over(line, s.size, s.oneWay)
	x.raw = BenchStyle(s.way.Style) == RawStyle
	x.goroutine = !x.raw
	return x, x.run()
}

// take adds what a round measured and returns its median.
func (s *subject) take(x *exchange, samples []time.Duration, precision float64) float64 {
	if s.times == nil {
		s.batch = x.report.found(foundBatch)
		s.times = bench.NewDistribution(s.batch > 1)
	}
	batch := float64(x.report.found(foundBatch))
	s.clock = x.report.fine(foundOverhead)
	round := make([]float64, len(samples))
	for i, d := range samples {
		round[i] = max((float64(d)-s.clock)/batch, 0)
		s.times.Add(round[i])
	}
	median := bench.MedianOf(round).Median
	s.medians = append(s.medians, median)
	if len(s.medians) == 1 {
		s.most = s.times.TripsFor(precision/2, samplesLeast, samplesMost)
	}
	if s.oneWay {
		s.batch = 0 // chosen anew each time
	}
	s.sums = s.sums.add(x.used())
	s.totals.trips += int(batch) * len(samples)
	s.totals.warmUp += x.report.found(foundWarmUp)
	s.totals.unsteady += x.report.found(foundUnsteady)
	s.totals.late += x.report.found(foundLate)
	if x.interpreted > 0 {
		s.row.Interpreter = nanoseconds(float64(x.interpreted) * x.report.fine(foundCall))
	}
	return median
}

// messagesIn is how many messages there are in what is timed.
func messagesIn(oneWay bool) float64 {
	if oneWay {
		return 1
	}
	return 2
}
