package ipclab_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab"
)

// A server that opens files for others: the descriptor comes with the result, and the client reads the file itself.
func ExampleDoorReturn() {
	note := filepath.Join(os.TempDir(), fmt.Sprint("note", os.Getpid()))
	os.WriteFile(note, []byte("for whoever asks"), 0o600)
	defer os.Remove(note)
	deferred := make(chan string, 1)
	door, _ := ipclab.DoorCreate(func(cookie any, arg []byte, desc []ipclab.DoorDesc) {
		file, err := ipclab.Open(cookie.(string), unix.O_RDONLY)
		if err != nil {
			ipclab.DoorReturn([]byte(err.Error()))
		}
		defer func() { deferred <- "deferred calls are made" }()
		ipclab.DoorReturn([]byte("opened"), ipclab.DoorDesc{FD: file, Attributes: ipclab.DoorRelease})
		fmt.Println("this is not reached")
	}, note, 0)
	defer ipclab.DoorRevoke(door)

	arg := ipclab.DoorArg{}
	err := ipclab.DoorCall(door, &arg)
	text, _ := io.ReadAll(arg.Desc[0].FD)
	arg.Desc[0].FD.Close()
	fmt.Println(string(arg.Data), err)
	fmt.Println(string(text))
	fmt.Println(<-deferred)
	// Output:
	// opened <nil>
	// for whoever asks
	// deferred calls are made
}

// The caller's credentials come from Linux, not from the caller.
func ExampleDoorCred() {
	door, _ := ipclab.DoorCreate(func(_ any, _ []byte, _ []ipclab.DoorDesc) {
		cred, err := ipclab.DoorCred()
		ipclab.DoorReturn(fmt.Append(nil, cred.PID == os.Getpid(), cred.EUID == os.Geteuid(), err))
	}, nil, 0)
	defer ipclab.DoorRevoke(door)
	arg := ipclab.DoorArg{}
	ipclab.DoorCall(door, &arg)
	fmt.Println(string(arg.Data))
	// Output: true true <nil>
}

// A revoked door is gone for all who have it.
func ExampleDoorRevoke() {
	door, _ := ipclab.DoorCreate(func(any, []byte, []ipclab.DoorDesc) {}, nil, 0)
	path := filepath.Join(os.TempDir(), fmt.Sprint("door", os.Getpid()))
	ipclab.DoorAttach(door, path)
	client, _ := ipclab.DoorOpen(path)
	defer client.Close()
	before, _ := ipclab.DoorInfo(client)
	fmt.Println(before.Target == os.Getpid(), before.Attributes, ipclab.DoorCall(client, nil))

	fmt.Println(ipclab.DoorRevoke(door))
	after, _ := ipclab.DoorInfo(client)
	fmt.Println(after.Target, after.Attributes, errors.Is(ipclab.DoorCall(client, nil), unix.EBADF))
	// Output:
	// true DoorLocal <nil>
	// <nil>
	// -1 DoorRevoked true
}

// A call that takes too long is given up; the procedure runs on, and its result is thrown away.
func ExampleDoorCallWithin() {
	done := make(chan bool)
	door, _ := ipclab.DoorCreate(func(any, []byte, []ipclab.DoorDesc) {
		<-done
		ipclab.DoorReturn([]byte("late"))
	}, nil, 0)
	defer ipclab.DoorRevoke(door)
	err := ipclab.DoorCallWithin(door, nil, 10*time.Millisecond)
	close(done)
	fmt.Println(errors.Is(err, unix.ETIMEDOUT))
	// Output: true
}

// A procedure learns that nobody but the creator refers to its door any more.
func Example_doorUnref() {
	unreferenced := make(chan bool, 1)
	door, _ := ipclab.DoorCreate(func(_ any, arg []byte, _ []ipclab.DoorDesc) {
		if arg == nil {
			unreferenced <- true
		}
		ipclab.DoorReturn(arg)
	}, nil, ipclab.DoorUnref)
	defer ipclab.DoorRevoke(door)
	path := filepath.Join(os.TempDir(), fmt.Sprint("unref", os.Getpid()))
	ipclab.DoorAttach(door, path)
	client, _ := ipclab.DoorOpen(path)
	ipclab.DoorDetach(path)
	fmt.Println(ipclab.DoorCall(client, nil), len(unreferenced))
	client.Close()
	fmt.Println(<-unreferenced)
	// Output:
	// <nil> 0
	// true
}
