package ipclab_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"ipclab/ipclab"
)

// doorEcho answers with the argument and the descriptors.
func doorEcho(_ any, arg []byte, desc []ipclab.DoorDesc) {
	for i := range desc {
		desc[i].Attributes = ipclab.DoorRelease
	}
	fmt.Fprintln(os.Stderr, ipclab.DoorReturn(arg, desc...))
}

// newDoor makes a door for a test.
func newDoor(t *testing.T, server ipclab.DoorServer, attributes ipclab.DoorAttributes) ipclab.FD {
	t.Helper()
	door, err := ipclab.DoorCreate(server, nil, attributes)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ipclab.DoorRevoke(door) })
	return door
}

// attachedDoor makes a door with a path.
func attachedDoor(t *testing.T, server ipclab.DoorServer, attributes ipclab.DoorAttributes) (door ipclab.FD, path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "door")
	door = newDoor(t, server, attributes)
	if err := ipclab.DoorAttach(door, path); err != nil {
		t.Fatal(err)
	}
	return door, path
}

// openDoor opens a door for a test.
func openDoor(t *testing.T, path string) ipclab.FD {
	t.Helper()
	door, err := ipclab.DoorOpen(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { door.Close() })
	return door
}

// servedDoor runs a server in a child, attached to a path, until it is killed.
func servedDoor(t *testing.T, server ipclab.DoorServer) (child *ipclab.Process, path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "door")
	r, w := pipe(t)
	child = spawn(t, func() {
		door, err := ipclab.DoorCreate(server, nil, 0)
		if err == nil {
			err = ipclab.DoorAttach(door, path)
		}
		fmt.Fprintln(w, err)
		select {}
	})
	var err string
	fmt.Fscan(r, &err)
	if err != "<nil>" {
		t.Fatal(err)
	}
	return child, path
}

// isDoorError checks an error's errno and a part of its words.
func isDoorError(t *testing.T, what string, err error, errno unix.Errno, words string) {
	t.Helper()
	if !errors.Is(err, errno) || !strings.Contains(fmt.Sprint(err), words) {
		t.Errorf("%s: %v; want %v and %q", what, err, errno, words)
	}
}

func TestDoorResultRoom(t *testing.T) {
	door := newDoor(t, doorEcho, 0)
	for _, size := range []int{0, 1, 64 << 10, 64<<10 + 1, 3 << 20} {
		for _, room := range []int{0, size, size + 1, size - 1} {
			data, rbuf := bytes.Repeat([]byte{5}, size), make([]byte, max(room, 0))
			arg := ipclab.DoorArg{Data: data, RBuf: rbuf}
			if err := ipclab.DoorCall(door, &arg); err != nil {
				t.Fatalf("%d bytes: %v", size, err)
			}
			if !bytes.Equal(arg.Data, data) {
				t.Errorf("%d bytes came back as %d", size, len(arg.Data))
			}
			if size > 0 && (&arg.Data[0] == &arg.RBuf[0]) != true {
				t.Error("RBuf is not where the result is")
			}
			if fits := len(rbuf) >= size && size > 0; fits && &arg.RBuf[0] != &rbuf[0] || len(arg.RBuf) < size {
				t.Errorf("%d bytes, room for %d: RBuf has %d afterwards", size, room, len(arg.RBuf))
			}
		}
	}
	if err := ipclab.DoorCall(door, nil); err != nil {
		t.Errorf("nil: %v", err)
	}
}

func TestDoorCookieAndEmptyResult(t *testing.T) {
	var got any
	var nothing bool
	door, err := ipclab.DoorCreate(func(cookie any, arg []byte, desc []ipclab.DoorDesc) { got, nothing = cookie, arg != nil && desc == nil }, "cookie", 0)
	if err != nil {
		t.Fatal(err)
	}
	defer ipclab.DoorRevoke(door)
	arg := ipclab.DoorArg{}
	if err := ipclab.DoorCall(door, &arg); err != nil || len(arg.Data) != 0 || got != "cookie" || !nothing {
		t.Errorf("%v, %q, cookie %v, %v", err, arg.Data, got, nothing)
	}
}

