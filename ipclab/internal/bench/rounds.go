package bench

import (
	"errors"
	"time"
)

// ErrLeave is what measure returns to Plan.Run to have a subject left out from then on.
var ErrLeave = errors.New("leave this out")

// A Plan is how a measurement of several subjects goes on: in rounds, in each of which every subject has its turn, so that
// what disturbs the machine for a while disturbs all alike.
type Plan struct {
	Precision   float64       // half width of the interval of the median that is enough, as a part of the median
	Least, Most int           // rounds for each subject, if time allows
	Limit       time.Duration // for all
	First       time.Duration // for the first round, which matters more than what time may be kept for otherwise; 0: Limit
	Turn        time.Duration // one turn, at most
}

// shortestTurn is what a turn is given even where time is up: without one there is no figure.
const shortestTurn = 2 * time.Millisecond

// A Turn is one run of one subject.
type Turn struct {
	Subject, Round int
	Time           time.Duration // that it should take, so that there are the least number of rounds
	Whole          time.Duration // that it must not exceed if it can be helped, so that there is one round of each
}

// Run gives subjects turns until the median of each is known well enough, from what measure returns of its turns, or the
// rounds or the time are used up. The first subject has one turn in any case; those that come after may have none where turns
// take longer than they should. now tells the time; done, which may be nil, is called after each turn with the part of the work
// that is done, as far as can be told.
func (p Plan) Run(subjects int, now func() time.Duration, measure func(Turn) (float64, error), done func(float64)) error {
	start := now()
	values, over := make([][]float64, subjects), make([]bool, subjects)
	for round := range p.Most {
		left := 0
		for i, o := range over {
			if o {
				continue
			}
			gone := now() - start
			limit := p.Limit
			if round == 0 {
				limit = max(p.First, limit)
			}
			if gone >= limit && (i > 0 || round > 0) {
				return nil
			}
			turn := Turn{Subject: i, Round: round, Time: p.share(subjects, round, i, gone), Whole: max((limit-gone)/time.Duration(subjects-i), shortestTurn)}
			v, err := measure(turn)
			if err != nil && !errors.Is(err, ErrLeave) {
				return err
			}
			values[i] = append(values[i], v)
			over[i] = err != nil || p.Enough(values[i])
			if !over[i] {
				left++
			}
			if done != nil {
				done(p.part(subjects, round, i, now()-start))
			}
		}
		if left == 0 {
			return nil
		}
	}
	return nil
}

// Enough reports whether the median is known as exactly as is wanted.
func (p Plan) Enough(values []float64) bool {
	return len(values) >= p.Least && MedianOf(values).HalfWidth() <= p.Precision
}

// share returns how long a turn may take so that there is time for the least number of rounds.
func (p Plan) share(subjects, round, i int, gone time.Duration) time.Duration {
	turns := max(p.Least-round, 1)*subjects - i
	return min(max((p.Limit-gone)/time.Duration(max(turns, 1)), shortestTurn), p.Turn)
}

// part estimates how much is done: by the turns of the least number of rounds or, beyond those, by the time.
func (p Plan) part(subjects, round, i int, gone time.Duration) float64 {
	turns := float64(round*subjects+i+1) / float64(subjects*p.Most)
	if p.Limit > 0 {
		turns = max(turns, float64(gone)/float64(p.Limit))
	}
	return min(turns, 1)
}
