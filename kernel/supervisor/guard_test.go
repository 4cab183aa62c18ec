package supervisor_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/bounds"
	"ipclab/kernel/supervisor"
	"ipclab/runtime/reap"
)

// bounded starts a supervisor with small bounds.
func bounded(t *testing.T) *lab {
	t.Setenv(bounds.MemoryVariable, "300M")
	t.Setenv(bounds.ProcessesVariable, "20")
	return start(t, func(o *supervisor.Options) {
		o.Bounds = bounds.Bounds{Memory: 300 << 20, Processes: 20}
	})
}

func TestMemoryOfTheRuntimeIsBounded(t *testing.T) {
	l := bounded(t)
	d := l.died(`var s [][]byte
for { s = append(s, []byte(strings.Repeat("x", 1<<20))) }`)
	for _, part := range []string{"out of memory: ", "more than 300 MiB (IPCLAB_MEMORY)", "the process that runs cells"} {
		if !strings.Contains(d.Error(), part) {
			t.Errorf("%q does not say %q", d.Error(), part)
		}
	}
	l.run(`fmt.Println("the next cell")`)
}

func TestMemoryOfAChildIsBounded(t *testing.T) {
	l := bounded(t)
	r := l.run(`p, _ := ipclab.Spawn(func() { var s [][]byte; for { s = append(s, []byte(strings.Repeat("x", 1<<20))) } })
status, _ := p.Wait()
fmt.Println(status)`)
	if got := r.text("stdout"); !strings.Contains(got, "SIGKILL") {
		t.Errorf("the child's status is %q", got)
	}
	if got := r.text("stderr"); !strings.Contains(got, "300 MiB (IPCLAB_MEMORY)") || !strings.Contains(got, "which was killed") {
		t.Errorf("standard error has %q", got)
	}
}

func TestProcessesAreBounded(t *testing.T) {
	l := bounded(t)
	r := newRecorder()
	_, err := l.execute(l.cell(`ended := make(chan error)
for i := 0; i < 30; i++ {
	c := exec.Command("sleep", "100")
	_ = c.Start()
	go func() { ended <- c.Wait() }()
}
for i := 0; i < 10; i++ { <-ended }`, r))
	if err != nil {
		t.Fatal(err)
	}
	if got := r.text("stderr"); !strings.Contains(got, "more than 20 at once (IPCLAB_PROCESSES)") {
		t.Errorf("standard error has %q", got)
	}
	if left := living(reap.Descendants(os.Getpid(), false)); left > 20 {
		t.Errorf("%d processes are there", left)
	}
}

// TestAStoppedChildStaysStopped: what others do on the machine may trip the wire before the guard has looked, and then it does
// not know who was stopped by the cell. That is chance; a guard that never knows fails each time.
func TestAStoppedChildStaysStopped(t *testing.T) {
	l := bounded(t)
	const attempts = 5
	var said []string
	for len(said) < attempts {
		r := l.run(`p, _ := ipclab.Spawn(func() { select {} })
p.Signal(syscall.SIGSTOP)
time.Sleep(250 * time.Millisecond) // for a look at it
all := []*ipclab.Process{p}
for i := 0; i < 6; i++ { c, _ := ipclab.Spawn(func() { select {} }); all = append(all, c) }
time.Sleep(250 * time.Millisecond)
b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.Pid()))
fmt.Println(strings.Contains(string(b), ") T "))
for _, c := range all { c.Kill(); c.Wait() }`)
		if r.text("stdout") == "true\n" {
			return
		}
		said = append(said, r.text("stdout")+r.text("stderr"))
	}
	t.Errorf("got %q", said)
}

// TestNobodyLooksAtAnIdleKernel counts how often this process gives the processor away while nothing goes on.
func TestNobodyLooksAtAnIdleKernel(t *testing.T) {
	l := bounded(t)
	l.run(`fmt.Println("a cell")`)
	const idle, atMost = 500 * time.Millisecond, 20
	var least int64
	for end := time.Now().Add(limit); time.Now().Before(end); {
		before := switches(t)
		time.Sleep(idle)
		if least = switches(t) - before; least <= atMost {
			return
		}
	}
	t.Errorf("an idle supervisor gave the processor away %d times in %v", least, idle)
}

func switches(t *testing.T) int64 {
	t.Helper()
	var used unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &used); err != nil {
		t.Fatal(err)
	}
	return used.Nvcsw
}

func living(pids []int) int { return len(bounds.Living(pids)) }

func TestDeathWithACauseSaysIt(t *testing.T) {
	d := &supervisor.Death{Cause: "out of memory: too much"}
	if got := d.How(); got != "ended: out of memory: too much" {
		t.Errorf("got %q", got)
	}
}
