package ipclab_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"ipclab/ipclab"
)

func ExamplePipeline() {
	t, err := ipclab.Pipeline(
		ipclab.Program("seq", "100"),
		ipclab.Function("squares", func() {
			for x := 0; ; {
				if _, err := fmt.Scan(&x); err != nil {
					return
				}
				fmt.Println(x * x)
			}
		}),
		ipclab.Program("grep", "-q", "^10000$"),
	)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, r := range t.Rows() {
		fmt.Println(r.Stage, "read", r.In, "wrote", r.Out, "and", r.Status)
	}
	// Output:
	// seq 100 read -1 wrote 292 and exited with status 0
	// squares read 292 wrote 458 and exited with status 0
	// grep -q ^10000$ read 458 wrote 0 and exited with status 0
}

// pipeline runs stages, the last of which writes to a pipe instead of the test's output.
func pipeline(t *testing.T, stages ...ipclab.Stage) (rows []ipclab.PipelineRow, table, out string) {
	t.Helper()
	r, w := pipe(t)
	stdout, err := unix.FcntlInt(1, unix.F_DUPFD_CLOEXEC, 100)
	if err != nil {
		t.Fatal(err)
	}
	if err := ipclab.Dup2(w, 1); err != nil {
		t.Fatal(err)
	}
	w.Close()
	var result *ipclab.PipelineTable
	within(t, func() { result, err = ipclab.Pipeline(stages...) })
	ipclab.Dup2(ipclab.FD(stdout), 1)
	ipclab.FD(stdout).Close()
	said, readErr := io.ReadAll(r)
	if err := errors.Join(err, readErr); err != nil {
		t.Fatal(err)
	}
	return result.Rows(), result.String(), string(said)
}

func TestPipelineCounts(t *testing.T) {
	rows, _, out := pipeline(t, ipclab.Program("head", "-c", "1000000", "/dev/zero"), ipclab.Program("cat"), ipclab.Program("wc", "-c"))
	if strings.TrimSpace(out) != "1000000" || len(rows) != 3 {
		t.Fatalf("printed %q, %d rows", out, len(rows))
	}
	want := [][2]int64{{-1, 1000000}, {1000000, 1000000}, {1000000, int64(len(out))}}
	for i, r := range rows {
		if r.In != want[i][0] || r.Out != want[i][1] || !r.Status.Exited() || r.Status.ExitCode() != 0 || r.Pid <= 0 || r.Elapsed <= 0 {
			t.Errorf("stage %d: %+v, want in and out %v", i+1, r, want[i])
		}
	}
}

func TestPipelineEarlyClose(t *testing.T) {
	rows, table, out := pipeline(t, ipclab.Program("yes"), ipclab.Program("cat"), ipclab.Program("head", "-1"))
	if out != "y\n" || rows[2].Out != 2 || rows[2].Status.ExitCode() != 0 {
		t.Errorf("head: %q, %+v", out, rows[2])
	}
	for i, r := range rows[:2] {
		if r.Status.Signal() != unix.SIGPIPE || r.Out < rows[i+1].In || rows[i+1].In == 0 {
			t.Errorf("stage %d: %+v, next %+v", i+1, r, rows[i+1])
		}
	}
	if !strings.Contains(table, "yes was killed by SIGPIPE: it wrote after cat had stopped reading.") {
		t.Errorf("notes:\n%s", table)
	}
}

func TestPipelineStageThatNeverReads(t *testing.T) {
	rows, table, _ := pipeline(t, ipclab.Program("seq", "100"), ipclab.Function("looks", func() {
		for fds := []unix.PollFd{{Fd: 0, Events: unix.POLLIN}}; fds[0].Revents == 0; {
			unix.Poll(fds, -1) // until something is there
		}
	}))
	if rows[0].Out != 292 || rows[1].In != 0 || rows[1].Out != 0 || !strings.Contains(table, "looks left 292 bytes unread.") {
		t.Errorf("%s", table)
	}
}

