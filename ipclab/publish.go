package ipclab

import (
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// publish makes a file of the given contents appear at path all at once, and so that it survives a power failure: it is
// written under a name that nobody looks at, in a folder of the same file system, then brought to disk, then renamed, and
// then the folder, which holds the name, is brought to disk too. The error is EEXIST if path is there already; then, and
// after any other error, the other name is gone.
func publish(temporary, path string, data []byte, permissions uint32) error {
	fd, err := retry(func() (int, error) {
		return unix.Open(temporary, unix.O_WRONLY|unix.O_CREAT|unix.O_EXCL|unix.O_CLOEXEC, permissions)
	})
	if err != nil {
		return err
	}
	renamed := false
	defer func() {
		if !renamed { // an error, or the cell was interrupted
			unix.Unlink(temporary)
		}
	}()
	if err := writeToDisk(fd, data); err != nil {
		return err
	}
	if err := renameNew(temporary, path); err != nil {
		return err
	}
	renamed = true
	return syncFolder(filepath.Dir(path))
}

// publishFolder is publish for a folder with files in it: all of them appear at once, by the rename of the folder.
func publishFolder(temporary, path string, files map[string][]byte, permissions uint32) error {
	const search = 0o111 // who may read the files may look into the folder
	if err := unix.Mkdir(temporary, permissions|search); err != nil {
		return err
	}
	renamed := false
	defer func() {
		if !renamed {
			os.RemoveAll(temporary)
		}
	}()
	for name, data := range files {
		fd, err := retry(func() (int, error) {
			return unix.Open(filepath.Join(temporary, name), unix.O_WRONLY|unix.O_CREAT|unix.O_EXCL|unix.O_CLOEXEC, permissions)
		})
		if err != nil {
			return err
		}
		if err := writeToDisk(fd, data); err != nil {
			return err
		}
	}
	if err := syncFolder(temporary); err != nil {
		return err
	}
	if err := renameNew(temporary, path); err != nil {
		return err
	}
	renamed = true
	return syncFolder(filepath.Dir(path))
}

// writeToDisk writes data to a file, closes it, and returns when it is on the disk.
func writeToDisk(fd int, data []byte) error {
	defer unix.Close(fd)
	for len(data) > 0 {
		n, err := retry(func() (int, error) { return unix.Write(fd, data) })
		if err != nil {
			return err
		}
		data = data[n:]
	}
	return syncFile(fd)
}

// syncFile brings a file to disk.
func syncFile(fd int) error {
	_, err := retry(func() (int, error) { return 0, unix.Fsync(fd) })
	return err
}

// syncFolder brings the names in a folder to disk.
func syncFolder(path string) error {
	fd, err := retry(func() (int, error) { return unix.Open(path, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0) })
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	return syncFile(fd)
}

// renameNew renames a file, and fails with EEXIST if the new name is there: rename(2) alone would replace what it names.
// Where a file system has no such rename, a second name is made, which fails in the same way, and the first removed.
func renameNew(from, to string) error {
	err := unix.Renameat2(unix.AT_FDCWD, from, unix.AT_FDCWD, to, unix.RENAME_NOREPLACE)
	if err == unix.EINVAL || err == unix.ENOSYS {
		return linkNew(from, to)
	}
	return err
}

// linkNew is renameNew by link(2) and unlink(2). A folder has one name only; rename(2) replaces none that holds anything.
func linkNew(from, to string) error {
	err := unix.Link(from, to)
	switch err {
	case nil:
		return unix.Unlink(from)
	case unix.EPERM:
		return unix.Rename(from, to)
	}
	return err
}

// fileReason says what an error means for a file below folder.
func fileReason(path string, err error) error {
	errno, ok := err.(unix.Errno)
	switch {
	case !ok:
		return err
	case errno == unix.EACCES:
		return because(errno, "the permissions of folder %s, or of one above it, forbid it", filepath.Dir(path))
	case errno == unix.ENOSPC:
		return because(errno, "the disk is full, nothing was published")
	case errno == unix.EDQUOT:
		return because(errno, "the quota is used up, nothing was published")
	}
	return pathReason(path, errno)
}
