package doorserver

import (
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/doorwire"
)

// A file is a name in the file system and what it names.
type file struct {
	path        string // absolute
	device, ino uint64
}

const (
	backlog  = 4096
	lockMost = 2 * time.Second // to wait for others that attach or detach in the same folder
	lockStep = 2 * time.Millisecond
)

// Attach gives the door a name in the file system. What may have the name already: an empty file, whose permissions to
// read become those to call, and a socket that no process listens on any more. They are replaced in one step.
func (d *Door) Attach(path string) error {
	folder, err := openFolder(path)
	if err != nil {
		return err
	}
	defer folder.close()
	before, err := folder.replaceable()
	if err != nil {
		return err
	}
	name := d.socketName(folder.base)
	fd, err := folder.bind(name, before.permissions())
	if err != nil {
		return err
	}
	made, err := folder.status(name)
	if err == nil {
		err = folder.exchange(name, before)
	}
	if err != nil {
		unix.Close(fd)
		folder.remove(name)
		return err
	}
	f := file{path: folder.path, device: made.Dev, ino: made.Ino}
	if err := d.listen(f, fd); err != nil {
		folder.remove(folder.base)
		return err
	}
	return nil
}

// socketName is the name to which a socket is bound before it gets the one that was asked for.
func (d *Door) socketName(base string) string {
	const enough = 40
	return "." + base[:min(len(base), enough)] + "." + d.name()
}

// Detach removes the name of a door, whoever serves it, or of a socket that was left behind.
func Detach(path string) error {
	folder, err := openFolder(path)
	if err != nil {
		return err
	}
	defer folder.close()
	st, err := folder.status(folder.base)
	if err != nil {
		return err
	}
	if st.Mode&unix.S_IFMT != unix.S_IFSOCK {
		return because(unix.EINVAL, "no door is attached there")
	}
	id, state := folder.probe()
	if state == aliveNoDoor || state == unknown {
		return because(unix.EINVAL, "it is a socket, but not a door's")
	}
	if err := unix.Unlinkat(folder.fd, folder.base, 0); err != nil {
		return err
	}
	if d := Find(id); d != nil {
		d.detached(st.Dev, st.Ino)
	}
	return nil
}

// detached ends the listener whose name was removed.
func (d *Door) detached(device, ino uint64) {
	d.mu.Lock()
	var found *listener
	for l := range d.listeners {
		if l.file.device == device && l.file.ino == ino {
			found = l
		}
	}
	d.mu.Unlock()
	if found != nil {
		d.unlisten(found)
	}
}

// removeName removes the name if it still is the listener's.
func (l *listener) removeName() {
	folder, err := openFolder(l.file.path)
	if err != nil {
		return
	}
	defer folder.close()
	st, err := folder.status(folder.base)
	if err == nil && st.Dev == l.file.device && st.Ino == l.file.ino {
		folder.remove(folder.base)
	}
}

// because makes a reason that says more than its errno does.
func because(errno unix.Errno, format string, args ...any) error {
	return fmt.Errorf("%s: %w", fmt.Sprintf(format, args...), errno)
}

// A folder is open and locked: nobody else attaches or detaches in it meanwhile.
type folder struct {
	fd         int
	path, base string // of the file
}

func openFolder(path string) (*folder, error) {
	if path == "" {
		return nil, unix.ENOENT
	}
	absolute, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	f := &folder{path: absolute, base: filepath.Base(absolute)}
	if f.fd, err = unix.Open(filepath.Dir(absolute), unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0); err != nil {
		return nil, err
	}
	for end := time.Now().Add(lockMost); ; time.Sleep(lockStep) {
		err = unix.Flock(f.fd, unix.LOCK_EX|unix.LOCK_NB)
		if err == nil {
			return f, nil
		}
		if !errors.Is(err, unix.EWOULDBLOCK) && !errors.Is(err, unix.EINTR) || time.Now().After(end) {
			f.close()
			return nil, because(unix.EBUSY, "folder %s is locked by another process", filepath.Dir(absolute))
		}
	}
}

func (f *folder) close() { unix.Close(f.fd) }

func (f *folder) remove(name string) { unix.Unlinkat(f.fd, name, 0) }

func (f *folder) status(name string) (st unix.Stat_t, err error) {
	err = unix.Fstatat(f.fd, name, &st, unix.AT_SYMLINK_NOFOLLOW)
	return st, err
}

// What is behind the name of a socket.
type state int

const (
	stale state = iota
	aliveDoor
	aliveNoDoor
	unknown
)

// probe finds out by connecting whether a process listens on the socket, and whether it is a door's.
func (f *folder) probe() (id uint64, s state) {
	fd, err := doorwire.Dial(f.fd, f.base, unix.O_NOFOLLOW|unix.SOCK_NONBLOCK)
	switch err {
	case nil:
		defer unix.Close(fd)
		if id, door := doorwire.Identify(fd); door {
			return id, aliveDoor
		}
		return 0, aliveNoDoor
	case unix.EPROTOTYPE, unix.EAGAIN:
		return 0, aliveNoDoor
	case unix.ECONNREFUSED:
		return 0, stale
	}
	return 0, unknown
}
