package supervisor

import (
	"time"

	"golang.org/x/sys/unix"

	"ipclab/runtime/wire"
)

// pump takes everything that comes from the runtime process until it has ended.
func (in *instance) pump() {
	defer close(in.ended)
	for !in.step() {
	}
	in.exit = <-in.status
	in.mu.Lock()
	defer in.mu.Unlock()
	in.receiveEvents()
	in.drain()
	in.text.dropStacks()
	in.text.flush(true)
	_ = in.change(func(f *instanceFDs) error {
		f.close()
		in.gone = true
		return nil
	})
}

// step waits for the next thing to happen and deals with it. It reports
// whether the process has ended.
func (in *instance) step() (ended bool) {
	fds := []unix.PollFd{
		{Fd: int32(in.fds.events), Events: unix.POLLIN},
		{Fd: int32(in.fds.stdout), Events: unix.POLLIN},
		{Fd: int32(in.fds.stderr), Events: unix.POLLIN},
		{Fd: int32(in.fds.pidfd), Events: unix.POLLIN},
	}
	if _, err := unix.Poll(fds, in.timeout()); err != nil && err != unix.EINTR {
		// Cannot happen with valid descriptors; the process is of no use now.
		in.kill()
		return true
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	if fds[0].Revents&unix.POLLIN != 0 {
		in.receiveEvents()
	}
	in.readText()
	if wait, pending := in.text.due(); pending && wait == 0 {
		in.text.flush(false)
	}
	return fds[3].Revents != 0
}

// timeout is how long poll may wait, in milliseconds; -1 is for ever.
func (in *instance) timeout() int {
	in.mu.Lock()
	defer in.mu.Unlock()
	wait, pending := in.text.due()
	if !pending {
		return -1
	}
	return int((wait + time.Millisecond - 1) / time.Millisecond)
}

// readText reads once from each stream.
func (in *instance) readText() {
	in.readStream("stdout", in.fds.stdout, flushSize)
	in.readStream("stderr", in.fds.stderr, flushSize)
}

// drain reads all that is in the streams now; what a process writes meanwhile
// may wait.
// The caller holds mu, without which the pump does not close the descriptors.
func (in *instance) drain() {
	if in.gone {
		return
	}
	in.readStream("stdout", in.fds.stdout, waiting(in.fds.stdout))
	in.readStream("stderr", in.fds.stderr, waiting(in.fds.stderr))
}

// waiting is how many bytes a pipe holds.
func waiting(fd int) int {
	n, err := unix.IoctlGetInt(fd, unix.TIOCINQ)
	if err != nil {
		return 0
	}
	return n
}

// readStream reads up to n bytes without waiting.
func (in *instance) readStream(name string, fd, n int) {
	for n > 0 {
		buffer := make([]byte, min(n, flushSize))
		got, err := unix.Read(fd, buffer)
		if err == unix.EINTR {
			continue
		}
		if err != nil || got <= 0 {
			return
		}
		in.text.add(name, buffer[:got])
		n -= got
	}
}

// receiveEvents deals with all events that are there. Before each one, the
// text written before it is put out.
func (in *instance) receiveEvents() {
	for {
		frame, err := in.events.TryReceive()
		if err != nil && frame == nil {
			if isMalformed(err) {
				continue
			}
			return
		}
		in.drain()
		in.text.flush(true)
		in.handle(frame)
		frame.Close()
	}
}

// handle deals with one event. Events come from processes that run users'
// code: one that makes no sense is passed over.
func (in *instance) handle(frame *wire.Frame) {
	switch frame.Kind {
	case wire.KindReady:
		var r wire.Ready
		if frame.Decode(&r) == nil && r.PID == in.pid && !isClosed(in.ready) {
			in.lost = r.Lost
			close(in.ready)
		}
	case wire.KindDone:
		var d wire.Done
		if frame.Decode(&d) == nil && d.ID == in.cell && in.done != nil {
			in.done <- d
			in.done = nil
		}
	case wire.KindDisplay:
		var d wire.Display
		if frame.Decode(&d) == nil && in.output != nil {
			in.output.Display(d)
		}
	case wire.KindInspected:
		in.looked(frame)
	case wire.KindClear:
		var c wire.Clear
		if frame.Decode(&c) == nil && in.output != nil {
			in.output.Clear(c.Wait)
		}
	}
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}
