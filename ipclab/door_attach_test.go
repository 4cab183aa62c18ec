package ipclab_test

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"ipclab/ipclab"
)

func TestDoorAttachErrors(t *testing.T) {
	folder := t.TempDir()
	file := func(name, content string) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	full, locked, fifo := file("full", "x"), filepath.Join(folder, "locked"), filepath.Join(folder, "fifo")
	os.Mkdir(locked, 0o500)
	unix.Mkfifo(fifo, 0o600)
	_, taken := attachedDoor(t, doorEcho, 0)
	stream, err := net.Listen("unix", filepath.Join(folder, "stream"))
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Close()
	door := newDoor(t, doorEcho, 0)
	for _, c := range []struct {
		name, path string
		errno      unix.Errno
		words      string
	}{
		{"file with content", full, unix.EEXIST, "would be lost"},
		{"folder", folder, unix.EEXIST, "something else has that name"},
		{"FIFO", fifo, unix.EEXIST, "something else has that name"},
		{"no folder", filepath.Join(folder, "no", "door"), unix.ENOENT, "os.MkdirAll"},
		{"empty path", "", unix.ENOENT, "the path is empty"},
		{"file as folder", full + "/door", unix.ENOTDIR, "not a folder"},
		{"door", taken, unix.EBUSY, "DoorDetach removes it"},
		{"another program's socket", stream.Addr().String(), unix.EBUSY, "another program's socket"},
		{"long name", filepath.Join(folder, strings.Repeat("x", 256)), unix.ENAMETOOLONG, "too long"},
		{"no permission", filepath.Join(locked, "door"), unix.EACCES, "permissions of the folder"},
		{"NUL", "a\x00b", unix.EINVAL, "fattach: "},
	} {
		attach := func() { err = ipclab.DoorAttach(door, c.path) }
		if c.name == "no permission" {
			unprivileged(attach)
		} else {
			attach()
		}
		isDoorError(t, c.name, err, c.errno, c.words)
	}
	for _, c := range []struct {
		name, path string
		errno      unix.Errno
		words      string
	}{
		{"detach a file", full, unix.EINVAL, "no door is attached there"},
		{"detach nothing", filepath.Join(folder, "nothing"), unix.ENOENT, "nothing of that name"},
		{"detach another program's socket", stream.Addr().String(), unix.EINVAL, "not a door's"},
	} {
		isDoorError(t, c.name, ipclab.DoorDetach(c.path), c.errno, c.words)
	}
	names, _ := os.ReadDir(folder)
	if len(names) != 4 {
		t.Errorf("something was left: %v", names)
	}
}

func TestDoorOpenErrors(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "file")
	os.WriteFile(file, nil, 0o600)
	stream, err := net.Listen("unix", filepath.Join(folder, "stream"))
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Close()
	packets, _ := unix.Socket(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	defer unix.Close(packets)
	unix.Bind(packets, &unix.SockaddrUnix{Name: filepath.Join(folder, "packets")})
	unix.Listen(packets, 1)
	_, door := attachedDoor(t, doorEcho, 0) // for the owner alone
	for _, c := range []struct {
		name, path string
		errno      unix.Errno
		words      string
	}{
		{"nothing", filepath.Join(folder, "nothing"), unix.ENOENT, "nothing of that name"},
		{"file", file, unix.EBADF, "no door is attached there"},
		{"stream socket", stream.Addr().String(), unix.EBADF, "not a door's"},
		{"packet socket", filepath.Join(folder, "packets"), unix.EBADF, "not a door's"},
		{"no permission", door, unix.EACCES, "permissions are 0600"},
	} {
		opened := func() { _, err = ipclab.DoorOpen(c.path) }
		if c.name == "no permission" {
			os.Chmod(filepath.Dir(door), 0o755)
			os.Chmod(filepath.Dir(filepath.Dir(door)), 0o755)
			unprivileged(opened)
		} else {
			opened()
		}
		isDoorError(t, c.name, err, c.errno, c.words)
	}
}

// TestDoorPermissions: who may read the file that creat made may call the door.
func TestDoorPermissions(t *testing.T) {
	folder := t.TempDir()
	door := newDoor(t, doorEcho, 0)
	for file, want := range map[os.FileMode]os.FileMode{0o644: 0o666, 0o600: 0o600, 0o640: 0o660, 0o222: 0} {
		path := filepath.Join(folder, fmt.Sprint(file))
		os.WriteFile(path, nil, 0o600)
		os.Chmod(path, file)
		if err := ipclab.DoorAttach(door, path); err != nil {
			t.Fatal(err)
		}
		info, err := os.Lstat(path)
		if err != nil || info.Mode() != os.ModeSocket|want {
			t.Errorf("%o became %v, want %o; %v", file, info.Mode(), want, err)
		}
	}
}

