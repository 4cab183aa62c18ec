package ipclab_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab"
)

// What BenchmarkQueueSpeed measures: short runs, in many turns.
const queueMessages, queueRounds = 10_000, 101

// BenchmarkQueueSpeed prints the queue and the ring beside their C programs: on two processors, if there are, and on one.
func BenchmarkQueueSpeed(b *testing.B) {
	for _, cpus := range [][]int{{0, 1}, {0}} {
		b.Run(fmt.Sprint(cpus), func(b *testing.B) {
			for range b.N {
				t, err := ipclab.QueueSpeed(ipclab.QueueSpeedOptions{Messages: queueMessages, Rounds: queueRounds, CPUs: cpus})
				if err != nil {
					b.Fatal(err)
				}
				fmt.Println(t)
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}

// TestExperimentsWithoutCompiler: what is missing is said, and nothing is left.
func TestExperimentsWithoutCompiler(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("PATH", folder)
	t.Setenv("TMPDIR", folder)
	if _, err := ipclab.CourseQueue(); !errors.Is(err, unix.ENOENT) || !strings.Contains(err.Error(), "apt-get install gcc libc6-dev") {
		t.Errorf("CourseQueue: %v", err)
	}
	s, err := ipclab.QueueSpeed(ipclab.QueueSpeedOptions{Messages: 100, Rounds: 1})
	if err != nil || len(s.Rows()) != 3 || !strings.Contains(s.String(), "apt-get install gcc libc6-dev") {
		t.Errorf("QueueSpeed: %v, %v", s, err)
	}
	if entries, _ := os.ReadDir(folder); len(entries) != 0 {
		t.Errorf("left: %v", entries)
	}
}

func TestQueueSpeedErrors(t *testing.T) {
	for _, o := range []ipclab.QueueSpeedOptions{
		{Messages: -1}, {Size: -1}, {Slots: -1}, {Rounds: -1}, {Rounds: 1001}, {Limit: -1}, {CPUs: []int{0, 0, 0}}, {CPUs: []int{-1}}, {CPUs: []int{1023}},
	} {
		if _, err := ipclab.QueueSpeed(o); !errors.Is(err, unix.EINVAL) {
			t.Errorf("%+v: %v", o, err)
		}
	}
	folder := t.TempDir()
	t.Setenv("TMPDIR", folder)
	if _, err := ipclab.QueueSpeed(ipclab.QueueSpeedOptions{Messages: 10_000_000, Limit: 50 * time.Millisecond}); !errors.Is(err, unix.ETIMEDOUT) {
		t.Errorf("a limit that is too short: %v", err)
	}
	if entries, _ := os.ReadDir(folder); len(entries) != 0 {
		t.Errorf("left: %v", entries)
	}
}

// TestQueueExperimentKilled: whoever is killed in the middle of a measurement leaves no process.
func TestQueueExperimentKilled(t *testing.T) {
	r, w := pipe(t)
	p := spawn(t, func() { // the processes of the experiment have w open, too
		os.Setenv("PATH", "/nowhere")
		ipclab.QueueSpeed(ipclab.QueueSpeedOptions{Messages: 50_000_000, Limit: time.Minute})
	})
	w.Close()
	within(t, func() {
		for ended := false; !ended && children(p.Pid()) < 2; {
			time.Sleep(100 * time.Microsecond)
			_, ended = p.Status()
		}
		p.Kill()
		p.Wait()
		if n, err := r.Read(make([]byte, 1)); n != 0 || err != io.EOF {
			t.Errorf("read %d, %v; want end of file", n, err)
		}
	})
}

// children returns how many children a process has.
func children(pid int) int {
	tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	n := 0
	for _, task := range tasks {
		text, _ := os.ReadFile(task)
		n += len(strings.Fields(string(text)))
	}
	return n
}
