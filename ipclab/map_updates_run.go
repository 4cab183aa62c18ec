package ipclab

import (
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// An updatesRun is the experiment for one way to update: processes that share a mapping, and start together.
type updatesRun struct {
	LostUpdatesOptions
	way    updateWay
	shared *updatesShared
}

// updatesShared is what is in the mapping. The number and the lock are on cache lines of their own.
type updatesShared struct {
	number int64
	_      [56]byte
	lock   uint32
	_      [60]byte
	ready  int32 // how many processes have come to the start
	took   int64 // nanoseconds of the slowest
}

// An updateWay adds 1 to the number; pause is called once or not at all, where another process can do most harm.
type updateWay struct {
	name string
	add  func(s *updatesShared, pause func())
}

var updateWays = []updateWay{
	{"load, store", loadStore},
	{"spin lock", func(s *updatesShared, pause func()) {
		for !atomic.CompareAndSwapUint32(&s.lock, 0, 1) {
			yieldProcessor()
		}
		loadStore(s, pause)
		atomic.StoreUint32(&s.lock, 0)
	}},
	{"compare and swap", func(s *updatesShared, pause func()) {
		for {
			n := atomic.LoadInt64(&s.number)
			pause()
			pause = func() {}
			if atomic.CompareAndSwapInt64(&s.number, n, n+1) {
				return
			}
		}
	}},
	{"atomic add", func(s *updatesShared, pause func()) {
		pause()
		atomic.AddInt64(&s.number, 1)
	}},
}

// loadStore is what n++ is: three steps.
func loadStore(s *updatesShared, pause func()) {
	n := atomic.LoadInt64(&s.number)
	pause()
	atomic.StoreInt64(&s.number, n+1)
}

// yieldProcessor lets other processes run. See sched_yield(2).
func yieldProcessor() { unix.Syscall(unix.SYS_SCHED_YIELD, 0, 0, 0) }

// run makes the mapping and the processes, waits for them, and leaves neither.
func (u *updatesRun) run() (row LostUpdatesRow, err error) {
	const page = 4096
	m, err := MapAnonymous(page)
	if err != nil {
		return row, err
	}
	defer m.Unmap()
	if err := m.View(0, &u.shared); err != nil {
		return row, err
	}
	var children []*child
	defer func() {
		for _, c := range children {
			end(c)
		}
	}()
	for range u.Processes {
		c, err := forkMapper(u.update)
		if err != nil {
			return row, err
		}
		children = append(children, c)
	}
	if err := awaitAll(children, u.Limit); err != nil {
		return row, err
	}
	made := int64(u.Processes * u.Updates)
	counted := atomic.LoadInt64(&u.shared.number)
	return LostUpdatesRow{Method: u.way.name, Processes: u.Processes, Updates: made, Counted: counted, Lost: made - counted,
		Took: time.Duration(atomic.LoadInt64(&u.shared.took))}, nil
}

// update is one of the processes.
func (u *updatesRun) update() {
	s := u.shared
	atomic.AddInt32(&s.ready, 1)
	for int(atomic.LoadInt32(&s.ready)) < u.Processes {
		yieldProcessor()
	}
	begun := time.Now()
	nothing := func() {}
	for i := range u.Updates {
		pause := nothing
		if i%u.Yield == u.Yield-1 {
			pause = yieldProcessor
		}
		u.way.add(s, pause)
	}
	took := int64(time.Since(begun))
	for slowest := atomic.LoadInt64(&s.took); took > slowest; slowest = atomic.LoadInt64(&s.took) {
		if atomic.CompareAndSwapInt64(&s.took, slowest, took) {
			return
		}
	}
}

// forkMapper forks a process of an experiment, which does work and ends. Wait does not wait for it.
func forkMapper(work func()) (*child, error) {
	c, err := forkOwn()
	if err == nil && c == nil {
		runAndExit(work)
	}
	return c, err
}
