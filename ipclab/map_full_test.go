package ipclab_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab"
)

func init() { helpers["map full disk"] = mapFullDisk }

// mapFullDisk is a program in a mount namespace of its own, where it mounts a file system of 16 pages and maps a file in
// it that is longer than that. The namespace and what is mounted in it end with the program.
func mapFullDisk() {
	folder := os.Args[len(os.Args)-1]
	size := fmt.Sprintf("size=%d", 16*os.Getpagesize())
	err := errors.Join(unix.Mount("", "/", "", unix.MS_PRIVATE|unix.MS_REC, ""), unix.Mount("tmpfs", folder, "tmpfs", 0, size))
	if err != nil {
		fmt.Println("mount:", err)
		return
	}
	path := filepath.Join(folder, "file")
	fd, _ := ipclab.Open(path, unix.O_RDWR|unix.O_CREAT, 0o600)
	length := 32 * os.Getpagesize()
	fmt.Println("ftruncate:", ipclab.Ftruncate(fd, int64(length))) // takes no room
	m, err := ipclab.Map(fd, 0, 0, readWrite, unix.MAP_SHARED)
	fmt.Println("mmap:", err)
	written := 0
	fault := faultOf(func() {
		for ; written < length; written += os.Getpagesize() {
			m.Bytes()[written] = 1
		}
	})
	fmt.Println("pages written:", written/os.Getpagesize(), "then a fault:", fault != nil)
	_, err = fd.Write(make([]byte, length))
	fmt.Println("write:", errors.Is(err, unix.ENOSPC))
	fmt.Println("fallocate:", unix.Fallocate(int(fd), 0, 0, int64(length)))
	_, err = ipclab.FileAccess(ipclab.FileAccessOptions{Folder: folder})
	fmt.Println("FileAccess:", errors.Is(err, unix.ENOSPC))
}

func TestMapFullDisk(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	program := exec.CommandContext(ctx, "/proc/self/exe", t.TempDir())
	program.Env = append(os.Environ(), helperVariable+"=map full disk")
	program.SysProcAttr = &syscall.SysProcAttr{Cloneflags: unix.CLONE_NEWNS}
	if os.Geteuid() != 0 { // a user namespace gives the right to mount
		program.SysProcAttr.Cloneflags |= unix.CLONE_NEWUSER
		program.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Geteuid(), Size: 1}}
		program.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getegid(), Size: 1}}
	}
	out, err := program.CombinedOutput()
	want := "ftruncate: <nil>\nmmap: <nil>\npages written: 16 then a fault: true\nwrite: true\n" +
		"fallocate: no space left on device\nFileAccess: true\n"
	if string(out) != want || err != nil {
		t.Errorf("%v, printed\n%s\nwant\n%s", err, out, want)
	}
}
