package ipclab

import (
	"errors"
	"os"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/owner"
	"ipclab/ipclab/internal/spooltext"
)

// Claim takes the oldest job that waits, and does not wait for one. Errors: EAGAIN if there is none; EACCES, ENOSPC.
func (s *Spool) Claim() (*Job, error) {
	if s == nil {
		return nil, spoolMissing("Claim")
	}
	j, err := s.claim()
	if err != nil {
		return nil, &Error{Call: "Claim", Arg: s.path, Err: fileReason(s.in(spoolNew, ""), err)}
	}
	return j, nil
}

// ClaimWithin is Claim that waits for a job, for the limit at most. It recovers first what dead processes had claimed,
// as Recover does, and again whenever a process dies that has claimed a job. It does not look from time to time: that
// there is a job it is told by inotify(7), and that a process has died by its pidfd. An interrupted wait goes on, unless
// the cell ends. Errors: ETIMEDOUT when the limit has passed, EINVAL for a negative one, and those of Claim but EAGAIN.
func (s *Spool) ClaimWithin(limit time.Duration) (*Job, error) {
	if s == nil {
		return nil, spoolMissing("Claim")
	}
	v := s.vigil()
	defer v.end()
	j, err := v.claimWithin(limit)
	if err != nil {
		return nil, &Error{Call: "Claim", Arg: s.path, Err: fileReason(s.in(spoolNew, ""), err)}
	}
	return j, nil
}

// A vigil is what waiting for jobs takes. To end it costs the kernel some milliseconds, in close(2) of an inotify
// instance; so it begins only when nothing waits, and lasts for many jobs.
type vigil struct {
	spool *Spool
	watch int // the inotify instance; -1: none yet
}

// vigil returns one that has not begun.
func (s *Spool) vigil() *vigil { return &vigil{spool: s, watch: -1} }

// end closes the instance.
func (v *vigil) end() {
	if v.watch >= 0 {
		unix.Close(v.watch)
		v.watch = -1
	}
}

// claimWithin watches first and looks then, so that no job comes unnoticed between the two. To watch for claims is not
// needed: one that comes after the look is of a job that came after it, too.
func (v *vigil) claimWithin(limit time.Duration) (*Job, error) {
	if limit < 0 {
		return nil, because(unix.EINVAL, "limit %v: want 0 or more", limit)
	}
	deadline := time.Now().Add(limit)
	for {
		watched := v.watch >= 0
		if watched {
			drainInotify(v.watch)
		}
		if _, err := v.spool.recover(); err != nil {
			return nil, err
		}
		j, err := v.spool.claim()
		switch {
		case !errors.Is(err, unix.EAGAIN):
			return j, err
		case !time.Now().Before(deadline):
			return nil, because(unix.ETIMEDOUT, "no job within %v", limit)
		case watched:
			err = v.spool.awaitWork(v.watch, deadline)
		default:
			v.watch, err = v.spool.watch(spoolNew)
		}
		if err != nil {
			return nil, err
		}
	}
}

// awaitWork returns when something came to the watched folder, when a process that has claimed a job has died, or
// at the deadline.
func (s *Spool) awaitWork(watch int, deadline time.Time) error {
	claimed, err := s.entries(spoolClaimed)
	if err != nil {
		return err
	}
	fds := []int{watch}
	defer func() {
		for _, fd := range fds[1:] {
			unix.Close(fd)
		}
	}()
	var seen []owner.Owner
	for _, e := range claimed {
		if e.Owner.Pid == os.Getpid() || slices.Contains(seen, e.Owner) || e.Owner.State() == owner.Unknown {
			continue
		}
		seen = append(seen, e.Owner)
		fd, err := e.Owner.Watch()
		if err == unix.ESRCH {
			return nil // it has died since
		} else if err != nil {
			return err
		}
		fds = append(fds, fd)
	}
	return awaitAnyReadable(fds, deadline)
}

// claim renames the first of the waiting jobs that nobody else gets before. The error is EAGAIN if there is none.
func (s *Spool) claim() (*Job, error) {
	self, err := owner.Self()
	if err != nil {
		return nil, err
	}
	waiting, err := s.entries(spoolNew)
	if err != nil {
		return nil, err
	}
	for _, e := range waiting {
		e.Owner = self
		j := &Job{spool: s, entry: e}
		err := renameNew(s.in(spoolNew, e.Waiting()), j.path())
		if err == nil {
			return j, nil
		} else if err != unix.ENOENT { // which says that another got it
			return nil, err
		}
	}
	return nil, because(unix.EAGAIN, "no job waits")
}

// entries returns the jobs in new or claimed, oldest first. Other files are passed over.
func (s *Spool) entries(folder string) ([]spooltext.Entry, error) {
	names, err := namesIn(s.in(folder, ""))
	if err != nil {
		return nil, err
	}
	parse := spooltext.ParseWaiting
	if folder == spoolClaimed {
		parse = spooltext.ParseClaimed
	}
	var out []spooltext.Entry
	for _, name := range names {
		if e, ok := parse(name); ok {
			out = append(out, e)
		}
	}
	slices.SortFunc(out, func(a, b spooltext.Entry) int { return strings.Compare(a.ID, b.ID) })
	return out, nil
}

// namesIn returns the names in a folder, in no order. The error is an errno.
func namesIn(folder string) ([]string, error) {
	f, err := os.Open(folder)
	if err != nil {
		return nil, bareErrno(err)
	}
	defer f.Close()
	names, err := f.Readdirnames(-1)
	return names, bareErrno(err)
}

// bareErrno returns the errno in an error of package os.
func bareErrno(err error) error {
	if errno, ok := errors.AsType[unix.Errno](err); ok {
		return errno
	}
	return err
}

// watch begins to watch for files that come to folders.
func (s *Spool) watch(folders ...string) (int, error) {
	fd, err := newInotify()
	if err != nil {
		return -1, err
	}
	for _, folder := range folders {
		path := s.in(folder, "")
		if _, err := unix.InotifyAddWatch(fd, path, unix.IN_MOVED_TO|unix.IN_CREATE|unix.IN_ONLYDIR); err != nil {
			unix.Close(fd)
			return -1, watchReason(path, err)
		}
	}
	return fd, nil
}

// drainInotify reads away what an inotify descriptor has to tell: the folders say the rest.
func drainInotify(watch int) {
	const room = 16 << 10
	buffer := make([]byte, room)
	for {
		n, err := unix.Read(watch, buffer)
		if err != unix.EINTR && n < room/2 {
			return
		}
	}
}
