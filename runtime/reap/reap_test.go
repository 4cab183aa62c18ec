package reap

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"ipclab/ipclab/procstat"
)

// marker is a mark that no other process of the machine has, which may run the same tests.
func marker(name string) string { return fmt.Sprintf("%s-%d", name, os.Getpid()) }

// startTree starts a shell with a child that has left its session, and
// returns both pids.
func startTree(t *testing.T, mark string) (shell, stray int) {
	t.Helper()
	cmd := exec.Command("/bin/sh", "-c", "setsid sleep 1000 & echo $!; exec sleep 1001")
	cmd.Env = append(os.Environ(), MarkVariable+"="+mark)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	stray, err = strconv.Atoi(strings.TrimSpace(line))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = syscall.Kill(stray, syscall.SIGKILL)
		_ = cmd.Wait()
	})
	return cmd.Process.Pid, stray
}

func TestProcessesAreFoundEachWay(t *testing.T) {
	shell, stray := startTree(t, marker("find-me"))
	for name, found := range map[string][]int{
		"Descendants": Descendants(os.Getpid(), false),
		"Marked":      Marked(marker("find-me")),
	} {
		if !slices.Contains(found, shell) || !slices.Contains(found, stray) {
			t.Errorf("%s: %v lacks %d or %d", name, found, shell, stray)
		}
	}
	if group := Group(shell); !slices.Contains(group, shell) {
		t.Errorf("Group(%d) = %v", shell, group)
	}
	if other := Marked("find-me"); len(other) != 0 {
		t.Errorf("a mark that is a part of another found %v", other)
	}
	if none := Marked(""); none != nil {
		t.Errorf("no mark found %v", none)
	}
}

func TestKillAllLeavesNothing(t *testing.T) {
	shell, stray := startTree(t, marker("kill-me"))
	left := KillAll(func() []int { return Marked(marker("kill-me")) }, 10*time.Second)
	if len(left) != 0 {
		t.Errorf("left %v", left)
	}
	if lives(shell) {
		t.Errorf("%d lives", shell)
	}
	if lives(stray) {
		t.Errorf("%d lives", stray)
	}
}

func TestKillAllGivesUpInTime(t *testing.T) {
	began := time.Now()
	left := KillAll(func() []int { return []int{1 << 30} }, 20*time.Millisecond)
	if len(left) != 1 || time.Since(began) > 5*time.Second {
		t.Errorf("left %v after %v", left, time.Since(began))
	}
}

func TestTableThatLacksAParentIsNotWhole(t *testing.T) {
	if !isWhole(map[int]procstat.Stat{1: {PPid: 0}, 5: {PPid: 1}, 6: {PPid: 5}}) {
		t.Error("a whole table is not taken for whole")
	}
	if isWhole(map[int]procstat.Stat{1: {PPid: 0}, 6: {PPid: 5}}) {
		t.Error("the parent 5 of 6 is not missed")
	}
}
