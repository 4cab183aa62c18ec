package ipclab_test

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab"
)

func TestDoorServerDies(t *testing.T) {
	server, path := servedDoor(t, func(_ any, arg []byte, _ []ipclab.DoorDesc) {
		if string(arg) == "die" {
			unix.Kill(os.Getpid(), unix.SIGKILL)
			select {}
		}
		ipclab.DoorReturn(arg)
	})
	door := openDoor(t, path)
	if info, err := ipclab.DoorInfo(door); err != nil || info.Target != server.Pid() || info.Attributes != 0 {
		t.Errorf("%v, %v", info, err)
	}
	within(t, func() {
		isDoorError(t, "during the call", ipclab.DoorCall(door, &ipclab.DoorArg{Data: []byte("die")}), unix.EINTR, "the server ended before it answered")
		server.Wait()
		isDoorError(t, "later", ipclab.DoorCall(door, nil), unix.EBADF, "its server has ended")
	})
	_, err := ipclab.DoorOpen(path)
	isDoorError(t, "open", err, unix.EBADF, "the path was left")
	isDoorError(t, "revoke", ipclab.DoorRevoke(door), unix.EBADF, "has ended")
	again := newDoor(t, doorEcho, 0)
	if err := ipclab.DoorAttach(again, path); err != nil {
		t.Errorf("attach where a dead server's door was: %v", err)
	}
	if err := ipclab.DoorCall(openDoor(t, path), nil); err != nil {
		t.Error(err)
	}
}

// TestDoorServerWithChildren: a client learns of the server's death though its children have a copy of everything.
func TestDoorServerWithChildren(t *testing.T) {
	r, w := pipe(t)
	server, path := servedDoor(t, func(_ any, arg []byte, _ []ipclab.DoorDesc) {
		for range 2 {
			ipclab.Spawn(func() { select {} })
		}
		fmt.Fprintln(w, "forked")
		if len(arg) > 0 {
			ipclab.DoorReturn(arg)
		}
		select {}
	})
	door := openDoor(t, path)
	arg := ipclab.DoorArg{Data: []byte("x")}
	if err := ipclab.DoorCall(door, &arg); err != nil || string(arg.Data) != "x" {
		t.Fatal(err)
	}
	result := make(chan error, 1)
	go func() { result <- ipclab.DoorCall(door, nil) }()
	word := ""
	fmt.Fscan(r, &word)
	fmt.Fscan(r, &word)
	server.Kill()
	within(t, func() { isDoorError(t, "during the call", <-result, unix.EINTR, "the server ended") })
}

// TestDoorOfParent: children call through the descriptor that they inherit, all at a time, and the parent answers.
func TestDoorOfParent(t *testing.T) {
	pid := os.Getpid()
	door := newDoor(t, func(_ any, arg []byte, _ []ipclab.DoorDesc) {
		cred, err := ipclab.DoorCred()
		ipclab.DoorReturn(fmt.Append(nil, os.Getpid() == pid, cred.PID, err))
	}, 0)
	ipclab.DoorCall(door, nil) // a connection that is the parent's
	for range 3 {
		child := spawn(t, func() {
			for range 20 {
				arg := ipclab.DoorArg{}
				if err := ipclab.DoorCall(door, &arg); err != nil || string(arg.Data) != fmt.Sprint(true, os.Getpid(), nil) {
					fmt.Fprintf(os.Stderr, "%q, %v\n", arg.Data, err)
					os.Exit(1)
				}
			}
			if err := ipclab.DoorRevoke(door); !errors.Is(err, unix.EPERM) {
				fmt.Fprintln(os.Stderr, "revoke in a child:", err)
				os.Exit(1)
			}
			own, _ := ipclab.DoorCreate(doorEcho, nil, 0)
			if err := ipclab.DoorCall(own, nil); err != nil {
				fmt.Fprintln(os.Stderr, "the child's own:", err)
				os.Exit(1)
			}
		})
		defer func() {
			if status, err := child.Wait(); err != nil || status.ExitCode() != 0 {
				t.Errorf("a child %v, %v", status, err)
			}
		}()
	}
}

// TestDoorForkDuringCall: in a child that is forked during a call, that call ends, in the parent it does not.
func TestDoorForkDuringCall(t *testing.T) {
	pid := os.Getpid()
	begun, release := make(chan bool), make(chan bool)
	door := newDoor(t, func(_ any, arg []byte, _ []ipclab.DoorDesc) {
		begun <- true
		<-release
		ipclab.DoorReturn(arg)
	}, 0)
	r, w := pipe(t)
	result := make(chan error, 1)
	go func() {
		err := ipclab.DoorCall(door, nil)
		if os.Getpid() != pid {
			fmt.Fprintln(w, errors.Is(err, unix.EINTR))
		}
		result <- err
	}()
	<-begun
	spawn(t, func() { select {} })
	within(t, func() {
		interrupted := ""
		fmt.Fscan(r, &interrupted)
		if interrupted != "true" {
			t.Errorf("in the child: EINTR %s", interrupted)
		}
		close(release)
		if err := <-result; err != nil {
			t.Errorf("in the parent: %v", err)
		}
	})
}

