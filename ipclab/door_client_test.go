package ipclab_test

import (
	"errors"
	"fmt"
	"os"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab"
	"ipclab/ipclab/internal/proc"
)

// TestDoorClientDies: the procedure of a call whose client is killed runs to its end, and the server goes on; a call that
// waits for a thread and whose client is killed is not answered at all.
func TestDoorClientDies(t *testing.T) {
	begun, release, ended := make(chan string, 5), make(chan bool), make(chan string, 5)
	door := newDoor(t, func(_ any, arg []byte, _ []ipclab.DoorDesc) {
		begun <- string(arg)
		<-release
		defer func() { ended <- string(arg) }()
		ipclab.DoorReturn(arg)
	}, 0)
	ipclab.DoorSetParam(door, ipclab.DoorParamThreads, 1)
	r, w := pipe(t)
	call := func(name string) *ipclab.Process {
		return spawn(t, func() {
			fmt.Fprintln(w, name)
			ipclab.DoorCall(door, &ipclab.DoorArg{Data: []byte(name)})
		})
	}
	within(t, func() {
		served := call("served")
		if got := <-begun; got != "served" {
			t.Fatal(got)
		}
		waiting := call("waiting")
		var word string
		fmt.Fscan(r, &word)
		fmt.Fscan(r, &word)
		for _, c := range []*ipclab.Process{served, waiting} {
			c.Kill()
			c.Wait()
		}
		close(release)
		if got := <-ended; got != "served" {
			t.Errorf("%s has ended", got)
		}
		arg := ipclab.DoorArg{Data: []byte("next")}
		if err := ipclab.DoorCall(door, &arg); err != nil || string(arg.Data) != "next" {
			t.Errorf("%q, %v", arg.Data, err)
		}
	})
}

// TestDoorServerStopped: a server that is stopped does not answer, and a call with a limit says so; when it goes on, it
// does.
func TestDoorServerStopped(t *testing.T) {
	server, path := servedDoor(t, doorEcho)
	door := openDoor(t, path)
	for _, connected := range []bool{false, true} {
		server.Signal(unix.SIGSTOP)
		within(t, func() {
			for st, err := proc.ReadStat(server.Pid()); err == nil && st.State != 'T'; st, err = proc.ReadStat(server.Pid()) {
				time.Sleep(time.Millisecond)
			}
		})
		isDoorError(t, fmt.Sprint("stopped, connected: ", connected), ipclab.DoorCallWithin(door, nil, 30*time.Millisecond), unix.ETIMEDOUT, "no answer")
		server.Signal(unix.SIGCONT)
		if err := ipclab.DoorCallWithin(door, nil, 20*time.Second); err != nil {
			t.Error(err)
		}
	}
}

// TestDoorRevokesItself: the call in which the procedure revokes its door is answered.
func TestDoorRevokesItself(t *testing.T) {
	var door ipclab.FD
	door = newDoor(t, func(_ any, arg []byte, _ []ipclab.DoorDesc) {
		info, err := ipclab.DoorInfo(ipclab.DoorQuery)
		err2 := ipclab.DoorRevoke(door)
		ipclab.DoorReturn(fmt.Append(nil, info.Target == os.Getpid(), err, err2))
	}, 0)
	arg := ipclab.DoorArg{}
	if err := ipclab.DoorCall(door, &arg); err != nil || string(arg.Data) != "true <nil> <nil>" {
		t.Errorf("%q, %v", arg.Data, err)
	}
	isDoorError(t, "again", ipclab.DoorCall(door, nil), unix.EBADF, "")
}

// TestDoorNoRoomForDescriptors: who may have no more descriptors gets EMFILE, be it the client or the server.
func TestDoorNoRoomForDescriptors(t *testing.T) {
	bringing := func(_ any, arg []byte, desc []ipclab.DoorDesc) {
		if len(arg) > 0 {
			ipclab.DoorReturn(nil, ipclab.DoorDesc{FD: 0}, ipclab.DoorDesc{FD: 1})
		}
		for _, d := range desc {
			d.FD.Close()
		}
	}
	_, path := servedDoor(t, bringing)
	child := spawn(t, func() {
		door, err := ipclab.DoorOpen(path)
		if err == nil {
			err = ipclab.DoorCall(door, nil) // makes the connection
		}
		var old unix.Rlimit
		unix.Getrlimit(unix.RLIMIT_NOFILE, &old)
		next, _ := unix.Dup(0)
		unix.Close(next)
		unix.Setrlimit(unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: uint64(next), Max: old.Max})
		full := ipclab.DoorCall(door, &ipclab.DoorArg{Data: []byte("x")})
		unix.Setrlimit(unix.RLIMIT_NOFILE, &old)
		after := ipclab.DoorCall(door, nil)
		if err != nil || !errors.Is(full, unix.EMFILE) || after != nil {
			fmt.Fprintln(os.Stderr, err, full, after)
			os.Exit(1)
		}
	})
	if status, err := child.Wait(); err != nil || status.ExitCode() != 0 {
		t.Errorf("the client without room %v, %v", status, err)
	}
}

func TestDoorServerWithoutRoom(t *testing.T) {
	server, path := servedDoor(t, func(_ any, _ []byte, desc []ipclab.DoorDesc) {
		for _, d := range desc {
			d.FD.Close()
		}
	})
	door := openDoor(t, path)
	if err := ipclab.DoorCall(door, nil); err != nil {
		t.Fatal(err)
	}
	pass := &ipclab.DoorArg{Desc: []ipclab.DoorDesc{{FD: 0}, {FD: 1}}}
	var old unix.Rlimit
	set := func(limit uint64) {
		if err := unix.Prlimit(server.Pid(), unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: limit, Max: 4096}, &old); err != nil {
			t.Fatal(err)
		}
	}
	set(3)
	isDoorError(t, "server is full", ipclab.DoorCallWithin(door, pass, 20*time.Second), unix.EMFILE, "the server has no room")
	openDoor(t, path) // waits to be accepted
	set(1024)
	if err := ipclab.DoorCallWithin(openDoor(t, path), nil, 20*time.Second); err != nil {
		t.Error(err)
	}
}
