package ipclab

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/proc"
	"ipclab/ipclab/interrupts"
	"ipclab/ipclab/reserve"
	"ipclab/ipclab/stuck"
)

// A checking is the making of one check, in the process that asked for it.
type checking struct {
	row      *CheckRow
	limit    time.Duration
	notes    channel // what the check says
	said     int     // a file in memory for what it writes to standard error
	worker   int     // the process that runs the function; 0 before it has begun
	done     bool    // the function has returned
	ended    bool    // the process has ended
	status   Status
	unparsed []byte
	asleep   int // looks at which the check could not go on, one after the other
	folders  []string
	over     bool // only folders are of interest any more
}

// Times of a check.
const (
	checkLook      = 100 * time.Millisecond // between looks whether the check can go on,
	checkFirstLook = 200 * time.Millisecond // after so much time,
	checkLookLimit = time.Second            // each of which may take so long,
	checkLooks     = 3                      // at so many of which it could not, for a deadlock
	checkEndLimit  = 3 * time.Second        // for what the check has left to end
)

// stderrKept is how much of what a check writes to standard error is kept, in bytes.
const stderrKept = 64 << 10

// run makes the check. The error says why it could not be made.
func (c *checking) run(f func(*T)) (err error) {
	if c.notes, err = newChannel(); err != nil {
		return err
	}
	defer c.notes.close()
	if c.said, err = stderrFile(); err != nil {
		return err
	}
	defer unix.Close(c.said)
	begun := time.Now()
	keeper, err := forkOwn()
	if err != nil {
		return err
	}
	if keeper == nil {
		c.aside()
		c.keep(f)
	}
	defer c.removeFolders()
	defer endCheck(keeper)
	shut(&c.notes.w)
	c.follow(begun)
	c.row.Elapsed = time.Since(begun)
	c.row.Stderr = readStderr(c.said)
	return nil
}

// stderrFile makes a file in memory that cannot grow beyond what is kept.
func stderrFile() (int, error) {
	fd, err := unix.MemfdCreate("stderr", unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING)
	if err != nil {
		return -1, os.NewSyscallError("memfd_create", err)
	}
	if err = unix.Ftruncate(fd, stderrKept); err == nil {
		_, err = unix.FcntlInt(uintptr(fd), unix.F_ADD_SEALS, unix.F_SEAL_GROW|unix.F_SEAL_SHRINK)
	}
	if err != nil {
		unix.Close(fd)
		return -1, os.NewSyscallError("memfd", err)
	}
	return fd, nil
}

// readStderr returns what was written to the file.
func readStderr(fd int) string {
	text := make([]byte, stderrKept)
	n, _ := unix.Pread(fd, text, 0)
	text = bytes.TrimRight(text[:max(n, 0)], "\x00")
	return strings.ToValidUTF8(string(text), "\uFFFD")
}

// aside moves the check's own descriptors out of the way, so that those of the function have the numbers that they would
// have without a check.
func (c *checking) aside() {
	const high = 200
	shut(&c.notes.r)
	move := func(fd int) int {
		to, err := unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, high)
		if err != nil {
			return fd
		}
		unix.Close(fd)
		reserve.Also(to)
		return to
	}
	c.notes.w, c.said = FD(move(int(c.notes.w))), move(c.said)
}

// follow takes notes until the check has ended, or has to be ended.
func (c *checking) follow(begun time.Time) {
	look := begun.Add(checkFirstLook)
	for !c.ended {
		now := time.Now()
		if now.Sub(begun) >= c.limit {
			c.row.fail(fmt.Sprintf("it did not end within %v", c.limit))
			c.explain(c.why())
			return
		}
		if !now.Before(look) {
			look = now.Add(checkLook)
			if c.deadlock() {
				return
			}
		}
		until := min(look.Sub(now), c.limit-now.Sub(begun))
		if !c.read(until) {
			break
		}
	}
	c.judge()
}

// read takes what the check says within a time, and reports false at the end.
func (c *checking) read(within time.Duration) bool {
	fds := []unix.PollFd{{Fd: int32(c.notes.r), Events: unix.POLLIN}}
	n, err := unix.Poll(fds, int(max(within, time.Millisecond).Milliseconds()))
	interrupts.Check()
	if err != nil || n == 0 {
		return err == nil || err == unix.EINTR
	}
	buffer := make([]byte, 4096)
	n, err = retry(func() (int, error) { return unix.Read(int(c.notes.r), buffer) })
	if err != nil || n == 0 {
		return false
	}
	c.unparsed = append(c.unparsed, buffer[:n]...)
	for {
		line, rest, whole := bytes.Cut(c.unparsed, []byte("\n"))
		if !whole {
			return true
		}
		var note checkNote
		if json.Unmarshal(line, &note) == nil {
			c.take(note)
		}
		c.unparsed = rest
	}
}

