package ipclab

import (
	"fmt"
	"math"
	"time"

	"golang.org/x/sys/unix"
)

// CheckOptions are what Check may be told. The zero value is good.
type CheckOptions struct {
	Limit time.Duration // how long the check may take; 0 means 5 s
}

// Limits of checks.
const (
	checkLimitUsual = 5 * time.Second
	checkLimitMost  = 10 * time.Minute
)

// Check runs f to find out whether something works, homework for instance, and adds the result to the score of the cell.
// The check has passed if f returns without having called a method of t that says otherwise; it is worth the given
// points then, and else those that t.Credit has given.
//
//	ipclab.Check("the child's status arrives", 2, func(t *ipclab.T) {
//		if got := statusOf(3); got != 3 {
//			t.Errorf("statusOf(3) = %d, want 3", got)
//		}
//	})
//
// f runs in a process of its own, a copy of this one. So whatever it does ends the check and not the cell: a panic,
// os.Exit, a signal, endless recursion, a loop that does not end within the limit, a deadlock. Each is a failure with its
// reason; processes that wait for each other are found before the limit is over, and named as WhyStuck does. What f
// assigns, opens and changes in memory is gone afterwards; files that it makes stay, but for those in folders of
// t.TempDir. All processes that came out of it are killed. What they print to standard output is the cell's output; what
// they print to standard error is kept, and shown with the failure.
//
// A cell in which checks have run has their score for its result, unless its last line has another value. As text it is
// the sum of the points, a number alone, which nbgrader takes for the grade of an autograded cell: give that cell as many
// points as its checks have together. Without checks that failed it is the full number.
//
// Check returns the score so far. A check that cannot be made, for a negative number of points, an empty name, a function
// that is nil, a limit above 10 minutes or because no process can be made, has failed.
func Check(name string, points float64, f func(t *T), options ...CheckOptions) *CheckTable {
	row := CheckRow{Name: name, Of: points}
	limit, err := checkLimit(name, points, f, options)
	if err == nil {
		err = (&checking{row: &row, limit: limit}).run(f)
	}
	if err != nil {
		row.fail(fmt.Sprintf("it could not be made: %v", err))
	}
	return row.settle()
}

// checkLimit returns the limit on time, or why there can be no check.
func checkLimit(name string, points float64, f func(t *T), options []CheckOptions) (time.Duration, error) {
	limit := checkLimitUsual
	if len(options) == 1 && options[0].Limit != 0 {
		limit = options[0].Limit
	}
	switch {
	case name == "":
		return 0, because(unix.EINVAL, "it has no name")
	case points < 0 || math.IsNaN(points) || math.IsInf(points, 0):
		return 0, because(unix.EINVAL, "%v points: want 0 or more", points)
	case f == nil:
		return 0, because(unix.EINVAL, "the function is nil")
	case len(options) > 1:
		return 0, because(unix.EINVAL, "options given %d times", len(options))
	case limit < 0 || limit > checkLimitMost:
		return 0, because(unix.EINVAL, "limit %v: want up to %v", limit, checkLimitMost)
	}
	return limit, nil
}

// Score returns the results of the checks of this cell so far; its text is the sum of their points. In a compiled
// program it is that of all checks.
func Score() *CheckTable { return currentScore() }
