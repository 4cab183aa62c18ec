package ipclab

import (
	"fmt"
	"math"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/shm"
)

// Names of what is measured.
const (
	queueAlone  = "queue"
	ringAlone   = "ring"
	ringBatches = "ring, batches of 64"
)

// A contender is one row of the table, to be measured many times.
type contender struct {
	mechanism, language string
	run                 func() (nanoseconds float64, err error)
}

// measure lets all contenders take turns.
func (t *QueueSpeedTable) measure() error {
	all := []contender{
		{queueAlone, "Go", t.queueRun}, {ringAlone, "Go", t.ringRun}, {ringBatches, "Go", t.batchRun},
	}
	program, err := compileC("speed", queueSpeedSource)
	switch {
	case err == nil:
		defer program.close()
		all = slices.Insert(all, 1, contender{queueAlone, "C", func() (float64, error) { return t.cRun(program, "queue") }})
		all = slices.Insert(all, 3, contender{ringAlone, "C", func() (float64, error) { return t.cRun(program, "ring") }})
	case err == errNoCompiler:
		t.without = "To compare with C: " + errNoCompiler.Error() + "."
	default:
		return err
	}
	results := make([][]float64, len(all))
	for range t.options.Rounds {
		for i, c := range all {
			ns, err := c.run()
			if err != nil {
				return fmt.Errorf("%s in %s: %w", c.mechanism, c.language, err)
			}
			results[i] = append(results[i], ns)
		}
	}
	for i, c := range all {
		sorted := slices.Sorted(slices.Values(results[i]))
		t.rows = append(t.rows, QueueSpeedRow{Mechanism: c.mechanism, Language: c.language, Rounds: results[i],
			Each: nanoseconds(sorted[len(sorted)/2]), Best: nanoseconds(sorted[0])})
	}
	return nil
}

// nanoseconds rounds to a duration.
func nanoseconds(n float64) time.Duration { return time.Duration(math.Round(n)) }

// cRun is a run of the C program.
func (t *QueueSpeedTable) cRun(program *cProgram, mechanism string) (float64, error) {
	o := t.options
	slots, messages := o.Slots, o.Messages
	if mechanism == "ring" {
		slots, messages = speedRingSlots, messages*speedRingMore
	}
	producer, consumer := o.processor(0), o.processor(1)
	out, err := program.run(o.Limit, mechanism, strconv.Itoa(slots), strconv.Itoa(o.Size), strconv.Itoa(messages),
		strconv.Itoa(producer), strconv.Itoa(consumer))
	if err != nil {
		return 0, err
	}
	return strconv.ParseFloat(strings.TrimSpace(out), 64)
}

// processor returns where process i runs, -1 for anywhere.
func (o QueueSpeedOptions) processor(i int) int {
	if len(o.CPUs) == 0 {
		return -1
	}
	return o.CPUs[min(i, len(o.CPUs)-1)]
}

// queueRun is a run of the queue.
func (t *QueueSpeedTable) queueRun() (float64, error) {
	q, err := NewQueue(QueueOptions{Slots: t.options.Slots, Size: t.options.Size})
	if err != nil {
		return 0, err
	}
	defer q.Detach()
	message := make([]byte, t.options.Size)
	return t.race(t.options.Messages, 1, q.engine.Share,
		func() error { return q.Put(message) },
		func() error { _, err := q.Get(message); return err })
}

// ringRun is a run of the ring.
func (t *QueueSpeedTable) ringRun() (float64, error) {
	r, err := NewRing(QueueOptions{Slots: speedRingSlots, Size: t.options.Size})
	if err != nil {
		return 0, err
	}
	defer r.Detach()
	message := make([]byte, t.options.Size)
	return t.race(t.options.Messages*speedRingMore, 1, r.engine.Share,
		func() error { return r.Put(message) },
		func() error { return r.Get(message) })
}

// batchRun is a run of the ring with batches.
func (t *QueueSpeedTable) batchRun() (float64, error) {
	r, err := NewRing(QueueOptions{Slots: speedRingSlots, Size: t.options.Size})
	if err != nil {
		return 0, err
	}
	defer r.Detach()
	batch := make([]byte, speedBatch*t.options.Size)
	take := func() error {
		for room := batch; len(room) > 0; {
			n, err := r.GetBatch(room)
			if err != nil {
				return err
			}
			room = room[n*t.options.Size:]
		}
		return nil
	}
	return t.race(t.options.Messages*speedRingMore, speedBatch, r.engine.Share,
		func() error { _, err := r.PutBatch(batch); return err }, take)
}

// Words of the memory that the two processes of a run share with this one.
const (
	raceWarm  = 0 // processes that are ready to be timed
	raceTook  = 8 // nanoseconds, of the consumer
	speedSize = 16
)

// race forks a producer and a consumer, which make so many steps of so many messages each, and returns the nanoseconds
// for one message.
func (t *QueueSpeedTable) race(messages, each int, share func(bool), put, take func() error) (float64, error) {
	memory, err := shm.New(speedSize, true)
	if err != nil {
		return 0, err
	}
	steps := max(messages/each, 1)
	var runners []*child
	for i, step := range []func() error{put, take} {
		c, err := forkOwn()
		if err != nil {
			return 0, err
		}
		if c == nil {
			runAndExit(func() { t.runner(memory, i, steps, share, step) })
		}
		defer end(c)
		runners = append(runners, c)
	}
	if err := awaitAll(runners, t.options.Limit); err != nil {
		return 0, err
	}
	return float64(memory.Load64(raceTook)) / float64(steps*each), nil
}

// runner is one of the two processes.
func (t *QueueSpeedTable) runner(memory *shm.Region, i, steps int, share func(bool), step func() error) {
	debug.SetGCPercent(-1)
	runtime.LockOSThread()
	if err := blockPreemption(); err != nil {
		panic(err)
	}
	if cpu := t.options.processor(i); cpu >= 0 {
		var set unix.CPUSet
		set.Set(cpu)
		if err := unix.SchedSetaffinity(0, &set); err != nil {
			panic(err)
		}
	}
	one := t.options.processor(0)
	share(one >= 0 && one == t.options.processor(1))
	repeat := func(n int) {
		for range n {
			if err := step(); err != nil {
				panic(err)
			}
		}
	}
	const warmUpPart = 10
	repeat(steps / warmUpPart)
	memory.Add64(raceWarm, 1)
	for memory.Load64(raceWarm) < 2 {
		unix.Syscall(unix.SYS_SCHED_YIELD, 0, 0, 0)
	}
	begin := time.Now()
	repeat(steps)
	if i == 1 {
		memory.Store64(raceTook, uint64(time.Since(begin)))
	}
}
