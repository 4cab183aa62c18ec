package ipclab_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"ipclab/ipclab"
)

// shmName returns the name of a shared memory object that nobody else has.
func shmName(t *testing.T) string {
	t.Helper()
	name := fmt.Sprintf("/ipclab-test-%d-%s", os.Getpid(), t.Name())
	t.Cleanup(func() { ipclab.ShmUnlink(name) })
	return name
}

func TestShm(t *testing.T) {
	name := shmName(t)
	fd, err := ipclab.ShmOpen(name, unix.O_RDWR|unix.O_CREAT|unix.O_EXCL, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer fd.Close()
	if err := ipclab.Ftruncate(fd, 4096); err != nil {
		t.Fatal(err)
	}
	mapping(t, fd).Bytes()[9] = 9
	child := spawn(t, func() { // it knows the name, and closes what it inherited
		fd.Close()
		other, err := ipclab.ShmOpen(name, unix.O_RDONLY)
		if err != nil {
			unix.Exit(1)
		}
		m, err := ipclab.Map(other, 0, 0, unix.PROT_READ, unix.MAP_SHARED)
		if err != nil {
			unix.Exit(2)
		}
		unix.Exit(int(m.Bytes()[9]))
	})
	if status, _ := child.Wait(); status.ExitCode() != 9 {
		t.Errorf("another process %v, not with what is in the object", status)
	}
	_, err = ipclab.ShmOpen(name, unix.O_RDWR|unix.O_CREAT|unix.O_EXCL, 0o600)
	wantError(t, "exists", err, unix.EEXIST, "an object of that name is there already")
	if err := ipclab.ShmUnlink(name); err != nil {
		t.Error(err)
	}
	_, err = ipclab.ShmOpen(name, unix.O_RDWR)
	wantError(t, "gone", err, unix.ENOENT, "unix.O_CREAT makes it")
	wantError(t, "unlink again", ipclab.ShmUnlink(name), unix.ENOENT, "shm_unlink: "+name)
	if _, err := os.Stat("/dev/shm" + name); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("left in /dev/shm: %v", err)
	}
}

func TestShmErrors(t *testing.T) {
	for _, c := range []struct {
		name  string
		flags int
		is    unix.Errno
		text  string
	}{
		{"", unix.O_RDWR, unix.EINVAL, "one slash followed by"},
		{"/", unix.O_RDWR, unix.EINVAL, "one slash followed by"},
		{"/..", unix.O_RDWR, unix.EINVAL, "one slash followed by"},
		{"queue", unix.O_RDWR, unix.EINVAL, "one slash followed by"},
		{"/a/b", unix.O_RDWR, unix.EINVAL, "one slash followed by"},
		{"/" + strings.Repeat("x", 256), unix.O_RDWR, unix.ENAMETOOLONG, "want at most 255"},
		{"/ipclab-test-none", unix.O_WRONLY, unix.EINVAL, "unix.O_RDWR"},
		{"/ipclab-test-none", unix.O_RDWR, unix.ENOENT, "nothing of that name"},
	} {
		_, err := ipclab.ShmOpen(c.name, c.flags)
		wantError(t, "open "+c.name, err, c.is, "shm_open: ")
		wantError(t, "open "+c.name, err, c.is, c.text)
		if c.flags == unix.O_RDWR {
			wantError(t, "unlink "+c.name, ipclab.ShmUnlink(c.name), c.is, "shm_unlink: ")
		}
	}
	_, err := ipclab.ShmOpen("/ipclab-test-none", unix.O_RDWR, 0o600)
	wantError(t, "permissions alone", err, unix.EINVAL, "give O_CREAT too")
	link := shmName(t)
	if err := os.Symlink("/etc/passwd", "/dev/shm"+link); err != nil {
		t.Fatal(err)
	}
	_, err = ipclab.ShmOpen(link, unix.O_RDONLY)
	wantError(t, "link", err, unix.ELOOP, "shm_open: ")
}

func TestShmForbidden(t *testing.T) {
	name := shmName(t)
	fd, err := ipclab.ShmOpen(name, unix.O_RDWR|unix.O_CREAT|unix.O_EXCL, 0)
	if err != nil {
		t.Fatal(err)
	}
	fd.Close()
	unprivileged(func() { _, err = ipclab.ShmOpen(name, unix.O_RDWR) })
	wantError(t, "no permission", err, unix.EACCES, "its permissions are 0, and its owner may be another user")
}

func TestMemfd(t *testing.T) {
	fd, err := ipclab.MemfdCreate("scratch", unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING)
	if err != nil {
		t.Fatal(err)
	}
	defer fd.Close()
	if err := ipclab.Ftruncate(fd, 4096); err != nil {
		t.Fatal(err)
	}
	m := mapping(t, fd)
	if !strings.Contains(m.String(), "memfd:scratch") {
		t.Errorf("%v", m)
	}
	m.Unmap()
	if _, err := unix.FcntlInt(uintptr(fd), unix.F_ADD_SEALS, unix.F_SEAL_WRITE|unix.F_SEAL_GROW); err != nil {
		t.Fatal(err)
	}
	_, err = ipclab.Map(fd, 0, 0, readWrite, unix.MAP_SHARED)
	wantError(t, "sealed", err, unix.EPERM, "sealed against writing")
	wantError(t, "sealed", ipclab.Ftruncate(fd, 8192), unix.EPERM, "sealed against getting longer")
	_, err = ipclab.MemfdCreate(strings.Repeat("x", 250), 0)
	wantError(t, "long name", err, unix.EINVAL, "at most 249 bytes")
}

func TestFtruncateErrors(t *testing.T) {
	path, fd := mappedFile(t, 10)
	reader, err := ipclab.Open(path, unix.O_RDONLY)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	for _, c := range []struct {
		name   string
		fd     ipclab.FD
		length int64
		is     unix.Errno
		text   string
	}{
		{"negative", fd, -1, unix.EINVAL, "length -1: want 0 or more"},
		{"for reading", reader, 1, unix.EINVAL, "not open for writing"},
		{"not open", 1 << 20, 1, unix.EBADF, "ftruncate: descriptor 1048576"},
		{"no descriptor", -1, 1, unix.EBADF, "ftruncate: "},
	} {
		wantError(t, c.name, ipclab.Ftruncate(c.fd, c.length), c.is, c.text)
	}
	if info, err := os.Stat(path); err != nil || info.Size() != 10 {
		t.Errorf("the file has %d bytes, %v", info.Size(), err)
	}
}

// TestMappingWithoutFile: what was mapped stays when its name and descriptor are gone.
func TestMappingWithoutFile(t *testing.T) {
	path, fd := mappedFile(t, 4096)
	m := mapping(t, fd)
	if err := errors.Join(os.Remove(path), fd.Close()); err != nil {
		t.Fatal(err)
	}
	m.Bytes()[4095] = 1
	if err := m.Sync(); err != nil || m.Bytes()[4095] != 1 {
		t.Error(err)
	}
	_, err := ipclab.Open(path, unix.O_RDWR)
	wantError(t, "missing", err, unix.ENOENT, "has nothing of that name")
	_, err = ipclab.Open(filepath.Join(filepath.Dir(path), "no", "file"), unix.O_RDWR|unix.O_CREAT)
	wantError(t, "no folder", err, unix.ENOENT, "os.MkdirAll")
}
