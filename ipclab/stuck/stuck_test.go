package stuck_test

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab"
)

func init() {
	for name, h := range hangs {
		helpers["hang: "+name] = func() { show(h) }
	}
	for name, f := range calm {
		helpers["calm: "+name] = func() { leave(f) }
	}
}

// show makes a hang and waits until WhyStuck says what it should of it.
func show(h hang) {
	defer clear()
	h.make(os.Getenv("FOLDER"))
	missing := await(func(t *ipclab.StuckTable) string {
		found := strings.Join(t.Findings(), "\n")
		for _, want := range h.want {
			for i, p := range started {
				want = strings.ReplaceAll(want, fmt.Sprintf("$%d", i+1), fmt.Sprint(p.Pid()))
			}
			if !strings.Contains(found, want) {
				return want
			}
		}
		return ""
	})
	fmt.Println(missing)
}

// await asks WhyStuck until nothing is missing in the answer, and returns what is, with the last answer.
func await(missing func(*ipclab.StuckTable) string) string {
	const limit = 15 * time.Second
	for begun := time.Now(); ; time.Sleep(time.Millisecond) {
		t, err := ipclab.WhyStuck()
		must(err)
		text := missing(t)
		if text == "" {
			return "found"
		}
		if time.Since(begun) > limit {
			return fmt.Sprintf("missing: %q in\n%v", text, t)
		}
	}
}

// clear ends what a hang has made.
func clear() {
	for _, f := range cleanups {
		f()
	}
	t, err := ipclab.Processes()
	must(err)
	for _, row := range t.Rows() {
		if row.Pid != os.Getpid() {
			unix.Kill(row.Pid, unix.SIGKILL)
		}
	}
	for {
		if _, _, err := ipclab.Wait(); err != nil {
			return
		}
	}
}

func TestWhyStuck(t *testing.T) {
	for name := range hangs {
		t.Run(name, func(t *testing.T) {
			t.Setenv("FOLDER", t.TempDir())
			if out, errs := play(t, "hang: "+name); out != "found\n" || errs != "" {
				t.Errorf("%s%s", out, errs)
			}
		})
	}
}

func init() { helpers["nobody"] = nobody }

// nobody asks as a user who may not look into the process that waits.
func nobody() {
	defer clear()
	r, w := pair()
	reader := run(func() { w.Close(); r.Read(buffer()) })
	fmt.Println(await(func(*ipclab.StuckTable) string {
		var t *ipclab.StuckTable
		asked := make(chan error)
		go func() {
			runtime.LockOSThread() // the thread ends with the goroutine, and its user with it
			_, _, no := unix.RawSyscall(unix.SYS_SETUID, 65534, 0, 0)
			t, _ = ipclab.WhyStuck()
			asked <- no
		}()
		if no := <-asked; no != unix.Errno(0) {
			return no.Error()
		}
		for _, row := range t.Rows() {
			if row.Pid == reader.Pid() && row.Call == "" && strings.HasSuffix(strings.Trim(row.On, ")"), "may not be read") && row.Verdict == "waits" && len(t.Findings()) == 0 {
				return ""
			}
		}
		return "that it may not be seen why, in " + t.String()
	}))
}

func TestWhyStuckOfOthers(t *testing.T) {
	if out, errs := play(t, "nobody"); out != "found\n" || errs != "" {
		t.Errorf("%s%s", out, errs)
	}
}

