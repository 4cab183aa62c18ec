package cell_test

import (
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
)

// stopped runs a cell, interrupts it when it has called begun, and gives what it
// shows.
func (n *notebook) stopped(t *testing.T, source string) string {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	t.Setenv("BEGUN", fmt.Sprintf("/proc/self/fd/%d", w.Fd()))
	told := make(chan error, 1)
	go func() {
		_, err := io.ReadFull(r, make([]byte, 1))
		n.interp.Interrupt()
		told <- err
	}()
	got := n.run(source)
	w.Close()
	if err := <-told; err != nil {
		t.Errorf("the cell ended before it had begun: %s", got)
	}
	return got
}

const begun = `func begun() {
	f, err := os.OpenFile(os.Getenv("BEGUN"), os.O_WRONLY, 0)
	if err != nil { panic(err) }
	defer f.Close()
	f.Write([]byte("x"))
}`

func interruptible(t *testing.T) *notebook {
	n := newNotebook()
	if got := n.run(begun); got != "" {
		t.Fatal(got)
	}
	return n
}

const interrupted = "interrupted: the cell was interrupted\n"

func TestWaitsEndWithTheCell(t *testing.T) {
	n := interruptible(t)
	for _, wait := range []string{
		"for {}", "<-make(chan int)", "v, ok := <-make(chan int); _, _ = v, ok", "make(chan int) <- 1", "for range make(chan int) {}",
		"select {}", "select { case <-make(chan int): case make(chan int) <- 1: }", "var c chan int; <-c", "time.Sleep(time.Hour)",
		"var g sync.WaitGroup; g.Add(1); g.Wait()", "var m sync.Mutex; m.Lock(); m.Lock()", "var m sync.RWMutex; m.Lock(); m.RLock()",
		"r, w, _ := os.Pipe(); r.Read(make([]byte, 1)); w.Close()",
		"r, w, _ := os.Pipe(); bufio.NewReader(r).ReadString('\\n'); w.Close()",
	} {
		if got := n.stopped(t, "begun()\n"+wait); !strings.HasPrefix(got, interrupted) || !strings.Contains(got, "line 2:  ") && !strings.Contains(got, "in begun:  ") {
			t.Errorf("%s shows %q", wait, got)
		}
	}
}

func TestRecoverDoesNotSeeAnInterrupt(t *testing.T) {
	n := interruptible(t)
	got := n.stopped(t, `defer fmt.Println("last")
for {
	func() {
		defer func() { fmt.Println(recover()) }()
		begun()
		select {}
	}()
}`)
	if !strings.HasPrefix(got, "<nil>\nlast\n"+interrupted) {
		t.Errorf("got %q", got)
	}
}

func TestAPanicOfADeferredCallDoesNotHoldAnInterruptUp(t *testing.T) {
	n := interruptible(t)
	got := n.stopped(t, `defer fmt.Println("last")
func() {
	defer func() { for range 2 { fmt.Println("waits", <-time.After(0) != time.Time{}) } }()
	defer func() { fmt.Println("recovers", recover()) }()
	defer func() { panic("mine") }()
	begun()
	select {}
}()
for { fmt.Println("goes on") }`)
	if !strings.HasPrefix(got, "recovers mine\nwaits true\nwaits true\nlast\n"+interrupted) {
		t.Errorf("got %q", got)
	}
	got = n.stopped(t, `defer func() { for range 2 { fmt.Println("waits", <-time.After(0) != time.Time{}) } }()
defer func() { panic("mine") }()
begun()
select {}`)
	if !strings.HasPrefix(got, "waits true\nwaits true\npanic: mine\n") {
		t.Errorf("got %q", got)
	}
}

func TestCompiledCodeThatRecoversDoesNotKeepACell(t *testing.T) {
	n := interruptible(t)
	n.run("type T int; func (t T) String() string { begun(); select {} }")
	if got := n.stopped(t, "for { s := fmt.Sprint(T(1)); _ = s }"); !strings.HasPrefix(got, interrupted) {
		t.Errorf("got %q", got)
	}
}

func TestDeferredCallsOfAnInterruptedCellMayWait(t *testing.T) {
	n := interruptible(t)
	got := n.stopped(t, `defer fmt.Println("last")
defer func() {
	c := make(chan int)
	var m sync.Mutex
	m.Lock()
	go func() { c <- 1; close(c); m.Unlock() }()
	for v := range c {
		fmt.Println("received", v)
	}
	m.Lock()
	time.Sleep(time.Millisecond)
	select { case _, ok := <-c: fmt.Println(ok) }
}()
begun()
select {}`)
	if !strings.HasPrefix(got, "received 1\nfalse\nlast\n"+interrupted) {
		t.Errorf("got %q", got)
	}
}

func TestOtherGoroutinesAreNotInterrupted(t *testing.T) {
	n := interruptible(t)
	n.run(`in, out := make(chan int), make(chan int)
go func() { for v := range in { time.Sleep(time.Millisecond); select { case out <- 2 * v: } } }()`)
	n.stopped(t, "begun()\nselect {}")
	n.stopped(t, "begun()\nfor {}")
	if got := n.run("in <- 21; <-out"); got != "= 42\n" {
		t.Errorf("got %q", got)
	}
}

// TestACellThatIsLeftBehindDoesNotGoOn has a goroutine panic while the cell is in
// compiled code that does not return in time.
func TestACellThatIsLeftBehindDoesNotGoOn(t *testing.T) {
	n := newNotebook()
	n.run("reader, writer := io.Pipe(); reached := 0")
	got := n.run(`go func() { panic("gone") }()
writer.Write([]byte("x"))
for range 3 { reached++ }`)
	if !strings.HasPrefix(got, "panic: gone\n") {
		t.Errorf("got %q", got)
	}
	// The read lets the cell's goroutine go on. A mended one ends at its next
	// step; the time is for one that is not.
	if got := n.run("reader.Read(make([]byte, 1)); time.Sleep(50 * time.Millisecond); reached"); got != "= 0\n" {
		t.Errorf("the cell went on: %q", got)
	}
}

func TestALateSignalOfAnInterruptedWaitIsPassedOn(t *testing.T) {
	n := interruptible(t)
	n.run("var m sync.Mutex; c := sync.NewCond(&m)")
	n.stopped(t, "m.Lock(); defer m.Unlock(); begun(); c.Wait()")
	got := n.run(`woken, ready := make(chan bool), make(chan bool)
go func() { m.Lock(); ready <- true; c.Wait(); m.Unlock(); woken <- true }()
<-ready
m.Lock()
c.Signal()
m.Unlock()
<-woken
"woken"`)
	if got != "= woken\n" {
		t.Errorf("got %q", got)
	}
}
