package ipclab_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"ipclab/ipclab"
)

func ExampleSetpgid() {
	forever := func() { select {} }
	first, _ := ipclab.Spawn(forever)
	second, _ := ipclab.Spawn(forever)
	ipclab.Setpgid(first.Pid(), 0) // a group of its own
	ipclab.Setpgid(second.Pid(), first.Pid())
	group, _ := ipclab.Getpgid(second.Pid())

	ipclab.Killpg(group, unix.SIGTERM)
	one, _ := first.Wait()
	other, _ := second.Wait()
	fmt.Println(group == first.Pid(), one, other)
	fmt.Println(errors.Is(ipclab.Killpg(first.Pid(), 0), unix.ESRCH)) // nobody is left in it
	// Output:
	// true killed by SIGTERM killed by SIGTERM
	// true
}

func ExampleSetsid() {
	child, _ := ipclab.Spawn(func() {
		session, err := ipclab.Setsid()
		group, _ := ipclab.Getpgid(0)
		if err != nil || session != os.Getpid() || group != session {
			os.Exit(1)
		}
		if _, err := ipclab.Setsid(); errors.Is(err, unix.EPERM) { // it leads a group now
			os.Exit(5)
		}
	})
	fmt.Println(child.Wait())
	// Output: exited with status 5 <nil>
}

func ExampleKill() {
	child, _ := ipclab.Spawn(func() { select {} })
	before := ipclab.Kill(child.Pid(), 0) // it is there
	ipclab.Kill(child.Pid(), unix.SIGKILL)
	status, _ := child.Wait()
	fmt.Println(before, status.Signaled(), status.Signal() == unix.SIGKILL)
	fmt.Println(errors.Is(ipclab.Kill(child.Pid(), 0), unix.ESRCH)) // it is not, unless the number was used again
	// Output:
	// <nil> true true
	// true
}

func TestGroupsInTable(t *testing.T) {
	r, w := pipe(t)
	grouped := spawn(t, func() { select {} })
	session := spawn(t, func() {
		ipclab.Setsid()
		w.Write([]byte{1})
		select {}
	})
	if err := ipclab.Setpgid(grouped.Pid(), 0); err != nil {
		t.Fatal(err)
	}
	r.Read(make([]byte, 1))
	table := processes(t)
	own, _ := ipclab.Getsid(0)
	if row, ok := row(table, grouped.Pid()); !ok || row.Group != grouped.Pid() || row.Session != own {
		t.Errorf("in a group of its own: %+v", row)
	}
	if row, ok := row(table, session.Pid()); !ok || row.Group != session.Pid() || row.Session != session.Pid() {
		t.Errorf("in a session of its own: %+v", row)
	}
	if id, err := ipclab.Getsid(session.Pid()); id != session.Pid() || err != nil {
		t.Errorf("Getsid: %d, %v", id, err)
	}
}

func TestGroupErrors(t *testing.T) {
	r, w := pipe(t)
	executed := spawn(t, func() {
		ipclab.Dup2(w, 1)
		ipclab.Exec("sh", "-c", "echo; exec sleep 60")
	})
	r.Read(make([]byte, 1))
	ended := spawn(t, func() {})
	ended.Wait()
	gone := ended.Pid()
	for _, c := range []struct {
		name string
		err  error
		is   unix.Errno
		text string
	}{
		{"group of nobody", last(ipclab.Getpgid(gone)), unix.ESRCH, fmt.Sprintf("getpgid: process %d: there is none", gone)},
		{"session of nobody", last(ipclab.Getsid(gone)), unix.ESRCH, "getsid: process "},
		{"setpgid after exec", ipclab.Setpgid(executed.Pid(), 0), unix.EACCES, "call Setpgid before"},
		{"setpgid of no child", ipclab.Setpgid(1, 0), unix.ESRCH, "neither this process nor a child"},
		{"setpgid to no group", ipclab.Setpgid(spawn(t, func() { select {} }).Pid(), gone), unix.EPERM, fmt.Sprintf("group %d: the group has to exist", gone)},
		{"setpgid negative", ipclab.Setpgid(0, -5), unix.EINVAL, "setpgid: process 0, group -5"},
		{"kill nobody", ipclab.Kill(gone, unix.SIGTERM), unix.ESRCH, fmt.Sprintf("kill: process %d, SIGTERM: there is none", gone)},
		{"kill own group", ipclab.Kill(0, unix.SIGTERM), unix.EINVAL, "0 is the group of this process"},
		{"kill all", ipclab.Kill(-1, unix.SIGTERM), unix.EINVAL, "-1 every process"},
		{"kill no group", ipclab.Kill(-gone, unix.SIGTERM), unix.ESRCH, fmt.Sprintf("killpg: process group %d, SIGTERM: no process is in it", gone)},
		{"killpg 1", ipclab.Killpg(1, unix.SIGTERM), unix.EINVAL, "2 or more"},
		{"signal 99", ipclab.Kill(executed.Pid(), 99), unix.EINVAL, "signal 99"},
	} {
		if !errors.Is(c.err, c.is) || !strings.Contains(c.err.Error(), c.text) {
			t.Errorf("%s: %v, want %v and %q", c.name, c.err, c.is, c.text)
		}
	}
}

// TestExecutedProgramDiesWithItsParent: an executed program is no handler's any more, and still ends with its parent.
func TestExecutedProgramDiesWithItsParent(t *testing.T) {
	r, w := pipe(t)
	parent := spawn(t, func() {
		ipclab.Spawn(func() {
			ipclab.Dup2(w, 1)
			ipclab.Exec("sh", "-c", "echo $$; exec sleep 60")
		})
		select {}
	})
	w.Close()
	fmt.Fscanln(r, new(int)) // its number: it runs
	parent.Kill()
	parent.Wait()
	within(t, func() {
		if n, err := r.Read(make([]byte, 1)); n != 0 || err == nil { // end of file: the last write end has gone with it
			t.Errorf("read %d, %v", n, err)
		}
	})
}
