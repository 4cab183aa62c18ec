package ipclab

import (
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/shm"
)

// A link is what is between a stage and the next one, or standard output after the last.
//
//	stage i --from--> meter --to--> stage i+1
//
// Its counts are double words in shared memory, written by the meter alone: bytes written by the stage before, bytes
// read by the stage after.
type link struct {
	from, to channel
	last     bool // the next is standard output
	counts   *shm.Region
	at       int
}

const (
	linkWritten = 0
	linkRead    = 8
	linkCounts  = 16 // bytes that the counts of a link take
)

// open makes the pipes.
func (l *link) open() (err error) {
	l.from, l.to = channel{-1, -1}, channel{-1, -1}
	if l.from, err = newChannel(); err != nil || l.last {
		return err
	}
	l.to, err = newChannel()
	return err
}

// written returns how many bytes the stage before wrote.
func (l *link) written() int64 { return int64(l.counts.Load64(l.at + linkWritten)) }

// read returns how many bytes the stage after read.
func (l *link) read() int64 { return int64(l.counts.Load64(l.at + linkRead)) }

// meter is the process that passes bytes on and counts them. It does not return.
func (p *pipeline) meter() {
	runAndExit(func() {
		var all sync.WaitGroup
		for _, l := range p.links {
			shut(&l.from.w)
			shut(&l.to.r)
			if l.last {
				l.to.w = 1
			}
		}
		for _, l := range p.links { // each may block in its own pipe without the others
			all.Go(l.pass)
		}
		all.Wait()
	})
}

// pass passes bytes on until the stage before has ended or nobody reads any more.
func (l *link) pass() {
	const most = 1 << 16
	buffer := make([]byte, most)
	for l.await() {
		n, err := retry(func() (int, error) { return unix.Read(int(l.from.r), buffer) })
		if err != nil || n == 0 {
			break
		}
		l.counts.Add64(l.at+linkWritten, uint64(n))
		passed, err := l.to.w.Write(buffer[:n])
		l.counts.Add64(l.at+linkRead, uint64(passed))
		if err != nil {
			break
		}
	}
	if n, err := l.from.r.Buffered(); err == nil { // written, and never to be read
		l.counts.Add64(l.at+linkWritten, uint64(n))
	}
	shut(&l.from.r)
	if !l.last {
		l.drain()
		shut(&l.to.w)
	}
}

// await blocks until the stage before has written or ended, and reports false if nobody is left to read it.
func (l *link) await() bool {
	fds := []unix.PollFd{{Fd: int32(l.from.r), Events: unix.POLLIN}, {Fd: int32(l.to.w)}}
	_, err := retry(func() (int, error) { return unix.Poll(fds, -1) })
	return err == nil && fds[1].Revents&unix.POLLERR == 0
}

// drain waits until the stage after has read all or can read no more, and takes off the count what it left.
func (l *link) drain() {
	const longest = 20 * time.Millisecond
	for wait := time.Millisecond; ; wait = min(2*wait, longest) {
		left, err := l.to.w.Buffered()
		if err != nil || left == 0 {
			return
		}
		fds := []unix.PollFd{{Fd: int32(l.to.w)}}
		if n, _ := unix.Poll(fds, int(wait.Milliseconds())); n > 0 {
			left, _ = l.to.w.Buffered()
			l.counts.Add64(l.at+linkRead, -uint64(left))
			return
		}
	}
}