func TestDoorCallErrors(t *testing.T) {
	r, _ := pipe(t)
	closed, _ := ipclab.DoorCreate(doorEcho, nil, 0)
	closed.Close()
	pair, _ := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	defer unix.Close(pair[0])
	defer unix.Close(pair[1])
	for name, fd := range map[string]ipclab.FD{
		"pipe": r, "closed": closed, "negative": -1, "too large": 1 << 40, "query": ipclab.DoorQuery, "socket": ipclab.FD(pair[0]),
	} {
		isDoorError(t, name, ipclab.DoorCall(fd, nil), unix.EBADF, "not a door")
		isDoorError(t, name+", attach", ipclab.DoorAttach(fd, "/tmp/x"), unix.EBADF, "fattach: /tmp/x: ")
		isDoorError(t, name+", revoke", ipclab.DoorRevoke(fd), unix.EBADF, "door_revoke: ")
		if _, err := ipclab.DoorInfo(fd); name != "query" {
			isDoorError(t, name+", info", err, unix.EBADF, "door_info: ")
		}
		_, err := ipclab.DoorGetParam(fd, ipclab.DoorParamThreads)
		isDoorError(t, name+", parameter", err, unix.EBADF, "door_getparam: ")
	}
	if n, err := unix.Poll([]unix.PollFd{{Fd: int32(pair[1]), Events: unix.POLLIN}}, 0); n != 0 || err != nil {
		t.Error("something was sent over a socket that is no door's")
	}
	door := newDoor(t, doorEcho, 0)
	isDoorError(t, "descriptor", ipclab.DoorCall(door, &ipclab.DoorArg{Desc: []ipclab.DoorDesc{{FD: 1 << 20}}}), unix.EBADF, "pass: descriptor 1048576")
	isDoorError(t, "limit", ipclab.DoorCallWithin(door, nil, -1), unix.EINVAL, "0 or more")
	isDoorError(t, "data", ipclab.DoorCall(door, &ipclab.DoorArg{Desc: make([]ipclab.DoorDesc, 253)}), unix.E2BIG, "252")
	_, err := ipclab.DoorCreate(nil, nil, 0)
	isDoorError(t, "no procedure", err, unix.EINVAL, "nil")
	_, err = ipclab.DoorCreate(doorEcho, nil, ipclab.DoorLocal|1<<30)
	isDoorError(t, "attributes", err, unix.EINVAL, "DoorLocal|0x40000000")
	isDoorError(t, "return", ipclab.DoorReturn(nil), unix.EINVAL, "no door call is being answered")
	_, err = ipclab.DoorCred()
	isDoorError(t, "cred", err, unix.EINVAL, "no door call is being answered")
	_, err = ipclab.DoorInfo(ipclab.DoorQuery)
	isDoorError(t, "query", err, unix.EINVAL, "no door call is being answered")
}

func TestDoorDescriptors(t *testing.T) {
	door := newDoor(t, doorEcho, 0)
	r, w := pipe(t)
	number, _ := unix.Dup(int(w))
	copyOf := ipclab.FD(number)
	arg := ipclab.DoorArg{Desc: []ipclab.DoorDesc{{FD: r}, {FD: copyOf, Attributes: ipclab.DoorRelease}, {FD: door}}}
	if err := ipclab.DoorCall(door, &arg); err != nil || len(arg.Desc) != 3 {
		t.Fatal(arg.Desc, err)
	}
	if _, err := unix.FcntlInt(uintptr(copyOf), unix.F_GETFD, 0); err == nil && !slices.ContainsFunc(arg.Desc, func(d ipclab.DoorDesc) bool { return d.FD == copyOf }) {
		t.Errorf("%v was given away and is open", copyOf)
	}
	fmt.Fprint(arg.Desc[1].FD, "through")
	p := make([]byte, 10)
	n, err := arg.Desc[0].FD.Read(p)
	if string(p[:n]) != "through" || err != nil {
		t.Errorf("read %q, %v", p[:n], err)
	}
	info, err := ipclab.DoorInfo(arg.Desc[2].FD)
	if err != nil || info.Uniquifier != arg.Desc[2].ID || arg.Desc[2].Attributes != ipclab.DoorDescriptor|ipclab.DoorLocal || arg.Desc[0].ID != 0 {
		t.Errorf("%v, %v, %v", info, arg.Desc, err)
	}
	for _, d := range arg.Desc {
		d.FD.Close()
	}
}

