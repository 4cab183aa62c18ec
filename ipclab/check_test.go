package ipclab_test

import (
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab"
	"ipclab/ipclab/grade"
	"ipclab/ipclab/mime"
)

// checked makes one check, as in a cell of its own, and returns its result.
func checked(f func(*ipclab.T), options ...ipclab.CheckOptions) ipclab.CheckRow {
	grade.Begin()
	return ipclab.Check("it", 2, f, options...).Rows()[0]
}

func TestCheckFailures(t *testing.T) {
	var nothing *int
	for name, c := range map[string]struct {
		f      func(*ipclab.T)
		reason string
	}{
		"fail":      {func(t *ipclab.T) { t.Fail() }, ""},
		"error":     {func(t *ipclab.T) { t.Error("a", 1) }, "a 1"},
		"two":       {func(t *ipclab.T) { t.Error("a"); t.Errorf("b") }, "a\nb"},
		"fatal":     {func(t *ipclab.T) { t.Fatal("a"); t.Error("b") }, "a"},
		"fail now":  {func(t *ipclab.T) { t.FailNow(); t.Error("b") }, ""},
		"panic":     {func(t *ipclab.T) { panic(7) }, "panic: 7"},
		"nil":       {func(t *ipclab.T) { *nothing = 1 }, "panic: runtime error: invalid memory address"},
		"goexit":    {func(t *ipclab.T) { runtime.Goexit() }, "ended its goroutine without returning"},
		"exit":      {func(t *ipclab.T) { unix.Exit(0) }, "exited with status 0 before the function returned"},
		"signal":    {func(t *ipclab.T) { unix.Kill(os.Getpid(), unix.SIGKILL) }, "its process was killed by SIGKILL"},
		"goroutine": {func(t *ipclab.T) { go panic("there"); select {} }, "exited with status 2"},
		"child's": {func(t *ipclab.T) {
			ipclab.Spawn(func() { t.Fatal("child") })
			ipclab.Wait()
		}, "child"},
		"long": {func(t *ipclab.T) { t.Error(strings.Repeat("x", 10000)) }, "xxx…"},
	} {
		row := checked(c.f)
		if row.Passed || row.Points != 0 || !strings.Contains(row.Reason, c.reason) {
			t.Errorf("%s: %+v, want %q", name, row, c.reason)
		}
	}
}

func TestCheckPasses(t *testing.T) {
	row := checked(func(t *ipclab.T) {
		t.Log("seen")
		t.Credit(1)
		if pid, _ := ipclab.Fork(); pid == 0 {
			return // it forgets to exit
		}
		ipclab.Wait()
	})
	if !row.Passed || row.Points != 2 || row.Reason != "" || len(row.Log) != 1 || row.Elapsed <= 0 {
		t.Errorf("%+v", row)
	}
}

func TestCheckCredit(t *testing.T) {
	for credit, want := range map[float64]float64{0.5: 0.5, 2: 2, 5: 2, -1: 0} {
		row := checked(func(t *ipclab.T) { t.Credit(credit); t.Fail() })
		if row.Passed || row.Points != want {
			t.Errorf("credit %v: %+v", credit, row)
		}
	}
}

func init() { helpers["deadlocked check"] = deadlockedCheck }

// deadlockedCheck waits for a child that reads what only its parent can write. It is a program of its own: a process with
// a timer, as the limit on the time of tests is one, is never taken for one that cannot go on.
func deadlockedCheck() {
	checked(func(*ipclab.T) {
		r, w, _ := ipclab.Pipe()
		p, _ := ipclab.Spawn(func() { w.Close(); r.Read(make([]byte, 1)) })
		p.Wait()
	}, ipclab.CheckOptions{Limit: 15 * time.Second})
}

func TestCheckDeadlock(t *testing.T) {
	said, _ := play(t, "deadlocked check")
	for _, want := range []string{"failed: it, 0 of 2 points\n    deadlock\n", "wait for each other", "of which the write end is held by process", "before it waits"} {
		if !strings.Contains(said, want) {
			t.Errorf("%s lacks %q", said, want)
		}
	}
}

func TestCheckLimitIsExplained(t *testing.T) {
	folder, limit := t.TempDir(), limitOf("does not end")
	row := checked(func(*ipclab.T) {
		ipclab.Mkfifo(folder+"/f", 0o600)
		ipclab.Spawn(func() { time.Sleep(time.Hour) })
		ipclab.Open(folder+"/f", unix.O_RDONLY)
	}, ipclab.CheckOptions{Limit: limit})
	if !strings.Contains(row.Reason, fmt.Sprintf("did not end within %v\n", limit)) || !strings.Contains(row.Reason, "no process has it open for writing") {
		t.Errorf("%+v", row)
	}
}

func TestCheckKeepsStandardError(t *testing.T) {
	row := checked(func(t *ipclab.T) {
		fmt.Fprintln(os.NewFile(2, "stderr"), "said")
		exec.Command("sh", "-c", "head -c 1000000 /dev/zero | tr '\\0' y >&2").Run()
		t.Fail()
	})
	if len(row.Stderr) != 64<<10 && len(row.Stderr) != 5 || !strings.HasPrefix(row.Stderr, "said\n") {
		t.Errorf("%d bytes, %.20q", len(row.Stderr), row.Stderr)
	}
}

