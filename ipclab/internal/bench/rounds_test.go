package bench

import (
	"errors"
	"slices"
	"testing"
	"time"
)

// A bank measures synthetic subjects: each has a list of medians, the last of which goes on for ever. A turn takes as long as
// it may.
type bank struct {
	clock   fakeClock
	medians [][]float64
	order   []int
	turns   []Turn
}

func (b *bank) measure(t Turn) (float64, error) {
	b.order = append(b.order, t.Subject)
	b.turns = append(b.turns, t)
	b.clock.work(t.Time)
	m := b.medians[t.Subject]
	return m[min(t.Round, len(m)-1)], nil
}

// rounds counts the turns of a subject.
func (b *bank) rounds(subject int) (n int) {
	for _, s := range b.order {
		if s == subject {
			n++
		}
	}
	return n
}

func TestRoundsGoOnUntilTheMedianIsKnown(t *testing.T) {
	b := &bank{medians: [][]float64{
		{100}, // the same each time
		{100, 140, 100, 140, 100, 140, 120, 120, 120, 120, 120}, // wide at first
		{100, 200, 300, 400, 500, 600, 700, 800, 900, 1000},     // never
	}}
	p := Plan{Precision: 0.02, Least: 6, Most: 20, Limit: time.Hour, Turn: ms}
	if err := p.Run(3, b.clock.Now, b.measure, nil); err != nil {
		t.Fatal(err)
	}
	if b.rounds(0) != 6 {
		t.Errorf("one that is the same each time had %d rounds, want the least", b.rounds(0))
	}
	if n := b.rounds(1); n <= 6 || n >= 20 || !p.Enough(b.medians[1][:min(n, 11)]) && n <= 11 {
		t.Errorf("one that gets narrow had %d rounds", n)
	}
	if b.rounds(2) != 20 {
		t.Errorf("one that never gets narrow had %d rounds, want the most", b.rounds(2))
	}
	if first := []int{0, 1, 2, 0, 1, 2}; !slices.Equal(b.order[:6], first) {
		t.Errorf("turns %v: want them to take turns", b.order[:6])
	}
}

func TestRoundsEndWhenTimeIsUp(t *testing.T) {
	b := &bank{medians: [][]float64{{1, 2, 3, 4}, {4, 3, 2, 1}}}
	p := Plan{Precision: 0.01, Least: 6, Most: 1000, Limit: 120 * ms, Turn: 50 * ms}
	var parts []float64
	if err := p.Run(2, b.clock.Now, b.measure, func(part float64) { parts = append(parts, part) }); err != nil {
		t.Fatal(err)
	}
	// 12 turns of 10 ms each are 6 rounds of both.
	if b.rounds(0) != 6 || b.rounds(1) != 6 || b.clock.at != 120*ms || b.turns[0].Time != 10*ms {
		t.Errorf("%d and %d rounds in %v, the first turn %v", b.rounds(0), b.rounds(1), b.clock.at, b.turns[0].Time)
	}
	if !slices.IsSorted(parts) || parts[len(parts)-1] != 1 {
		t.Errorf("what was said to be done: %v", parts)
	}
}

// No turn begins when time is up, but for the very first: without one there is no figure.
func TestTheFirstHasOneTurnWhateverTheTime(t *testing.T) {
	b := &bank{medians: [][]float64{{1}, {1}, {1}}}
	if err := (Plan{Least: 6, Most: 10, Limit: 1, Turn: time.Second}).Run(3, b.clock.Now, b.measure, nil); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(b.order, []int{0}) || b.turns[0].Time != shortestTurn {
		t.Errorf("turns of %v, the last %v long", b.order, b.turns[0].Time)
	}
}

// The first round may take the time that is kept for something else.
func TestTheFirstRoundMayTakeLonger(t *testing.T) {
	b := &bank{medians: [][]float64{{1}, {1}, {1}}}
	if err := (Plan{Least: 6, Most: 10, Limit: 1, First: 10 * ms, Turn: time.Second}).Run(3, b.clock.Now, b.measure, nil); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(b.order, []int{0, 1, 2}) {
		t.Errorf("turns of %v", b.order)
	}
}

// Where each turn takes much longer than it should, the limit is overrun by less than one of them.
func TestSlowTurnsDoNotOverrunTheLimit(t *testing.T) {
	const step = 30 * ms
	b := &bank{medians: [][]float64{{1}, {1}, {1}, {1}}}
	slow := func(turn Turn) (float64, error) {
		b.clock.work(step - turn.Time)
		return b.measure(turn)
	}
	p := Plan{Precision: 0.01, Least: 6, Most: 100, Limit: 100 * ms, Turn: 10 * ms}
	if err := p.Run(4, b.clock.Now, slow, nil); err != nil {
		t.Fatal(err)
	}
	if b.clock.at >= p.Limit+step || !slices.Equal(b.order, []int{0, 1, 2, 3}) {
		t.Errorf("turns of %v took %v", b.order, b.clock.at)
	}
	var wholes []time.Duration
	for _, turn := range b.turns {
		wholes = append(wholes, turn.Whole)
	}
	if want := []time.Duration{25 * ms, 70 * ms / 3, 20 * ms, 10 * ms}; !slices.Equal(wholes, want) {
		t.Errorf("turns of %v at most, want %v: a fair share of what is left", wholes, want)
	}
}

func TestSubjectsThatFail(t *testing.T) {
	no := errors.New("no")
	var order []int
	measure := func(fails error) func(Turn) (float64, error) {
		return func(turn Turn) (float64, error) {
			order = append(order, turn.Subject)
			if turn.Subject == 1 {
				return 0, fails
			}
			return 5, nil
		}
	}
	p := Plan{Precision: 1, Least: 2, Most: 2, Limit: time.Hour, Turn: ms}
	var c fakeClock
	if err := p.Run(3, c.Now, measure(ErrLeave), nil); err != nil || !slices.Equal(order, []int{0, 1, 2, 0, 2}) {
		t.Errorf("one that is left out: %v, %v", order, err)
	}
	order = nil
	if err := p.Run(3, c.Now, measure(no), nil); err != no || !slices.Equal(order, []int{0, 1}) {
		t.Errorf("one that ends all: %v, %v", order, err)
	}
}