// take takes a note.
func (c *checking) take(n checkNote) {
	switch {
	case n.Kind == noteFolder:
		c.folders = append(c.folders, n.Text)
		return
	case c.over:
		return
	}
	switch n.Kind {
	case noteBegun:
		c.worker = n.Number
	case noteLog:
		c.row.Log = append(c.row.Log, n.Text)
	case noteFail:
		c.row.fail(n.Text)
	case noteCredit:
		c.row.credit = n.Points
	case noteDone:
		c.done = true
	case noteEnded:
		c.ended = true
		c.status = Status{wait: unix.WaitStatus(n.Number)}
	}
}

// judge says what a check has failed by that ended before its function did.
func (c *checking) judge() {
	switch {
	case c.done:
	case !c.ended:
		c.row.fail("it was ended from outside")
	case c.status.Signaled():
		c.row.fail("its process was " + c.status.String())
	default:
		c.row.fail(fmt.Sprintf("its process %v before the function returned", c.status))
	}
}

// deadlock reports whether the check can never go on, and says so.
func (c *checking) deadlock() bool {
	report, own := c.why()
	waits := slices.ContainsFunc(report.Processes, func(p stuck.Process) bool {
		return p.Pid == c.worker && p.Verdict == stuck.CannotGoOn
	})
	if !waits || report.Cut {
		c.asleep = 0
		return false
	}
	if c.asleep++; c.asleep < checkLooks {
		return false
	}
	c.row.fail("deadlock")
	c.explain(report, own)
	return true
}

// why looks at why the processes of the experiment do not go on, and returns which of them belong to the check.
func (c *checking) why() (*stuck.Report, []proc.Stat) {
	family, orphans, err := experiment.members()
	if err != nil {
		return &stuck.Report{Cut: true}, nil
	}
	all := slices.Concat(family, orphans)
	o := stuck.Options{Asking: os.Getpid(), Reserved: reserve.Has, Deadline: time.Now().Add(checkLookLimit)}
	for _, s := range all {
		o.Pids = append(o.Pids, s.Pid)
	}
	return stuck.Look(o), proc.Descendants(all, c.worker)
}

// explain adds what a look at the check's processes has told of why it does not go on.
func (c *checking) explain(report *stuck.Report, own []proc.Stat) {
	for _, finding := range report.Findings {
		about := func(s proc.Stat) bool { return strings.Contains(finding, fmt.Sprintf("rocess %d ", s.Pid)) }
		if slices.ContainsFunc(own, about) {
			c.row.fail(finding)
		}
	}
}

// endCheck kills all that came out of a check: first what is below the keeper, which adopts orphans and is stopped, so
// that nothing can get away, and then that.
func endCheck(keeper *child) {
	unix.Kill(keeper.pid, unix.SIGSTOP)
	var adopted []proc.Stat
	for begun := time.Now(); time.Since(begun) < checkEndLimit; {
		all, err := proc.All()
		if err != nil {
			break
		}
		adopted = slices.DeleteFunc(proc.Descendants(all, keeper.pid), func(s proc.Stat) bool { return s.Pid == keeper.pid })
		left := slices.DeleteFunc(slices.Clone(adopted), func(s proc.Stat) bool { return s.State == 'Z' })
		if len(left) == 0 {
			break
		}
		for _, s := range left {
			unix.Kill(s.Pid, unix.SIGKILL)
		}
		time.Sleep(time.Millisecond) // a killed process needs a moment to go; /proc tells no other way
	}
	end(keeper)
	awaitCollected(adopted)
}

// awaitCollected waits until the notebook's kernel, to which zombies go when the keeper has ended, has waited for them: else a
// cell might see them still.
func awaitCollected(zombies []proc.Stat) {
	kernel := os.Getppid()
	there := func(z proc.Stat) bool {
		s, err := proc.ReadStat(z.Pid)
		return err == nil && s.Start == z.Start && s.PPid == kernel
	}
	for begun := time.Now(); reserve.Any() && slices.ContainsFunc(zombies, there) && time.Since(begun) < checkEndLimit; {
		time.Sleep(time.Millisecond) // a process tells nobody but its parent that it has been waited for
	}
}
