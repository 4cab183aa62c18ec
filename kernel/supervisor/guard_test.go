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

// Memory is filled in large steps: near the bound the collector runs at each, and on a busy machine a run takes long.
func TestMemoryOfTheRuntimeIsBounded(t *testing.T) {
	l := bounded(t)
	d := l.died(`var s [][]byte
for { s = append(s, []byte(strings.Repeat("x", 16<<20))) }`)
	for _, part := range []string{"out of memory: ", "more than 300 MiB (IPCLAB_MEMORY)", "the process that runs cells"} {
		if !strings.Contains(d.Error(), part) {
			t.Errorf("%q does not say %q", d.Error(), part)
		}
	}
	l.run(`fmt.Println("the next cell")`)
}

func TestMemoryOfAChildIsBounded(t *testing.T) {
	l := bounded(t)
	r := l.run(`p, _ := ipclab.Spawn(func() { var s [][]byte; for { s = append(s, []byte(strings.Repeat("x", 16<<20))) } })
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

// TestAStoppedChildStaysStopped has a child make threads that trip the wire, until it was stopped and went on twice. What the
// guard did with the other child, which the cell has stopped, it has done then.
func TestAStoppedChildStaysStopped(t *testing.T) {
	l := bounded(t)
	r := l.run(`p, _ := ipclab.Spawn(func() { select {} })
p.Signal(syscall.SIGSTOP)
var status syscall.WaitStatus
syscall.Wait4(p.Pid(), &status, syscall.WUNTRACED, nil)
fmt.Println(status.Stopped())
q, _ := ipclab.Spawn(func() {
	for {
		end := make(chan bool)
		for i := 0; i < 300; i++ {
			go func() { runtime.LockOSThread(); <-end }() // the thread ends with it
		}
		time.Sleep(20 * time.Millisecond)
		close(end)
	}
})
for i := 0; i < 2; i++ {
	syscall.Wait4(q.Pid(), &status, syscall.WCONTINUED, nil)
	fmt.Println(status.Continued())
}
n, err := syscall.Wait4(p.Pid(), &status, syscall.WCONTINUED|syscall.WNOHANG, nil)
b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.Pid()))
fmt.Println(n, err, strings.Contains(string(b), ") T "))
for _, c := range []*ipclab.Process{p, q} { c.Kill(); c.Wait() }`)
	if got, want := r.text("stdout"), "true\ntrue\ntrue\n0 <nil> true\n"; got != want {
		t.Errorf("got %q, want %q; %s", got, want, r.text("stderr"))
	}
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