func TestPipelineStageThatReadsSome(t *testing.T) {
	rows, table, out := pipeline(t, ipclab.Program("seq", "100"), ipclab.Function("some", func() {
		p := make([]byte, 10)
		n, _ := os.Stdin.Read(p)
		os.Stdout.Write(p[:n])
	}))
	if rows[1].In != 10 || rows[1].Out != 10 || out != "1\n2\n3\n4\n5\n" || !strings.Contains(table, "some left 282 bytes unread.") {
		t.Errorf("%q\n%s", out, table)
	}
}

// TestPipelineIdleWriter: a writer with nothing to write learns that its reader is gone when it writes again.
func TestPipelineIdleWriter(t *testing.T) {
	r, w := pipe(t)
	rows, _, _ := pipeline(t,
		ipclab.Function("waits", func() {
			w.Close()
			r.Read(make([]byte, 1)) // until the reader has ended
			for fds := []unix.PollFd{{Fd: 1}}; fds[0].Revents == 0; {
				unix.Poll(fds, -1) // until the meter has seen that
			}
			os.Stdout.WriteString("x")
		}),
		ipclab.Function("ends", func() { w.Write([]byte{1}) }))
	if rows[0].Status.Signal() != unix.SIGPIPE || rows[0].Out != 0 || rows[1].In != 0 {
		t.Errorf("rows: %+v", rows)
	}
}

func TestPipelineFailures(t *testing.T) {
	rows, table, out := pipeline(t,
		ipclab.Function("exits", func() { fmt.Print("partly"); os.Exit(3) }),
		ipclab.Function("dies", func() {
			os.Stdin.Read(make([]byte, 1)) // or the first could be killed by SIGPIPE before it exits
			unix.Kill(os.Getpid(), unix.SIGKILL)
		}),
		ipclab.Program("/no/such/program"),
		ipclab.Program("cat"))
	var ends []string
	for _, r := range rows {
		ends = append(ends, r.Status.String())
	}
	want := "exited with status 3; killed by SIGKILL; exited with status 127; exited with status 0"
	if got := strings.Join(ends, "; "); got != want || out != "" {
		t.Errorf("%s; printed %q; want %s", got, out, want)
	}
	for _, note := range []string{"exits failed: it exited with status 3.", "dies was killed by SIGKILL: the next stage read end of file"} {
		if !strings.Contains(table, note) {
			t.Errorf("no note %q in\n%s", note, table)
		}
	}
}

func TestPipelineErrors(t *testing.T) {
	for name, c := range map[string]struct {
		stages []ipclab.Stage
		text   string
	}{
		"none":         {nil, "0 stages: want 1 to 64"},
		"too many":     {make([]ipclab.Stage, 65), "65 stages"},
		"empty":        {[]ipclab.Stage{{}}, "stage 1: it is empty"},
		"nil function": {[]ipclab.Stage{ipclab.Program("true"), ipclab.Function("f", nil)}, "stage 2: the function is nil"},
		"no name":      {[]ipclab.Stage{ipclab.Program("")}, "the program has no name"},
	} {
		if table, err := ipclab.Pipeline(c.stages...); table != nil || !errors.Is(err, unix.EINVAL) || !strings.Contains(err.Error(), c.text) {
			t.Errorf("%s: %v, want EINVAL and %q", name, err, c.text)
		}
	}
	var none *ipclab.PipelineTable
	if none.Rows() != nil || none.String() == "" {
		t.Error("a nil table")
	}
}

func TestPipelineInterrupted(t *testing.T) {
	within(t, func() {
		_, err := ipclab.Pipeline(
			ipclab.Program("sleep", "3600"),
			ipclab.Function("interrupted", func() {
				unix.Kill(os.Getpid(), unix.SIGINT) // as the notebook does to the cell's children
				select {}
			}))
		if !errors.Is(err, unix.EINTR) || !strings.HasPrefix(err.Error(), "Pipeline: interrupted: ") {
			t.Errorf("interrupted: %v, want EINTR", err)
		}
	})
}
