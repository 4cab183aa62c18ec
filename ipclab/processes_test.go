package ipclab_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab"
	"ipclab/ipclab/mime"
)

func ExampleProcesses() {
	p, err := ipclab.Spawn(func() { select {} })
	if err != nil {
		fmt.Println(err)
		return
	}
	p.Signal(unix.SIGSTOP)
	unix.Waitid(unix.P_PID, p.Pid(), nil, unix.WSTOPPED|unix.WNOWAIT, nil) // until it has stopped
	table, _ := ipclab.Processes()
	for _, row := range table.Rows() {
		if row.Pid == p.Pid() {
			fmt.Println(row.State, row.Parent == os.Getpid(), row.Depth)
		}
	}
	p.Kill()
	p.Wait()
	// Output: stopped true 1
}

// processes returns the table of the experiment.
func processes(t *testing.T) *ipclab.ProcessTable {
	t.Helper()
	table, err := ipclab.Processes()
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// row returns the row of a process.
func row(table *ipclab.ProcessTable, pid int) (ipclab.ProcessRow, bool) {
	for _, r := range table.Rows() {
		if r.Pid == pid {
			return r, true
		}
	}
	return ipclab.ProcessRow{}, false
}

func TestProcessesZombie(t *testing.T) {
	p := spawn(t, func() {})
	if err := unix.Waitid(unix.P_PID, p.Pid(), nil, unix.WEXITED|unix.WNOWAIT, nil); err != nil {
		t.Fatal(err)
	}
	table := processes(t)
	if r, ok := row(table, p.Pid()); !ok || r.State != "zombie" || !strings.HasPrefix(r.Command, "[") {
		t.Errorf("a child that has ended shows as %+v, %v", r, ok)
	}
	note := fmt.Sprintf("Process %d is a zombie: it has ended, and its parent %d has not waited for it.", p.Pid(), os.Getpid())
	for _, kind := range []string{mime.Plain, mime.HTML} {
		if text := table.MIMEBundle()[kind].(string); !strings.Contains(text, note) {
			t.Errorf("%s lacks the note on the zombie:\n%s", kind, text)
		}
	}
	p.Wait()
	if r, ok := row(processes(t), p.Pid()); ok {
		t.Errorf("after Wait the child still shows as %+v", r)
	}
}

func TestProcessesFromChild(t *testing.T) {
	r, w := pipe(t)
	top := os.Getpid()
	p := spawn(t, func() {
		table, err := ipclab.Processes()
		if err != nil {
			os.Exit(1)
		}
		for _, row := range table.Rows() {
			fmt.Fprintln(w, row.Pid, row.Depth)
		}
	})
	w.Close()
	lines := bufio.NewScanner(r)
	if lines.Scan(); lines.Text() != fmt.Sprintf("%d 0", top) {
		t.Errorf("in a child the tree starts with %q, want the root %d", lines.Text(), top)
	}
	found := false
	for lines.Scan() {
		found = found || lines.Text() == fmt.Sprintf("%d 1", p.Pid())
	}
	if !found {
		t.Errorf("the child %d does not find itself below the root", p.Pid())
	}
}

func TestProcessesState(t *testing.T) {
	r, w := pipe(t)
	reader := spawn(t, func() {
		w.Close()
		r.Read(make([]byte, 1))
	})
	within(t, func() {
		for {
			state, _ := row(processes(t), reader.Pid())
			if state.State == "sleeping" && state.Threads > 1 && state.Group == unix.Getpgrp() {
				return
			}
			time.Sleep(time.Millisecond)
		}
	})
	w.Close()
}

// orphan leads a process group, has a child that leaves a grandchild behind, and prints whether that shows as an orphan.
func orphan() {
	child := exec.Command("sh", "-c", "sleep 60 >/dev/null 2>&1 & echo $!")
	out, err := child.Output()
	if err != nil {
		fmt.Println(err)
		return
	}
	var left int
	fmt.Sscan(string(out), &left)
	defer unix.Kill(left, unix.SIGKILL)
	table, err := ipclab.Processes()
	if err != nil {
		fmt.Println(err)
		return
	}
	r, ok := row(table, left)
	fmt.Println(ok, r.Orphan, r.Depth)
	fmt.Println(strings.Contains(table.String(), fmt.Sprintf("Process %d is an orphan: its parent has ended, and %d has become its parent.", left, r.Parent)))
}

func TestProcessesOrphan(t *testing.T) {
	out, _ := play(t, "orphan")
	if out != "true true 0\ntrue\n" {
		t.Errorf("an orphan shows as %q", out)
	}
}
