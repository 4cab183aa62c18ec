package ipclab

import (
	"os"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/inotify"
)

// A FolderWatch tells what happens to the entries of a folder, by inotify(7), so that nobody needs to look from time to
// time. Make the watch first and look at the folder then: what comes later than the look is told by the watch, and
// nothing falls between the two.
type FolderWatch struct {
	path string
	fd   FD
}

// A FolderEvent is one thing that happened in a folder.
type FolderEvent struct {
	Name string // of the entry; empty for what concerns the folder itself
	Mask uint32 // bits unix.IN_CREATE, IN_CLOSE_WRITE, IN_MOVED_TO and others
}

// folderEvents is what a FolderWatch tells of.
const folderEvents = unix.IN_CREATE | unix.IN_CLOSE_WRITE | unix.IN_MOVED_TO | unix.IN_MOVED_FROM | unix.IN_DELETE |
	unix.IN_DELETE_SELF | unix.IN_MOVE_SELF | unix.IN_ONLYDIR

// eventNames are names of bits of a mask, as inotify(7) has them.
var eventNames = []struct {
	bit  uint32
	name string
}{
	{unix.IN_CREATE, "IN_CREATE"}, {unix.IN_CLOSE_WRITE, "IN_CLOSE_WRITE"}, {unix.IN_MOVED_TO, "IN_MOVED_TO"},
	{unix.IN_MOVED_FROM, "IN_MOVED_FROM"}, {unix.IN_DELETE, "IN_DELETE"}, {unix.IN_DELETE_SELF, "IN_DELETE_SELF"},
	{unix.IN_MOVE_SELF, "IN_MOVE_SELF"}, {unix.IN_Q_OVERFLOW, "IN_Q_OVERFLOW"}, {unix.IN_IGNORED, "IN_IGNORED"},
	{unix.IN_ISDIR, "IN_ISDIR"},
}

// String returns the names of the bits and that of the entry: "IN_MOVED_TO job1".
func (e FolderEvent) String() string {
	var names []string
	for _, n := range eventNames {
		if e.Mask&n.bit != 0 {
			names = append(names, n.name)
		}
	}
	return strings.TrimSpace(strings.Join(names, "|") + " " + e.Name)
}

// WatchFolder begins to watch a folder: entries that are created, closed after being written to, moved in, moved out or
// deleted, and the folder being deleted or moved itself. A file that is IN_CREATE need not have its contents yet; one
// that is renamed into the folder, IN_MOVED_TO, has. Close ends the watch.
//
// Errors: ENOENT, EACCES, ENOTDIR; EMFILE when the user has as many inotify instances as
// /proc/sys/fs/inotify/max_user_instances allows; ENOSPC for max_user_watches. See inotify(7).
func WatchFolder(path string) (*FolderWatch, error) {
	fd, err := newInotify()
	if err != nil {
		return nil, &Error{Call: "WatchFolder", Arg: path, Err: err}
	}
	if _, err := unix.InotifyAddWatch(fd, path, folderEvents); err != nil {
		unix.Close(fd)
		return nil, &Error{Call: "WatchFolder", Arg: path, Err: watchReason(path, err)}
	}
	return &FolderWatch{path: path, fd: FD(fd)}, nil
}

// newInotify makes an inotify instance whose reads do not block.
func newInotify() (int, error) {
	fd, err := unix.InotifyInit1(unix.IN_CLOEXEC | unix.IN_NONBLOCK)
	if err == unix.EMFILE {
		err = because(unix.EMFILE, "too many descriptors, or inotify instances of this user; "+
			"/proc/sys/fs/inotify/max_user_instances says how many there may be")
	}
	return fd, err
}

// watchReason says what an errno of inotify_add_watch(2) means.
func watchReason(path string, err error) error {
	switch err {
	case unix.EACCES:
		return because(unix.EACCES, "the folder may not be read")
	case unix.ENOSPC:
		return because(unix.ENOSPC, "too many watches of this user; /proc/sys/fs/inotify/max_user_watches says how many there may be")
	}
	if errno, ok := err.(unix.Errno); ok {
		return pathReason(path, errno)
	}
	return err
}

// Next blocks until something has happened, for the limit at most, and returns all that has happened by then, in order.
// Several equal events in a row may come as one. An event IN_Q_OVERFLOW says that some were lost: look at the folder
// itself then. An interrupted wait goes on, unless the cell ends. Errors: ETIMEDOUT when the limit has passed, EINVAL for
// a negative one, EBADF after Close.
func (w *FolderWatch) Next(limit time.Duration) ([]FolderEvent, error) {
	events, err := w.next(limit)
	if err != nil {
		return nil, &Error{Call: "Next", Arg: w.String(), Err: err}
	}
	return events, nil
}

// next is Next with bare errors.
func (w *FolderWatch) next(limit time.Duration) ([]FolderEvent, error) {
	switch {
	case w == nil || w.fd < 0:
		return nil, because(unix.EBADF, "the watch is closed")
	case limit < 0:
		return nil, because(unix.EINVAL, "limit %v: want 0 or more", limit)
	}
	deadline := time.Now().Add(limit)
	if err := awaitAnyReadable([]int{int(w.fd)}, deadline); err != nil {
		return nil, err
	}
	const room = 64 << 10
	buffer := make([]byte, room)
	n, err := retry(func() (int, error) { return unix.Read(int(w.fd), buffer) })
	switch err {
	case nil:
		var events []FolderEvent
		for _, e := range inotify.Parse(buffer[:n]) {
			events = append(events, FolderEvent(e))
		}
		return events, nil
	case unix.EAGAIN:
		return nil, because(unix.ETIMEDOUT, "nothing happened within %v", limit)
	}
	return nil, err
}

// Close ends the watch. Errors: EBADF if it is closed.
func (w *FolderWatch) Close() error {
	if w == nil || w.fd < 0 {
		return &Error{Call: "close", Arg: w.String(), Err: because(unix.EBADF, "the watch is closed")}
	}
	err := w.fd.Close()
	w.fd = -1
	return err
}

// String returns "watch of /var/spool".
func (w *FolderWatch) String() string {
	if w == nil {
		return "no watch"
	}
	return "watch of " + w.path
}

// awaitAnyReadable blocks until one of the descriptors can be read, or until the deadline, which is no error.
func awaitAnyReadable(fds []int, deadline time.Time) error {
	polls := make([]unix.PollFd, len(fds))
	for i, fd := range fds {
		polls[i] = unix.PollFd{Fd: int32(fd), Events: unix.POLLIN}
	}
	_, err := retry(func() (int, error) {
		left := unix.NsecToTimespec(max(time.Until(deadline), 0).Nanoseconds())
		return unix.Ppoll(polls, &left, nil)
	})
	if err != nil {
		return os.NewSyscallError("ppoll", err)
	}
	return nil
}
