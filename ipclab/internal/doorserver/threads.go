package doorserver

import "sync"

// ThreadsUsual is how many server threads a door has unless it is told otherwise.
const ThreadsUsual = 16

// threads are the server threads of a door: so many calls run its procedure at a time, and further ones wait in the
// order in which they came.
type threads struct {
	mu    sync.Mutex
	limit int
	busy  int
	queue []chan struct{}
}

// take waits for a thread. It reports whether it had to wait.
func (t *threads) take() (waited bool) {
	t.mu.Lock()
	if t.busy < t.limit {
		t.busy++
		t.mu.Unlock()
		return false
	}
	turn := make(chan struct{})
	t.queue = append(t.queue, turn)
	t.mu.Unlock()
	<-turn
	return true
}

// give gives the thread to who has waited longest.
func (t *threads) give() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.busy--
	t.next()
}

// set changes how many there are. Those above a lower number end when their procedures do.
func (t *threads) set(limit int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.limit = limit
	t.next()
}

func (t *threads) next() {
	for t.busy < t.limit && len(t.queue) > 0 {
		close(t.queue[0])
		t.queue = t.queue[1:]
		t.busy++
	}
}

func (t *threads) number() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.limit
}

// idle reports whether no call is being answered.
func (t *threads) idle() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.busy == 0
}