// checkEnds are the ways in which a check may end.
var checkEnds = map[string]func(){"returns": func() {}, "exits": func() { os.Exit(1) }, "does not end": func() { select {} }}

// limitOf is the limit for a check that ends in a way. The one that does not end takes as long as that, so that it is just what
// a busy machine needs to come to the end of its function.
func limitOf(way string) time.Duration {
	if way == "does not end" {
		return 3 * time.Second
	}
	return time.Minute
}

// TestCheckLeavesNothing has orphans in sessions of their own, which ignore signals.
func TestCheckLeavesNothing(t *testing.T) {
	file := filepath.Join(t.TempDir(), "pids")
	for name, end := range checkEnds {
		before := open()
		os.Remove(file)
		checked(func(t *ipclab.T) {
			exec.Command("sh", "-c", "setsid sh -c 'trap \"\" INT TERM HUP; echo $$ >> "+file+"; sleep 600' >/dev/null 2>&1 &").Run()
			ipclab.Spawn(func() { select {} })
			for {
				if text, _ := os.ReadFile(file); len(text) > 0 {
					break
				}
			}
			end()
		}, ipclab.CheckOptions{Limit: limitOf(name)})
		var pid int
		text, _ := os.ReadFile(file)
		if _, err := fmt.Sscan(string(text), &pid); err != nil {
			t.Fatalf("%s: no program ran: %v", name, err)
		}
		if stillRuns(pid) {
			t.Errorf("%s: process %d is left", name, pid)
		}
		if left := leftovers(before); left != "" {
			t.Errorf("%s: %s", name, left)
		}
	}
}

// TestCheckFolder has a folder from the check, one from its child, and ends in different ways.
func TestCheckFolder(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	for name, end := range checkEnds {
		row := checked(func(t *ipclab.T) {
			a, b := t.TempDir(), t.TempDir()
			if info, err := os.Stat(a); a == b || err != nil || !info.IsDir() {
				t.Errorf("%q and %q, %v", a, b, err)
			}
			os.WriteFile(filepath.Join(a, "file"), nil, 0o600)
			t.Log("made")
			child, _ := ipclab.Spawn(func() { t.TempDir() })
			child.Wait()
			end()
		}, ipclab.CheckOptions{Limit: limitOf(name)})
		if len(row.Log) != 1 || row.Passed != (name == "returns") {
			t.Errorf("%s: %+v", name, row)
		}
		if left, err := os.ReadDir(os.TempDir()); err != nil || len(left) != 0 {
			t.Errorf("%s: left %v, %v", name, left, err)
		}
	}
	os.Setenv("TMPDIR", filepath.Join(os.TempDir(), "missing"))
	if row := checked(func(t *ipclab.T) { t.TempDir(); t.Error("goes on") }); !strings.Contains(row.Reason, "no such file") || strings.Contains(row.Reason, "goes on") {
		t.Errorf("%+v", row)
	}
}

func TestCheckErrors(t *testing.T) {
	pass := func(*ipclab.T) {}
	for name, score := range map[string]*ipclab.CheckTable{
		"no name":  ipclab.Check("", 1, pass),
		"points":   ipclab.Check("a", -1, pass),
		"NaN":      ipclab.Check("a", math.NaN(), pass),
		"function": ipclab.Check("a", 1, nil),
		"limit":    ipclab.Check("a", 1, pass, ipclab.CheckOptions{Limit: -1}),
		"options":  ipclab.Check("a", 1, pass, ipclab.CheckOptions{}, ipclab.CheckOptions{}),
	} {
		row := score.Rows()[len(score.Rows())-1]
		if row.Passed || row.Points != 0 || !strings.Contains(row.Reason, "it could not be made") || !strings.Contains(row.Reason, unix.EINVAL.Error()) {
			t.Errorf("%s: %+v", name, row)
		}
	}
	var none *ipclab.CheckTable
	var nobody *ipclab.T
	nobody.Log("nothing")
	if none.Points() != 0 || none.String() == "" || nobody.Name() != "" || nobody.TempDir() != "" {
		t.Error("nil values")
	}
}

func TestScoreOfACell(t *testing.T) {
	grade.Begin()
	for range 3 {
		ipclab.Check("tenth", 0.1, func(*ipclab.T) {})
	}
	if got := ipclab.Score().MIMEBundle()[mime.Plain]; got != "0.3" { // more would be more than the cell has
		t.Errorf("three tenths are %v", got)
	}
	if result := grade.Result(nil); result[mime.Plain] != "0.3" || result[mime.HTML] == nil {
		t.Errorf("the result of the cell is %v", result)
	}
	own := mime.Bundle{mime.Plain: "7"}
	if result := grade.Result(own); result[mime.Plain] != "7" {
		t.Errorf("the cell's own result becomes %v", result)
	}
	grade.Begin()
	if result := grade.Result(nil); result != nil || len(ipclab.Score().Rows()) != 0 {
		t.Errorf("a cell without checks has the result %v", result)
	}
}
