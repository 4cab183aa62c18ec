package doorserver

import (
	"fmt"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/doorwire"
)

// A former is what had a name before a door was attached to it.
type former struct {
	there       bool
	device, ino uint64
	mode        uint32
}

// ownerOnly are the permissions of a door for whose name there was no file.
const ownerOnly = 0o600

// permissions are those of the door's socket. Who may read the file may call the door, for which Linux wants the
// permission to write.
func (b former) permissions() uint32 {
	if !b.there {
		return ownerOnly
	}
	const read = 0o444
	return b.mode&read | b.mode&read>>1
}

// replaceable looks at what has the name and says why it must stay, if it must.
func (f *folder) replaceable() (former, error) {
	st, err := f.status(f.base)
	if err == unix.ENOENT {
		return former{}, nil
	}
	if err != nil {
		return former{}, err
	}
	b := former{true, st.Dev, st.Ino, st.Mode}
	switch kind := st.Mode & unix.S_IFMT; {
	case st.Uid != uint32(unix.Geteuid()) && unix.Geteuid() != 0:
		return b, because(unix.EPERM, "the file is another user's")
	case kind == unix.S_IFREG && st.Size == 0:
		return b, nil
	case kind == unix.S_IFREG:
		return b, because(unix.EEXIST, "the file is not empty, and what is in it would be lost")
	case kind != unix.S_IFSOCK:
		return b, because(unix.EEXIST, "something else has that name; choose another")
	}
	switch _, s := f.probe(); s {
	case stale:
		return b, nil
	case aliveDoor:
		return b, because(unix.EBUSY, "a door is attached there; DoorDetach removes it")
	}
	return b, because(unix.EBUSY, "another program's socket has that name; choose another")
}

// bind makes a listening socket under a name in the folder. Nobody can connect before its permissions are right.
func (f *folder) bind(name string, permissions uint32) (int, error) {
	fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return -1, fmt.Errorf("socket: %w", err)
	}
	if err = unix.Bind(fd, &unix.SockaddrUnix{Name: doorwire.Path(f.fd, f.path, name)}); err != nil {
		unix.Close(fd)
		return -1, err
	}
	if err = unix.Fchmodat(f.fd, name, permissions, 0); err == nil {
		err = unix.Listen(fd, backlog)
	}
	if err != nil {
		unix.Close(fd)
		f.remove(name)
		return -1, err
	}
	return fd, nil
}

// exchange gives the socket its name, in the place of what was found there before and of nothing else.
func (f *folder) exchange(name string, before former) error {
	if !before.there {
		err := unix.Renameat2(f.fd, name, f.fd, f.base, unix.RENAME_NOREPLACE)
		if err == unix.EEXIST {
			return because(unix.EBUSY, "another process took the name meanwhile")
		}
		return err
	}
	if err := unix.Renameat2(f.fd, name, f.fd, f.base, unix.RENAME_EXCHANGE); err != nil {
		return err
	}
	if st, err := f.status(name); err != nil || st.Dev != before.device || st.Ino != before.ino {
		unix.Renameat2(f.fd, name, f.fd, f.base, unix.RENAME_EXCHANGE)
		return because(unix.EBUSY, "another process took the name meanwhile")
	}
	f.remove(name)
	return nil
}