func TestDoorReturnErrors(t *testing.T) {
	errs := make(chan error, 2)
	door := newDoor(t, func(_ any, _ []byte, _ []ipclab.DoorDesc) {
		errs <- ipclab.DoorReturn(nil, ipclab.DoorDesc{FD: 1 << 20})
		other := make(chan error)
		go func() { other <- ipclab.DoorReturn(nil) }()
		errs <- <-other
		ipclab.DoorReturn([]byte("still"))
	}, 0)
	arg := ipclab.DoorArg{}
	if err := ipclab.DoorCall(door, &arg); err != nil || string(arg.Data) != "still" {
		t.Errorf("%q, %v", arg.Data, err)
	}
	isDoorError(t, "descriptor", <-errs, unix.EBADF, "descriptor 1048576")
	isDoorError(t, "other goroutine", <-errs, unix.EINVAL, "only the goroutine of a server procedure")
}

func TestDoorProcedureFails(t *testing.T) {
	ways := map[string]func(){
		"panic":  func() { panic("as asked") },
		"goexit": runtime.Goexit,
		"nil":    func() { var p *int; *p = 1 },
	}
	door := newDoor(t, func(_ any, arg []byte, _ []ipclab.DoorDesc) {
		if f := ways[string(arg)]; f != nil {
			f()
		}
		ipclab.DoorReturn(arg)
	}, 0)
	stderr := os.Stderr
	r, w, _ := os.Pipe()
	os.Stderr = w
	for name := range ways {
		isDoorError(t, name, ipclab.DoorCall(door, &ipclab.DoorArg{Data: []byte(name)}), unix.EINTR, "without DoorReturn")
		arg := ipclab.DoorArg{Data: []byte("well")}
		if err := ipclab.DoorCall(door, &arg); err != nil || string(arg.Data) != "well" {
			t.Errorf("after %s: %q, %v", name, arg.Data, err)
		}
	}
	os.Stderr = stderr
	w.Close()
	said := make([]byte, 1000)
	n, _ := r.Read(said)
	r.Close()
	if !strings.Contains(string(said[:n]), "panic in the server procedure of a door") {
		t.Errorf("standard error has %q", said[:n])
	}
}

func TestDoorRevoked(t *testing.T) {
	begun, release := make(chan bool), make(chan bool)
	door, path := attachedDoor(t, func(_ any, arg []byte, _ []ipclab.DoorDesc) {
		begun <- true
		<-release
		ipclab.DoorReturn(arg)
	}, 0)
	if err := ipclab.DoorSetParam(door, ipclab.DoorParamThreads, 1); err != nil {
		t.Fatal(err)
	}
	client := openDoor(t, path)
	call := func() chan error {
		result := make(chan error, 1)
		go func() { result <- ipclab.DoorCall(client, nil) }()
		return result
	}
	running := call()
	<-begun
	waiting := call()
	if err := ipclab.DoorRevoke(door); err != nil {
		t.Fatal(err)
	}
	isDoorError(t, "later", ipclab.DoorCall(client, nil), unix.EBADF, "revoked")
	isDoorError(t, "the creator's", ipclab.DoorCall(door, nil), unix.EBADF, "not open")
	close(release)
	within(t, func() {
		if err := <-running; err != nil {
			t.Errorf("the call that was being answered: %v", err)
		}
		isDoorError(t, "one that waited", <-waiting, unix.EBADF, "revoked")
	})
	if info, err := ipclab.DoorInfo(client); err != nil || info.Target != -1 || info.Attributes != ipclab.DoorRevoked {
		t.Errorf("%v, %v", info, err)
	}
	if _, err := os.Lstat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the path is there: %v", err)
	}
}
