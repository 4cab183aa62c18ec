package ipclab_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"

	"ipclab/ipclab"
)

// TestWriteToFullDevice: /dev/full has no room for anything.
func TestWriteToFullDevice(t *testing.T) {
	full, err := ipclab.Open("/dev/full", unix.O_WRONLY)
	if err != nil {
		t.Fatal(err)
	}
	defer full.Close()
	n, err := full.Write([]byte("text"))
	if n != 0 || !errors.Is(err, unix.ENOSPC) || err.Error() != fmt.Sprintf("write: %v: no space left on device (ENOSPC)", full) {
		t.Errorf("%d, %v", n, err)
	}
	if _, err := fmt.Fprintln(full, "text"); !errors.Is(err, unix.ENOSPC) {
		t.Errorf("by way of fmt: %v", err)
	}
}

// TestFullFileSystem fills a file system of 64 KiB and four files. Where none may be mounted, what stands in for it is
// the device of TestWriteToFullDevice.
func TestFullFileSystem(t *testing.T) {
	folder := t.TempDir()
	r, w := pipe(t)
	p := spawn(t, func() { fmt.Fprint(w, fullFileSystem(folder)) })
	w.Close()
	said, _ := io.ReadAll(r)
	status, err := p.Wait()
	if err != nil || status.ExitCode() != 0 || len(said) > 0 {
		t.Errorf("%s%v, %v", said, status, err)
	}
}

// fullFileSystem returns what is wrong. The file system is seen by the calling thread alone, and goes with it.
func fullFileSystem(folder string) string {
	runtime.LockOSThread()
	err := unix.Unshare(unix.CLONE_NEWNS)
	if err == nil {
		err = errors.Join(unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""), unix.Mount("tmpfs", folder, "tmpfs", 0, "size=64k,nr_inodes=5"))
	}
	if errors.Is(err, unix.EPERM) || errors.Is(err, unix.ENOSYS) {
		return "" // for root only
	}
	if err != nil {
		return err.Error()
	}
	file, err := ipclab.Open(folder+"/file", unix.O_WRONLY|unix.O_CREAT, 0o600)
	if err != nil {
		return err.Error()
	}
	const room = 64 << 10
	if n, err := file.Write(make([]byte, 2*room)); n != room || !errors.Is(err, unix.ENOSPC) {
		return fmt.Sprintf("wrote %d of %d bytes into room for %d: %v\n", n, 2*room, room, err)
	}
	if n, err := file.Write([]byte("more")); n != 0 || !errors.Is(err, unix.ENOSPC) {
		return fmt.Sprintf("then %d bytes: %v\n", n, err)
	}
	for i := range 10 {
		err = errors.Join(err, ipclab.Mkfifo(fmt.Sprintf("%s/fifo%d", folder, i), 0o600))
	}
	if !errors.Is(err, unix.ENOSPC) {
		return fmt.Sprintf("ten FIFOs: %v\n", err)
	}
	os.Setenv("TMPDIR", folder)
	if _, err := ipclab.Atomicity(); !errors.Is(err, unix.ENOSPC) {
		return fmt.Sprintf("Atomicity: %v\n", err)
	}
	return ""
}