// calm are processes of which WhyStuck has nothing to say, each with the calls, or the verdicts, in which they have to
// be seen.
var calm = map[string]struct {
	make func(folder string)
	seen []string
}{
	"computes":   {func(string) { run(func() { again(func() {}) }) }, []string{"runs"}},
	"sleeps":     {func(string) { run(func() { time.Sleep(time.Hour) }) }, []string{"sleeps"}},
	"naps":       {func(string) { run(func() { unix.Nanosleep(&unix.Timespec{Sec: 3600}, nil) }) }, []string{"sleeps"}},
	"program":    {func(string) { run(func() { must(ipclab.Exec("sleep", "3600")) }) }, []string{"sleeps"}},
	"has ended":  {func(string) { run(func() {}) }, []string{"has ended"}},
	"time limit": {func(string) { run(func() { unix.Poll(nil, 3600_000) }) }, []string{"sleeps"}},
	"waits for one that computes": {func(string) {
		run(func() { run(func() { again(func() {}) }).Wait() })
	}, []string{"waits", "runs"}},
	"reads what a sleeper may write": {func(string) {
		r, w := pair()
		closed(func() { r.Close(); time.Sleep(time.Hour); w.Write(buffer()) })
		closed(func() { w.Close(); r.Read(buffer()) }, r, w)
	}, []string{"sleeps", "waits"}},
	"messages to and fro": {func(string) {
		r1, w1 := pair()
		r2, w2 := pair()
		pass := func(r, w ipclab.FD, unused ...ipclab.FD) func() {
			return func() {
				for _, fd := range unused {
					fd.Close()
				}
				b := make([]byte, 1)
				again(func() { r.Read(b); w.Write(b) })
			}
		}
		w1.Write([]byte{1})
		run(pass(r1, w2, w1, r2))
		closed(pass(r2, w1, w2, r1), r1, w1, r2, w2)
	}, []string{"runs", "runs"}},
	"waits for a lock of one that computes": {func(folder string) {
		r, w := pair()
		run(func() { flock(folder, "a"); w.Write([]byte{1}); again(func() {}) })
		r.Read(make([]byte, 1))
		closed(func() { flock(folder, "a") }, r, w)
	}, []string{"runs", "waits"}},
}

// leave makes calm processes and waits until all are seen to be as they should.
func leave(c struct {
	make func(folder string)
	seen []string
}) {
	defer clear()
	c.make(os.Getenv("FOLDER"))
	said := await(func(t *ipclab.StuckTable) string {
		var seen []string
		for _, r := range t.Rows() {
			if r.Verdict != "asks" {
				seen = append(seen, r.Verdict)
			}
		}
		if findings := t.Findings(); len(findings) > 0 {
			fmt.Println("found", findings)
		}
		if !slices.Equal(seen, c.seen) {
			return fmt.Sprintf("%q in %q", c.seen, seen)
		}
		return ""
	})
	fmt.Println(said)
}

func TestWhyStuckLeavesInPeace(t *testing.T) {
	for name := range calm {
		t.Run(name, func(t *testing.T) {
			t.Setenv("FOLDER", t.TempDir())
			if out, errs := play(t, "calm: "+name); out != "found\n" || errs != "" {
				t.Errorf("%s%s", out, errs)
			}
		})
	}
}

func init() { helpers["watcher"] = watcher }

// watcher looks often at a process whose watching thread naps and wakes all the time, beside others that keep it from
// running when it is woken. It prints the rows in which that thread was taken for one of the program's.
func watcher() {
	defer clear()
	const looks, enough = 400, 10 * time.Second // a look is slow where others take the processors too
	for range 2 * runtime.NumCPU() {
		run(func() { again(func() {}) })
	}
	r, w := pair()
	reader := run(func() {
		go again(func() { time.Sleep(100 * time.Microsecond) })
		w.Close()
		r.Read(buffer())
	})
	begun := time.Now()
	for n := 0; n < looks && time.Since(begun) < enough; n++ {
		t, err := ipclab.WhyStuck()
		must(err)
		for _, row := range t.Rows() {
			if row.Pid == reader.Pid() && strings.HasSuffix(row.Call, "nanosleep") {
				fmt.Println(row)
			}
		}
	}
}

func TestTheWatchingThreadIsNoWait(t *testing.T) {
	if out, errs := play(t, "watcher"); out != "" || errs != "" {
		t.Errorf("%s%s", out, errs)
	}
}
