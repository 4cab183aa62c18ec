package bounds

import (
	"fmt"
	"math"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/shm"
)

// A gate is what Fork asks before it makes a process. Its page is shared by all processes that came out of Fork: what
// one of them makes, the others know of. Between two counts of all processes Fork may make half of those that there was
// room for, so that it costs next to nothing far from the bound and is exact close to it.
type gate struct {
	kernel int // whose processes count
	most   int
	page   *shm.Region
}

// Words of the page.
const (
	tokensAt  = 0 // how many processes Fork may make before the next count, an int64
	countedAt = 8 // when they were counted last, in nanoseconds since 1970
	pageSize  = 16
)

// countAfter is how long a count is good for: what does not go through Fork makes processes too.
const countAfter = time.Second

// entrance is the gate of this process and its children; nil for none.
var entrance atomic.Pointer[gate]

// Limit has Admit bound the processes below kernel, now and in all children that Fork makes later.
func Limit(kernel, most int) error {
	if most == math.MaxInt {
		entrance.Store(nil)
		return nil
	}
	page, err := shm.New(pageSize, true)
	if err != nil {
		return fmt.Errorf("count processes: %w", err)
	}
	entrance.Store(&gate{kernel: kernel, most: most, page: page})
	return nil
}

// Admit is called before a process is made, and Withdraw when it was not, or when its status has been collected. The
// error has EAGAIN in its chain, as that of fork(2) has where a resource limit is reached.
func Admit() error {
	g := entrance.Load()
	if g == nil {
		return nil
	}
	now := time.Now().UnixNano()
	recent := now-int64(g.page.Load64(countedAt)) < int64(countAfter)
	if recent && int64(g.page.Add64(tokensAt, math.MaxUint64)) >= 0 { // adds -1
		return nil
	}
	return g.count(now)
}

// Withdraw gives back what Admit has taken.
func Withdraw() {
	if g := entrance.Load(); g != nil {
		g.page.Add64(tokensAt, 1)
	}
}

// count counts all processes and admits one if there is room for it.
func (g *gate) count(now int64) error {
	made := Look(g.kernel, g.most).Made
	room := g.most - len(made) - 1 // the runtime process is one
	if room <= 0 {
		return tooMany(g.most, len(made)-len(Living(made)))
	}
	g.page.Store64(tokensAt, uint64((room-1)/2))
	g.page.Store64(countedAt, uint64(now))
	return nil
}

// tooMany is the error where there is no room.
func tooMany(most, zombies int) error {
	text := fmt.Sprintf("there are already %d processes, as many as %s allows", most, ProcessesVariable)
	if zombies > 0 {
		text += fmt.Sprintf("; %d of them have ended and only wait for their status to be collected, as Wait does", zombies)
	}
	return fmt.Errorf("%s: %w", text, unix.EAGAIN)
}