// TestDoorPaths: a door has several names; each is detached alone, and what was opened by it stays open.
func TestDoorPaths(t *testing.T) {
	door, path := attachedDoor(t, doorEcho, 0)
	folder := filepath.Join(t.TempDir(), strings.Repeat("long", 20), strings.Repeat("folder", 20))
	os.MkdirAll(folder, 0o700)
	second := filepath.Join(folder, strings.Repeat("n", 255))
	if err := ipclab.DoorAttach(door, second); err != nil {
		t.Fatal(err)
	}
	client := openDoor(t, second)
	if err := ipclab.DoorDetach(second); err != nil {
		t.Fatal(err)
	}
	isDoorError(t, "twice", ipclab.DoorDetach(second), unix.ENOENT, "fdetach: ")
	if err := ipclab.DoorCall(client, nil); err != nil {
		t.Errorf("opened before it was detached: %v", err)
	}
	if err := ipclab.DoorCall(openDoor(t, path), nil); err != nil {
		t.Errorf("by the other name: %v", err)
	}
	t.Chdir(filepath.Dir(path))
	if err := ipclab.DoorCall(openDoor(t, "door"), nil); err != nil {
		t.Errorf("by a relative name: %v", err)
	}
	if err := ipclab.DoorAttach(door, "relative"); err != nil {
		t.Error(err)
	}
	t.Chdir("/")
	ipclab.DoorRevoke(door)
	if names, _ := os.ReadDir(filepath.Dir(path)); len(names) > 0 {
		t.Errorf("left: %v", names)
	}
}

// TestDoorDetachedByAnother: any process can detach; a name that is another's by now is let alone.
func TestDoorDetachedByAnother(t *testing.T) {
	door, path := attachedDoor(t, doorEcho, 0)
	child := spawn(t, func() {
		if err := ipclab.DoorDetach(path); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	})
	if status, err := child.Wait(); err != nil || status.ExitCode() != 0 {
		t.Fatal(status, err)
	}
	other := newDoor(t, doorEcho, 0)
	if err := ipclab.DoorAttach(other, path); err != nil {
		t.Fatal(err)
	}
	ipclab.DoorRevoke(door)
	if err := ipclab.DoorCall(openDoor(t, path), nil); err != nil {
		t.Errorf("the door that took the name: %v", err)
	}
}

// TestDoorStaleTakenOnce: of many servers that find a dead one's path, one gets it.
func TestDoorStaleTakenOnce(t *testing.T) {
	server, path := servedDoor(t, doorEcho)
	server.Kill()
	server.Wait()
	r, w := pipe(t)
	begin, start := pipe(t)
	const servers = 5
	for range servers {
		spawn(t, func() {
			start.Close()
			begin.Read(make([]byte, 1)) // end of file, for all at once
			door, _ := ipclab.DoorCreate(func(any, []byte, []ipclab.DoorDesc) { ipclab.DoorReturn(fmt.Append(nil, os.Getpid())) }, nil, 0)
			err := ipclab.DoorAttach(door, path)
			switch {
			case err == nil:
				fmt.Fprintln(w, os.Getpid())
			case errors.Is(err, unix.EBUSY):
				fmt.Fprintln(w, 0)
			default:
				fmt.Fprintln(w, -1)
			}
			select {}
		})
	}
	start.Close()
	winners := []int{}
	within(t, func() {
		for range servers {
			var pid int
			fmt.Fscan(r, &pid)
			if pid != 0 {
				winners = append(winners, pid)
			}
		}
	})
	arg := ipclab.DoorArg{}
	if err := ipclab.DoorCall(openDoor(t, path), &arg); err != nil || len(winners) != 1 || fmt.Sprint(winners[0]) != string(arg.Data) {
		t.Errorf("winners %v, answered by %q, %v", winners, arg.Data, err)
	}
	if names, _ := os.ReadDir(filepath.Dir(path)); len(names) != 1 {
		t.Errorf("left: %v", names)
	}
}

// TestDoorAttachDiskFull needs the right to mount; who has it not sees the same errno for other reasons only.
func TestDoorAttachDiskFull(t *testing.T) {
	folder := t.TempDir()
	if err := unix.Mount("none", folder, "tmpfs", 0, "size=4k,nr_inodes=2"); err != nil { // the folder, and one file
		t.Logf("no small file system can be made: %v", err)
		return
	}
	defer unix.Unmount(folder, unix.MNT_DETACH)
	path := filepath.Join(folder, "door")
	os.WriteFile(path, nil, 0o600)
	door := newDoor(t, doorEcho, 0)
	isDoorError(t, "full", ipclab.DoorAttach(door, path), unix.ENOSPC, "fattach: ")
	if names, _ := os.ReadDir(folder); len(names) != 1 {
		t.Errorf("left: %v", names)
	}
	os.Remove(path)
	if err := ipclab.DoorAttach(door, path); err != nil {
		t.Errorf("with room: %v", err)
	}
}
