package zmtp

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// File is a socket file as it was made: the path, and which file that was, so
// that nobody removes another that took its place.
type File struct {
	Path string `json:"path"`
	Dev  uint64 `json:"dev"`
	Ino  uint64 `json:"ino"`
}

// Remove removes the file if it is still this one; that it is not is no error.
func (f File) Remove() error {
	now, err := fileAt(f.Path)
	if errors.Is(err, unix.ENOENT) || err == nil && now != f {
		return nil
	}
	if err == nil {
		err = os.Remove(f.Path)
	}
	if err != nil && !errors.Is(err, unix.ENOENT) {
		return fmt.Errorf("zmtp: %w", err)
	}
	return nil
}

func fileAt(path string) (File, error) {
	var st unix.Stat_t
	if err := unix.Lstat(path, &st); err != nil {
		return File{}, &os.PathError{Op: "lstat", Path: path, Err: err}
	}
	return File{Path: path, Dev: uint64(st.Dev), Ino: st.Ino}, nil // Dev has 32 bits on some architectures
}

// maxPath is the longest path of a UNIX domain socket, in bytes (unix(7):
// sun_path has 108, one for the final NUL).
const maxPath = 107

// listenUnix binds a UNIX domain socket at path, readable and writable by its
// owner only from the first moment on. What a dead kernel left there is
// replaced; if somebody listens there, or it is no socket, the error wraps
// EADDRINUSE.
func listenUnix(path string) (net.Listener, File, error) {
	if len(path) == 0 || len(path) > maxPath || path[0] == '@' {
		return nil, File{}, fmt.Errorf("socket path of %d bytes: expected 1 to %d, and no @ at its beginning: %w",
			len(path), maxPath, unix.EINVAL)
	}
	l, err := bindUnix(path)
	if errors.Is(err, unix.EADDRINUSE) {
		l, err = replaceStale(path)
	}
	if err != nil {
		return nil, File{}, err
	}
	f, err := fileAt(path)
	if err != nil {
		l.Close()
		return nil, File{}, err
	}
	return l, f, nil
}

// bindUnix binds and listens. Linux gives the socket file the mode of the
// socket's own inode, less the umask; so fchmod before bind leaves no moment in
// which others could connect, and no need to touch the umask of all threads.
func bindUnix(path string) (*net.UnixListener, error) {
	c := net.ListenConfig{Control: func(_, _ string, raw syscall.RawConn) error {
		var err error
		if e := raw.Control(func(fd uintptr) { err = unix.Fchmod(int(fd), 0o700) }); e != nil {
			return e
		}
		return os.NewSyscallError("fchmod", err)
	}}
	l, err := c.Listen(context.Background(), "unix", path)
	if err != nil {
		return nil, err
	}
	u := l.(*net.UnixListener)
	u.SetUnlinkOnClose(false) // File.Remove looks whether it is still ours
	return u, nil
}

// replaceStale binds at path in the place of a socket to which nobody listens.
// It holds a lock on the directory, so that of two kernels that find the same
// stale socket the second sees that the first has replaced it.
func replaceStale(path string) (*net.UnixListener, error) {
	unlock, err := lockDir(filepath.Dir(path))
	if err != nil {
		return nil, err
	}
	defer unlock()
	if !refuses(path) {
		return nil, &os.PathError{Op: "bind", Path: path, Err: unix.EADDRINUSE}
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, unix.ENOENT) {
		return nil, err
	}
	return bindUnix(path)
}

// lockDir takes the flock(2) of a directory, which leaves no file behind and
// ends with the process. It waits two seconds at most: whoever may read the
// directory can hold the lock.
func lockDir(dir string) (unlock func(), err error) {
	f, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	for range 1000 {
		if err = unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != unix.EWOULDBLOCK && err != unix.EINTR {
			break
		}
		time.Sleep(2 * time.Millisecond)
	}
	if err != nil {
		f.Close()
		return nil, &os.PathError{Op: "flock", Path: dir, Err: err}
	}
	return func() { f.Close() }, nil
}

// refuses tells whether the file at path is a socket that nobody listens to.
// Between bind(2) and listen(2) of another process it refuses too, so it is
// asked more than once.
func refuses(path string) bool {
	for range 3 {
		c, err := net.Dial("unix", path)
		if err == nil {
			c.Close()
			return false
		}
		if !errors.Is(err, unix.ECONNREFUSED) || !isSocket(path) {
			return false
		}
		time.Sleep(5 * time.Millisecond)
	}
	return true
}

// isSocket: connect(2) is refused by files of other kinds too.
func isSocket(path string) bool {
	st, err := os.Lstat(path)
	return err == nil && st.Mode().Type() == os.ModeSocket
}
