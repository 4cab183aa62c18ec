package ipclab

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/scratch"
)

// An atomicityRun is the experiment for one size: the writers, a FIFO to which they write and from which this process
// reads, and two pipes by which they start together:
//
//	ready  each writer writes a byte once it has opened the FIFO
//	gate   each writer reads a byte, and this process writes as many when all are ready
type atomicityRun struct {
	AtomicityOptions
	size        int
	path        string // of the FIFO, for every process of the run
	fifo        FD
	ready, gate channel
	deadline    time.Time
}

// A channel is the two ends of a pipe; an end that is closed is -1.
type channel struct{ r, w FD }

// newChannel makes a pipe that programs do not inherit.
func newChannel() (channel, error) {
	r, w, err := Pipe2(unix.O_CLOEXEC)
	return channel{r: r, w: w}, err
}

// shut closes an end, unless it is closed.
func shut(end *FD) {
	if *end >= 0 {
		unix.Close(int(*end))
		*end = -1
	}
}

// close closes both ends.
func (c *channel) close() {
	shut(&c.r)
	shut(&c.w)
}

// run makes the FIFO and the writers, reads what they write, and leaves none of them.
func (a atomicityRun) run() (row AtomicityRow, err error) {
	name, err := namelessFIFO()
	if err != nil {
		return row, err
	}
	defer shut(&name)
	a.path, a.fifo, a.deadline = fmt.Sprintf("/proc/self/fd/%d", int(name)), -1, time.Now().Add(a.Limit)
	if a.ready, err = newChannel(); err != nil {
		return row, err
	}
	defer a.ready.close()
	if a.gate, err = newChannel(); err != nil {
		return row, err
	}
	defer a.gate.close()
	defer func() { shut(&a.fifo) }() // after the writers have ended, or they would complain
	writers, err := a.start()
	for _, w := range writers {
		defer end(w)
	}
	if err != nil {
		return row, err
	}
	return a.watch(writers)
}

// namelessFIFO makes a FIFO and removes its name before anything else happens, so that nothing is left of it whenever this
// process is killed. The descriptor is neither of its ends: by its path in /proc/self/fd, the FIFO is opened as by a name.
func namelessFIFO() (FD, error) {
	folder, err := scratch.New(os.TempDir(), "ipclab-fifo")
	if err != nil {
		return -1, err
	}
	defer os.RemoveAll(folder)
	const owner = 0o600
	path := filepath.Join(folder, "fifo")
	if err := Mkfifo(path, owner); err != nil {
		return -1, err
	}
	return Open(path, unix.O_PATH|unix.O_CLOEXEC)
}

// start forks the writers.
func (a *atomicityRun) start() (writers []*child, err error) {
	for i := range a.Writers {
		w, err := forkOwn()
		if err != nil {
			return writers, err
		}
		if w == nil {
			a.write(i)
		}
		writers = append(writers, w)
	}
	return writers, nil
}

// write is writer number i, a process of its own; it does not return. The exit status says how far it came.
func (a *atomicityRun) write(i int) {
	shut(&a.ready.r)
	shut(&a.gate.w)
	blockPreemption() // or the signal could end a write(2) in the middle
	message := bytes.Repeat([]byte{byte(i)}, a.size)
	fifo, err := Open(a.path, unix.O_WRONLY)
	failIf(err)
	a.ready.w.Write([]byte{1})
	a.gate.r.Read(make([]byte, 1))
	for range a.Messages {
		_, err := fifo.Write(message)
		failIf(err)
	}
	unix.Exit(0)
}

// failIf ends a writer that had an error. A reader that has gone knows why.
func failIf(err error) {
	if err == nil {
		return
	}
	if !errors.Is(err, unix.EPIPE) {
		fmt.Fprintln(os.Stderr, err)
	}
	unix.Exit(1)
}

// watch opens the FIFO and the gate, reads to the end and counts.
func (a *atomicityRun) watch(writers []*child) (row AtomicityRow, err error) {
	shut(&a.ready.w)
	shut(&a.gate.r)
	if a.fifo, err = OpenWithin(a.path, unix.O_RDONLY, max(time.Until(a.deadline), 0)); err != nil {
		return row, a.blame(writers, err)
	}
	if a.Capacity, err = a.fifo.SetPipeSize(a.Capacity); err != nil {
		return row, err
	}
	for range writers {
		if n, err := a.read(a.ready.r, make([]byte, 1)); n == 0 {
			return row, a.blame(writers, err)
		}
	}
	if _, err := a.gate.w.Write(make([]byte, a.Writers)); err != nil {
		return row, err
	}
	counter := newMessageCounter(a.size, a.Writers)
	buffer := make([]byte, PipeBuf)
	for {
		n, err := a.read(a.fifo, buffer)
		if err != nil {
			return row, err
		}
		if n == 0 {
			break
		}
		counter.add(buffer[:n])
	}
	row = counter.row
	row.Size, row.Writers, row.Capacity = a.size, a.Writers, a.Capacity
	if row.Messages < a.Writers*a.Messages || counter.strange > 0 {
		return row, a.blame(writers, fmt.Errorf("%d of %d messages arrived", row.Messages, a.Writers*a.Messages))
	}
	return row, nil
}

// read is read(2) with the time limit of the run: 0 at end of file.
func (a *atomicityRun) read(fd FD, p []byte) (int, error) {
	left := time.Until(a.deadline)
	ready, err := retry(func() (int, error) {
		return unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, max(int(left.Milliseconds()), 0))
	})
	switch {
	case err != nil:
		return 0, err
	case ready == 0:
		return 0, because(unix.ETIMEDOUT, "not done within %v", a.Limit)
	}
	return retry(func() (int, error) { return unix.Read(int(fd), p) })
}

// blame returns why a writer ended too early, if one did, and err otherwise.
func (a *atomicityRun) blame(writers []*child, err error) error {
	for i, w := range writers {
		ended, status, _ := w.collect()
		switch {
		case ended && status.Signaled() && status.Signal() == unix.SIGINT:
			return because(unix.EINTR, "interrupted")
		case ended && status.ExitCode() != 0:
			return fmt.Errorf("writer %d: %v", i+1, status)
		}
	}
	return err
}