// TestDoorProcedureForks: a procedure may fork; the child that comes to its end exits and answers nothing.
func TestDoorProcedureForks(t *testing.T) {
	_, path := servedDoor(t, func(_ any, arg []byte, _ []ipclab.DoorDesc) {
		pid, err := ipclab.Fork()
		if pid == 0 {
			if ipclab.DoorReturn([]byte("child")) == nil {
				os.Exit(9)
			}
			return
		}
		status, err2 := ipclab.WaitPid(pid)
		ipclab.DoorReturn(fmt.Append(nil, status, err, err2))
	})
	arg := ipclab.DoorArg{}
	if err := ipclab.DoorCall(openDoor(t, path), &arg); err != nil || string(arg.Data) != "exited with status 0 <nil> <nil>" {
		t.Errorf("%q, %v", arg.Data, err)
	}
}

func TestDoorCred(t *testing.T) {
	const nobody = 65534
	door := newDoor(t, func(_ any, _ []byte, _ []ipclab.DoorDesc) {
		cred, _ := ipclab.DoorCred()
		ipclab.DoorReturn([]byte(cred.String()))
	}, 0)
	want := fmt.Sprintf("process %d, user %d, group %d", os.Getpid(), os.Geteuid(), os.Getegid())
	arg := ipclab.DoorArg{}
	if err := ipclab.DoorCall(door, &arg); err != nil || string(arg.Data) != want {
		t.Errorf("%q, %v; want %q", arg.Data, err, want)
	}
	if os.Geteuid() != 0 {
		return // nobody else can be played
	}
	child := spawn(t, func() {
		want := fmt.Sprintf("process %d, user %d, group %d, real user 0, real group %d", os.Getpid(), nobody, os.Getegid(), os.Getgid())
		ipclab.DoorCall(door, nil) // as root
		unix.Setresuid(-1, nobody, -1)
		arg := ipclab.DoorArg{}
		if err := ipclab.DoorCall(door, &arg); err != nil || string(arg.Data) != want {
			fmt.Fprintf(os.Stderr, "%q, %v; want %q\n", arg.Data, err, want)
			os.Exit(1)
		}
	})
	if status, err := child.Wait(); err != nil || status.ExitCode() != 0 {
		t.Errorf("as nobody: %v, %v", status, err)
	}
}

func TestDoorUnref(t *testing.T) {
	for _, c := range []struct {
		attributes ipclab.DoorAttributes
		notices    int
	}{{0, 0}, {ipclab.DoorUnref, 1}, {ipclab.DoorUnrefMulti, 2}} {
		notices := make(chan error, 10)
		door, path := attachedDoor(t, func(_ any, arg []byte, _ []ipclab.DoorDesc) {
			if arg == nil {
				_, err := ipclab.DoorCred()
				notices <- err
			}
			ipclab.DoorReturn(nil)
		}, c.attributes)
		client := openDoor(t, path)
		copied, _ := unix.Dup(int(client))
		child := spawn(t, func() { unix.Pause() })
		ipclab.DoorDetach(path)
		client.Close()
		unix.Close(copied)
		ipclab.DoorCall(door, nil)
		if len(notices) > 0 {
			t.Errorf("%v: told while a child has the descriptor", c.attributes)
		}
		child.Kill()
		for n := range c.notices {
			if n > 0 { // a second time
				passed := ipclab.DoorArg{Desc: []ipclab.DoorDesc{{FD: door}}}
				passing := newDoor(t, doorEcho, 0)
				ipclab.DoorCall(passing, &passed)
				passed.Desc[0].FD.Close()
			}
			within(t, func() { isDoorError(t, "who calls", <-notices, unix.EINVAL, "no door call") })
		}
		child.Wait()
		passed := ipclab.DoorArg{Desc: []ipclab.DoorDesc{{FD: door}}}
		ipclab.DoorCall(newDoor(t, doorEcho, 0), &passed)
		passed.Desc[0].FD.Close()
		ipclab.DoorRevoke(door)
		if len(notices) > 0 && c.attributes != ipclab.DoorUnrefMulti {
			t.Errorf("%v: told too often", c.attributes)
		}
	}
}

// TestDoorClosedEverywhere: a door to which nothing refers is gone with all that it had.
func TestDoorClosedEverywhere(t *testing.T) {
	before := len(open())
	door, err := ipclab.DoorCreate(doorEcho, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	copied, _ := unix.Dup(int(door))
	ipclab.DoorCall(door, nil)
	door.Close()
	if err := ipclab.DoorCall(ipclab.FD(copied), nil); err != nil {
		t.Errorf("through a copy: %v", err)
	}
	ipclab.FD(copied).Close()
	within(t, func() {
		for len(open()) > before {
			time.Sleep(time.Millisecond)
		}
	})
}

func TestDoorCallWithin(t *testing.T) {
	release := make(chan bool)
	door := newDoor(t, func(_ any, arg []byte, _ []ipclab.DoorDesc) {
		<-release
		ipclab.DoorReturn(arg)
	}, 0)
	start := time.Now()
	err := ipclab.DoorCallWithin(door, nil, 40*time.Millisecond)
	isDoorError(t, "no answer", err, unix.ETIMEDOUT, "no answer within 40ms")
	if took := time.Since(start); took < 40*time.Millisecond {
		t.Errorf("after %v", took)
	}
	close(release)
	arg := ipclab.DoorArg{Data: []byte("in time")}
	if err := ipclab.DoorCallWithin(door, &arg, time.Minute); err != nil || string(arg.Data) != "in time" {
		t.Errorf("%q, %v", arg.Data, err)
	}
	runtime.KeepAlive(start)
}
