package supervisor_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/kernel/supervisor"
	"ipclab/runtime/process"
	"ipclab/runtime/reap"
	"ipclab/runtime/wire"
)

// TestMain plays the runtime process when the supervisor starts this binary.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "runtime" {
		os.Exit(process.Main())
	}
	code := m.Run()
	if left := reap.Descendants(os.Getpid(), true); len(left) > 0 {
		fmt.Fprintln(os.Stderr, "processes left:", left)
		code = 1
	}
	os.Exit(code)
}

// limit is how long something may take that takes a second on an idle machine: at a low priority beside thirty busy
// processes, twenty seconds were seen.
const limit = time.Minute

// A recorder keeps what a cell puts out.
type recorder struct {
	mu     sync.Mutex
	events []string
	came   chan struct{}
}

func newRecorder() *recorder { return &recorder{came: make(chan struct{}, 1000)} }

func (r *recorder) add(event string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	// Text comes in pieces of any size; what was written in one go is one event.
	last := len(r.events) - 1
	if name, text, _ := strings.Cut(event, ":"); last >= 0 && (name == "stdout" || name == "stderr") && strings.HasPrefix(r.events[last], name+":") {
		r.events[last] += text
	} else {
		r.events = append(r.events, event)
	}
	select {
	case r.came <- struct{}{}:
	default:
	}
}

func (r *recorder) Stream(name, text string) { r.add(name + ":" + text) }
func (r *recorder) Display(d wire.Display) {
	kind := "display"
	if d.Update {
		kind = "update"
	}
	r.add(fmt.Sprintf("%s:%s%s", kind, d.ID, d.Data["text/plain"]))
}
func (r *recorder) Clear(wait bool) { r.add(fmt.Sprint("clear:", wait)) }

func (r *recorder) all() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.events)
}

func (r *recorder) text(stream string) string {
	var b strings.Builder
	for _, e := range r.all() {
		if text, ok := strings.CutPrefix(e, stream+":"); ok {
			b.WriteString(text)
		}
	}
	return b.String()
}

// wait blocks until what was put out to stdout contains want.
func (r *recorder) wait(t *testing.T, want string) bool {
	t.Helper()
	for end := time.After(limit); !strings.Contains(r.text("stdout"), want); {
		select {
		case <-r.came:
		case <-end:
			t.Errorf("no %q in %q", want, r.all())
			return false
		}
	}
	return true
}

// A lab is a supervisor and the cells run with it.
type lab struct {
	*testing.T
	*supervisor.Supervisor
	dir   string
	cells int
}

func start(t *testing.T, change ...func(*supervisor.Options)) *lab {
	t.Helper()
	dir := t.TempDir()
	mark := fmt.Sprintf("%s-%d", t.Name(), os.Getpid()) // the same test may run elsewhere on the machine
	o := supervisor.Options{
		Path: "/proc/self/exe", Args: []string{"ipclab", "runtime"},
		Mark: mark, TextLimit: 16 << 20, KeptTexts: filepath.Join(dir, "kept"),
	}
	for _, c := range change {
		c(&o)
	}
	s, err := supervisor.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		s.Close()
		if left := reap.Marked(mark); len(left) > 0 {
			t.Errorf("processes left: %v", left)
		}
	})
	return &lab{T: t, Supervisor: s, dir: dir}
}

// cell makes a program that runs body, with these packages imported.
func (l *lab) cell(body string, r *recorder) supervisor.Cell {
	l.cells++
	entry := fmt.Sprintf("cell%d", l.cells)
	var imports strings.Builder
	for _, path := range []string{"fmt", "os", "os/exec", "time", "ipclab", "syscall", "strings", "bufio", "runtime"} {
		if strings.Contains(body, filepath.Base(path)+".") {
			fmt.Fprintf(&imports, "import %q\n", path)
		}
	}
	if strings.Contains(body, "host.") {
		imports.WriteString("import host \"ipclab/host\"\n")
	}
	return supervisor.Cell{Name: entry, Entry: entry, Output: r, Source: fmt.Sprintf("package main\n%sfunc %s() {\n%s\n}\n", imports.String(), entry, body)}
}

