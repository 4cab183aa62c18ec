package queue

import (
	"errors"
	"fmt"
	"path/filepath"
	"strconv"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/queue/layout"
)

// create makes the file at path, whole before it has the name: nobody finds it half written, and nothing is left of it if
// the process is killed meanwhile. It returns the mapping. Errors are errnos: EEXIST, ENOSPC and those of open(2).
func (k kind) create(path string, g geometry, permissions uint32) ([]byte, error) {
	fd, err := openUnnamed(filepath.Dir(path), permissions)
	if err == unix.EOPNOTSUPP || err == unix.EISDIR {
		return k.createNamed(path, g, permissions)
	}
	if err != nil {
		return nil, err
	}
	defer unix.Close(fd)
	memory, err := k.fill(fd, g)
	if err != nil {
		return nil, err
	}
	err = unix.Linkat(unix.AT_FDCWD, "/proc/self/fd/"+strconv.Itoa(fd), unix.AT_FDCWD, path, unix.AT_SYMLINK_FOLLOW)
	if err != nil {
		unix.Munmap(memory)
		return nil, err
	}
	return memory, nil
}

// openUnnamed makes a file without a name in folder.
func openUnnamed(folder string, permissions uint32) (int, error) {
	return again(func() (int, error) { return unix.Open(folder, unix.O_TMPFILE|unix.O_RDWR|unix.O_CLOEXEC, permissions) })
}

// createNamed is create for file systems that have no files without names: the file has another name first.
func (k kind) createNamed(path string, g geometry, permissions uint32) ([]byte, error) {
	first := filepath.Join(filepath.Dir(path), fmt.Sprintf(".%s.%d", filepath.Base(path), unix.Getpid()))
	fd, err := again(func() (int, error) {
		return unix.Open(first, unix.O_CREAT|unix.O_EXCL|unix.O_RDWR|unix.O_CLOEXEC, permissions)
	})
	if err != nil {
		return nil, err
	}
	defer unix.Close(fd)
	defer unix.Unlink(first)
	memory, err := k.fill(fd, g)
	if err != nil {
		return nil, err
	}
	if err := unix.Link(first, path); err != nil {
		unix.Munmap(memory)
		return nil, err
	}
	return memory, nil
}

// anonymous makes the same in memory that has no name, sealed, so that its size stays what it is.
func (k kind) anonymous(g geometry) ([]byte, error) {
	fd, err := unix.MemfdCreate("ipclab", unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING)
	if err != nil {
		return nil, err
	}
	defer unix.Close(fd)
	memory, err := k.fill(fd, g)
	if err != nil {
		return nil, err
	}
	const seals = unix.F_SEAL_SHRINK | unix.F_SEAL_GROW | unix.F_SEAL_SEAL
	if _, err := unix.FcntlInt(uintptr(fd), unix.F_ADD_SEALS, seals); err != nil {
		unix.Munmap(memory)
		return nil, err
	}
	return memory, nil
}

// fill gives an empty file its size and header, and maps it. The room on the disk is taken now: a disk that is full is an
// error here, and not a SIGBUS at a message.
func (k kind) fill(fd int, g geometry) ([]byte, error) {
	_, err := again(func() (int, error) { return 0, unix.Fallocate(fd, 0, 0, int64(g.bytes)) })
	if err == unix.EOPNOTSUPP || err == unix.ENOSYS {
		err = unix.Ftruncate(fd, int64(g.bytes))
	}
	if err != nil {
		return nil, err
	}
	memory, err := mapShared(fd, g.bytes)
	if err != nil {
		return nil, err
	}
	copy(memory, k.header(g))
	return memory, nil
}

// attach opens the file at path, checks it and maps it.
func (k kind) attach(path string) ([]byte, geometry, error) {
	// O_NONBLOCK: should it be a FIFO, nobody waits for its other end.
	fd, err := again(func() (int, error) { return unix.Open(path, unix.O_RDWR|unix.O_CLOEXEC|unix.O_NONBLOCK, 0) })
	if err != nil {
		return nil, geometry{}, err
	}
	defer unix.Close(fd)
	g, err := k.examine(fd)
	if err != nil {
		return nil, geometry{}, err
	}
	memory, err := mapShared(fd, g.bytes)
	return memory, g, err
}

// examine checks that fd is a file of this kind.
func (k kind) examine(fd int) (geometry, error) {
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return geometry{}, err
	}
	if st.Mode&unix.S_IFMT != unix.S_IFREG {
		return geometry{}, fmt.Errorf("%w: it is no file with bytes in it", ErrForeign)
	}
	b := make([]byte, layout.Length)
	n, err := again(func() (int, error) { return unix.Pread(fd, b, 0) })
	if err != nil {
		return geometry{}, err
	}
	return k.parse(b[:n], st.Size)
}

// Remove takes away the name of a queue's or a ring's file; it refuses any other file.
func Remove(path string) error {
	fd, err := again(func() (int, error) { return unix.Open(path, unix.O_RDONLY|unix.O_CLOEXEC|unix.O_NONBLOCK, 0) })
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	_, err = queueKind.examine(fd)
	if errors.Is(err, ErrForeign) {
		if _, ringErr := ringKind.examine(fd); !errors.Is(ringErr, ErrForeign) {
			err = nil
		}
	}
	if err != nil && !errors.Is(err, ErrNamespace) {
		return err
	}
	return unix.Unlink(path)
}

// mapShared maps so many bytes of a file, so that all processes see what one writes.
func mapShared(fd, bytes int) ([]byte, error) {
	return unix.Mmap(fd, 0, bytes, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
}

// namespace returns the inode of this process's PID namespace, 0 if it cannot be known.
func namespace() uint64 {
	var st unix.Stat_t
	if unix.Stat("/proc/self/ns/pid", &st) != nil {
		return 0
	}
	return st.Ino
}

// again makes a system call again for as long as a signal interrupts it. It is for calls that do not wait for others.
func again(call func() (int, error)) (int, error) {
	for {
		if n, err := call(); err != unix.EINTR {
			return n, err
		}
	}
}