// run runs a cell that must end well.
func (l *lab) run(body string) *recorder {
	l.Helper()
	r := newRecorder()
	d, err := l.execute(l.cell(body, r))
	if err != nil || d.Status != wire.StatusOK {
		l.Fatalf("%s\nended with %v, %+v; output %q", body, err, d, r.all())
	}
	return r
}

// execute is Execute with a limit.
func (l *lab) execute(c supervisor.Cell) (d wire.Done, err error) {
	l.Helper()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		d, err = l.Execute(c)
	}()
	select {
	case <-ended:
	case <-time.After(limit):
		l.Fatalf("cell did not end:\n%s", c.Source)
	}
	return d, err
}

// died runs a cell that must take the runtime process with it.
func (l *lab) died(body string) *supervisor.Death {
	l.Helper()
	_, err := l.execute(l.cell(body, newRecorder()))
	var death *supervisor.Death
	if !errors.As(err, &death) {
		l.Fatalf("%s\nended with %v", body, err)
	}
	return death
}

func TestOutputComesInOrder(t *testing.T) {
	l := start(t)
	r := l.run(`fmt.Println("one")
ipclab.Display("two")
fmt.Println("three")
ipclab.ClearOutput(true)
fmt.Println("four")`)
	want := []string{"stdout:one\n", `display:"two"`, "stdout:three\n", "clear:true", "stdout:four\n"}
	if got := r.all(); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestChildrenAndProgramsWriteToTheCell(t *testing.T) {
	l := start(t)
	r := l.run(`pid, err := ipclab.Fork()
if err != nil { panic(err) }
if pid == 0 { fmt.Println("from the child"); ipclab.Display("shown by the child"); return }
ipclab.Wait()
c := exec.Command("/bin/echo", "from a program"); c.Stdout = os.Stdout; c.Run()`)
	want := []string{"stdout:from the child\n", `display:"shown by the child"`, "stdout:from a program\n"}
	if got := r.all(); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if r := l.run(`fmt.Println("next")`); r.text("stdout") != "next\n" {
		t.Errorf("the cell after a fork: %q", r.all())
	}
}

func TestPanicInAChildEndsItWithStatus2(t *testing.T) {
	l := start(t)
	r := l.run(`pid, _ := ipclab.Fork()
if pid == 0 { panic("boom") }
_, s, err := ipclab.Wait()
fmt.Println(s.ExitCode(), err)`)
	if r.text("stdout") != "2 <nil>\n" || !strings.Contains(r.text("stderr"), "panic: boom") {
		t.Errorf("got %q", r.all())
	}
}

func TestLargeOutputLosesNothing(t *testing.T) {
	l := start(t)
	r := l.run(`s := strings.Repeat("x", 1023) + "\n"
for i := 0; i < 5000; i++ { os.Stdout.WriteString(s) }`)
	if n := len(r.text("stdout")); n != 5000*1024 {
		t.Errorf("%d bytes of %d", n, 5000*1024)
	}
	if n := len(r.all()); n > 200 {
		t.Errorf("%d messages", n)
	}
}

func TestTextBeyondTheLimitIsKeptInAFile(t *testing.T) {
	l := start(t, func(o *supervisor.Options) { o.TextLimit = 1000 })
	r := l.run(`for i := 0; i < 1000; i++ { fmt.Println("0123456789") }`)
	if n := len(r.text("stdout")); n != 1000 {
		t.Errorf("%d bytes were put out", n)
	}
	notice := r.text("stderr")
	_, file, found := strings.Cut(notice, "the other 10000 bytes are in ")
	if !found {
		t.Fatalf("notice %q", notice)
	}
	kept, err := os.ReadFile(strings.TrimSuffix(strings.TrimSpace(file), "]"))
	if err != nil || len(kept) != 10000 {
		t.Errorf("kept %d bytes, %v", len(kept), err)
	}
	if r := l.run(`fmt.Print("short")`); r.text("stdout") != "short" || r.text("stderr") != "" {
		t.Errorf("the next cell: %q", r.all())
	}
}

func TestCharacterCutByTwoWritesIsWhole(t *testing.T) {
	l := start(t)
	r := l.run(`os.Stdout.Write([]byte("a\xe2\x82")); time.Sleep(60*time.Millisecond); os.Stdout.Write([]byte("\xac\xff."))`)
	if got := r.text("stdout"); got != "a€\uFFFD." {
		t.Errorf("got %q", got)
	}
}

func TestStandardDescriptorsAreRestored(t *testing.T) {
	l := start(t)
	l.run(`r, w, err := ipclab.Pipe()
if err != nil { panic(err) }
ipclab.Dup2(r, 0); ipclab.Dup2(w, 1); syscall.Close(2)`)
	if r := l.run(`fmt.Print("seen"); fmt.Fprint(os.Stderr, "too")`); r.text("stdout") != "seen" || r.text("stderr") != "too" {
		t.Errorf("got %q", r.all())
	}
}

func TestFirstPipeHasTheLowNumbers(t *testing.T) {
	l := start(t)
	r := l.run(`var p [2]int
syscall.Pipe(p[:]); fmt.Print(p); syscall.Close(p[0]); syscall.Close(p[1])`)
	if got := r.text("stdout"); got != "[3 4]" {
		t.Errorf("got %s", got)
	}
}

// answers makes an Input that gives these lines, and then none.
func answers(lines ...string) func(context.Context) (string, error) {
	return func(context.Context) (string, error) {
		if len(lines) == 0 {
			return "", errors.New("no more")
		}
		line := lines[0]
		lines = lines[1:]
		return line, nil
	}
}

func TestInputIsAskedForWhoeverReads(t *testing.T) {
	l := start(t)
	for name, body := range map[string]string{
		"the cell":  `var s string; fmt.Scan(&s); fmt.Print("got ", s)`,
		"a child":   `if pid, _ := ipclab.Fork(); pid == 0 { var s string; fmt.Scan(&s); fmt.Print("got ", s) } else { ipclab.Wait() }`,
		"a program": `c := exec.Command("/bin/sh", "-c", "read x; printf 'got %s' $x"); c.Stdin, c.Stdout = os.Stdin, os.Stdout; c.Run()`,
	} {
		r := newRecorder()
		c := l.cell(`fmt.Print("name? ");`+body, r)
		c.Input = answers("Ada")
		if d, err := l.execute(c); err != nil || d.Status != wire.StatusOK || r.text("stdout") != "name? got Ada" {
			t.Errorf("%s: %v, %+v, %q", name, err, d, r.all())
		}
	}
}

func TestReadingARedirectedInputAsksNobody(t *testing.T) {
	l := start(t)
	r := newRecorder()
	c := l.cell(`r, w, _ := ipclab.Pipe()
pid, _ := ipclab.Fork()
if pid == 0 { time.Sleep(100*time.Millisecond); w.Write([]byte("5000\n")); return }
ipclab.Dup2(r, 0)
var v int
fmt.Scan(&v)
fmt.Print(v)`, r)
	c.Input = func(context.Context) (string, error) {
		t.Error("input was asked for")
		return "", errors.New("no")
	}
	if d, err := l.execute(c); err != nil || d.Status != wire.StatusOK || r.text("stdout") != "5000" {
		t.Errorf("%v, %+v, %q", err, d, r.all())
	}
}

func TestWithoutInputReadersSeeTheEndAndTheNextCellCanAsk(t *testing.T) {
	l := start(t)
	r := l.run(`n, err := os.Stdin.Read(make([]byte, 10)); fmt.Print(n, err)`)
	if r.text("stdout") != "0 EOF" || !strings.Contains(r.text("stderr"), "standard input is at its end") {
		t.Errorf("got %q", r.all())
	}
	r = newRecorder()
	c := l.cell(`var s string; fmt.Scan(&s); fmt.Print(s)`, r)
	c.Input = answers("again")
	if _, err := l.execute(c); err != nil || r.text("stdout") != "again" {
		t.Errorf("%v, %q", err, r.all())
	}
}

func TestWhatACellDidNotReadIsNotForTheNext(t *testing.T) {
	l := start(t)
	c := l.cell(`os.Stdin.Read(make([]byte, 1))`, newRecorder())
	c.Input = answers("left over")
	if _, err := l.execute(c); err != nil {
		t.Fatal(err)
	}
	r := newRecorder()
	c = l.cell(`var s string; fmt.Scan(&s); fmt.Print(s)`, r)
	c.Input = answers("fresh")
	if _, err := l.execute(c); err != nil || r.text("stdout") != "fresh" {
		t.Errorf("%v, %q", err, r.all())
	}
}

func TestDeathSaysHow(t *testing.T) {
	l := start(t)
	for body, want := range map[string]string{
		`os.Exit(3)`: "exited with status 3",
		`syscall.Kill(os.Getpid(), syscall.SIGKILL)`:                        "was killed by SIGKILL",
		`go func() { panic("last words") }(); time.Sleep(10 * time.Second)`: "exited with status 2",
	} {
		d := l.died(body)
		if d.How() != want || !strings.Contains(d.Error(), "ariables, functions and types") {
			t.Errorf("%s: %v", body, d)
		}
		if strings.Contains(body, "last words") && !strings.Contains(d.LastWords, "last words") {
			t.Errorf("last words: %q", d.LastWords)
		}
		if r := l.run(`fmt.Print("alive")`); r.text("stdout") != "alive" {
			t.Errorf("after %s: %q", body, r.all())
		}
	}
}

func TestDeathBetweenCellsIsTold(t *testing.T) {
	l := start(t)
	r := newRecorder()
	gate := filepath.Join(l.dir, "gate")
	if err := unix.Mkfifo(gate, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := l.execute(l.cell(`go func() { os.ReadFile("`+gate+`"); os.Exit(7) }()`, r)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(gate, nil, 0); err != nil { // after the cell
		t.Fatal(err)
	}
	for end := time.After(limit); !strings.Contains(r.text("stderr"), "exited with status 7 while no cell was running"); {
		select {
		case <-r.came:
		case <-end:
			t.Fatalf("got %q", r.all())
		}
	}
	if r := l.run(`fmt.Print("alive")`); r.text("stdout") != "alive" {
		t.Errorf("got %q", r.all())
	}
}

func TestInterruptKeepsTheRuntime(t *testing.T) {
	l := start(t)
	pid := l.run(`fmt.Print(os.Getpid())`).text("stdout")
	r := newRecorder()
	c := l.cell(`fmt.Print("running"); for { if *host.Stop { host.Interrupted() } }`, r)
	go func() {
		r.wait(t, "running")
		l.Interrupt()
		l.Interrupt()
	}()
	d, err := l.execute(c)
	if err != nil || d.Status != wire.StatusInterrupted {
		t.Errorf("%v, %+v", err, d)
	}
	if after := l.run(`fmt.Print(os.Getpid())`).text("stdout"); after != pid {
		t.Errorf("runtime %s became %s", pid, after)
	}
}

func TestInterruptEndsTheWaitForInputAndKeepsTheRuntime(t *testing.T) {
	l := start(t)
	pid := l.run(`fmt.Print(os.Getpid())`).text("stdout")
	r := newRecorder()
	c := l.cell(`var s string; n, err := fmt.Scan(&s); fmt.Print(n, err)`, r)
	c.Input = func(asking context.Context) (string, error) {
		l.Interrupt()
		<-asking.Done()
		return "", asking.Err()
	}
	d, err := l.execute(c)
	if err != nil || d.Status != wire.StatusInterrupted {
		t.Errorf("%v, %+v, %q", err, d, r.all())
	}
	if after := l.run(`fmt.Print(os.Getpid())`).text("stdout"); after != pid {
		t.Errorf("runtime %s became %s", pid, after)
	}
}

func TestInterruptReachesChildren(t *testing.T) {
	l := start(t)
	r := newRecorder()
	c := l.cell(`c := exec.Command("/bin/sh", "-c", "echo running; exec sleep 1000"); c.Stdout = os.Stdout
fmt.Print(c.Run())`, r)
	go func() {
		r.wait(t, "running")
		l.Interrupt()
	}()
	if d, err := l.execute(c); err != nil || !strings.Contains(r.text("stdout"), "signal: interrupt") {
		t.Errorf("%v, %+v, %q", err, d, r.all())
	}
}

// What a cell forks while it is being interrupted ends by SIGINT too, before the cell does, and says nothing in the next one.
func TestInterruptReachesChildrenForkedThen(t *testing.T) {
	l := start(t)
	for name, child := range map[string]string{"interrupted": "host.Interrupted()", "going on": "for {}"} {
		r := newRecorder()
		c := l.cell(fmt.Sprintf(`fmt.Print("running ")
for !*host.Stop {}
for begin := time.Now(); time.Since(begin) < 100*time.Millisecond; {} // who was there has been told then
pid, _ := ipclab.Fork()
if pid == 0 { %s }
fmt.Print(pid)
host.Interrupted()`, child), r)
		go func() {
			r.wait(t, "running")
			l.Interrupt()
		}()
		if d, err := l.execute(c); err != nil || d.Status != wire.StatusInterrupted {
			t.Errorf("%s: %v, %+v, %q", name, err, d, r.all())
		}
		pid := strings.TrimPrefix(r.text("stdout"), "running ")
		after := l.run(fmt.Sprintf(`status, err := ipclab.WaitPid(%s); fmt.Print(status, err)`, pid))
		if got := after.text("stdout"); !strings.Contains(got, "SIGINT") {
			t.Errorf("%s: the child's status is %q", name, got)
		}
		if got := r.text("stderr") + after.text("stderr"); got != "" {
			t.Errorf("%s: standard error has %q", name, got)
		}
	}
}

func TestInterruptEndsChildrenThatIgnoreIt(t *testing.T) {
	l := start(t)
	pid := l.run(`fmt.Print(os.Getpid())`).text("stdout")
	for _, script := range []string{
		"trap '' INT; echo running >&2; sleep 1000",
		"trap '' INT TERM; echo running >&2; sleep 1000",
		"setsid sh -c \"trap '' INT TERM; echo running >&2; sleep 1000\"",
		"setsid sh -c \"trap '' INT TERM; echo running >&2; sleep 1000\" &",
	} {
		r := newRecorder()
		c := l.cell(fmt.Sprintf(`c := exec.Command("/bin/sh", "-c", %q); c.Stderr = os.Stdout; c.Output()`, script), r)
		go func() {
			r.wait(t, "running")
			l.Interrupt()
		}()
		if d, err := l.execute(c); err != nil || d.Status != wire.StatusInterrupted {
			t.Errorf("%s: %v, %+v, %q", script, err, d, r.all())
		}
	}
	if after := l.run(`fmt.Print(os.Getpid())`).text("stdout"); after != pid {
		t.Errorf("runtime %s became %s", pid, after)
	}
}

func TestInterruptSparesWhatEarlierCellsStartedElsewhere(t *testing.T) {
	l := start(t)
	// The kernel tells the start of a process in hundredths of a second.
	l.run(`c := exec.Command("/bin/sleep", "1000"); c.SysProcAttr = &syscall.SysProcAttr{Setsid: true}; c.Start(); time.Sleep(20 * time.Millisecond)`)
	r := newRecorder()
	c := l.cell(`fmt.Print("running"); for { if *host.Stop { host.Interrupted() } }`, r)
	go func() {
		r.wait(t, "running")
		l.Interrupt()
	}()
	l.execute(c)
	if got := l.run(`b, err := exec.Command("/bin/ps", "-o", "stat=,args=", "--ppid", fmt.Sprint(os.Getpid())).Output(); fmt.Print(string(b), err)`).text("stdout"); !strings.Contains(got, "/bin/sleep 1000") {
		t.Errorf("left are %q", got)
	}
}

func TestInterruptOfWhatCannotBeStoppedKillsTheRuntime(t *testing.T) {
	l := start(t)
	r := newRecorder()
	c := l.cell(`r, w, _ := os.Pipe(); fmt.Print("running"); r.Read(make([]byte, 1)); w.Close()`, r)
	go func() {
		r.wait(t, "running")
		l.Interrupt()
	}()
	_, err := l.execute(c)
	var death *supervisor.Death
	if !errors.As(err, &death) || !death.Interrupted {
		t.Errorf("got %v", err)
	}
	l.run(``)
}

func TestInterruptBeforeTheCellBeganIsNotLost(t *testing.T) {
	l := start(t)
	c := l.cell(`for { if *host.Stop { host.Interrupted() } }`, newRecorder())
	c.Interrupted = func() bool { return true }
	if d, err := l.execute(c); err != nil || d.Status != wire.StatusInterrupted {
		t.Errorf("%v, %+v", err, d)
	}
}

func TestInterruptWithoutACellDoesNothing(t *testing.T) {
	l := start(t)
	l.Interrupt()
	l.run(``)
}

func TestCloseEndsARunningCellAndAllProcesses(t *testing.T) {
	l := start(t)
	r := newRecorder()
	c := l.cell(`exec.Command("/bin/sh", "-c", "setsid sleep 1000 & exec sleep 1001").Start()
if pid, _ := ipclab.Fork(); pid == 0 { for { time.Sleep(time.Hour) } }
fmt.Print("running"); time.Sleep(time.Hour)`, r)
	go func() {
		r.wait(t, "running")
		l.Close()
	}()
	if _, err := l.execute(c); !errors.Is(err, supervisor.ErrClosed) {
		t.Errorf("got %v", err)
	}
}

func TestRuntimeThatDoesNotStartIsAnError(t *testing.T) {
	l := start(t, func(o *supervisor.Options) {
		o.Path, o.Args = "/bin/sh", []string{"sh", "-c", "echo cannot >&2; exit 9"}
	})
	for range 2 {
		_, err := l.execute(l.cell(``, newRecorder()))
		var death *supervisor.Death
		if !errors.As(err, &death) || !death.Unready || death.Status.ExitStatus() != 9 {
			t.Errorf("got %v", err)
		}
	}
}

func TestNoDescriptorsAreLeaked(t *testing.T) {
	l := start(t)
	l.run(``)
	l.AwaitCopies()
	before := openFiles(t)
	for range 5 {
		l.died(`os.Exit(1)`)
		l.run(`ipclab.Display(1)`)
	}
	// What is looked at in /proc beside the test is open for a moment; a leak
	// stays.
	after := openFiles(t)
	for end := time.Now().Add(limit); len(after) > len(before) && time.Now().Before(end); after = openFiles(t) {
		time.Sleep(time.Millisecond)
	}
	if len(after) > len(before) {
		t.Errorf("open after:\n%s\nbefore:\n%s", strings.Join(after, "\n"), strings.Join(before, "\n"))
	}
}

// openFiles lists what this process has open.
func openFiles(t *testing.T) []string {
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	var files []string
	for _, e := range entries {
		if target, err := os.Readlink("/proc/self/fd/" + e.Name()); err == nil {
			files = append(files, e.Name()+" "+target)
		}
	}
	return files
}
