package supervisor_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"ipclab/kernel/supervisor"
	"ipclab/runtime/wire"
)

// A notebook is a State: how many cells it knows of.
type notebook struct {
	mu    sync.Mutex
	known int
}

func (n *notebook) Snapshot() any {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.known
}

func (n *notebook) Restore(snapshot any) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.known, _ = snapshot.(int)
}

// startWithState gives a lab whose cells are kept: set changes the variable X
// of the runtime process, as a cell of the notebook.
func startWithState(t *testing.T) (l *lab, n *notebook, set func(x string)) {
	t.Helper()
	n = &notebook{}
	l = start(t, func(o *supervisor.Options) { o.State = n })
	return l, n, func(x string) {
		l.Helper()
		l.run(fmt.Sprintf(`os.Setenv("X", %q)`, x))
		n.mu.Lock()
		n.known++
		n.mu.Unlock()
		l.Freeze()
	}
}

// expect checks the runtime process's X, which no notebook cell does, and what
// State knows.
func (l *lab) expect(n *notebook, x string, known int) {
	l.Helper()
	if got := l.run(`fmt.Print(os.Getenv("X"))`).text("stdout"); got != x {
		l.Errorf("X is %q, want %q", got, x)
	}
	if got := n.Snapshot(); got != known {
		l.Errorf("State knows of %v cells, want %d", got, known)
	}
}

func TestRollBackToBeforeTheCell(t *testing.T) {
	l, n, set := startWithState(t)
	set("one")
	folder := t.TempDir()
	l.run(fmt.Sprintf(`os.Chdir(%q)`, folder))
	l.Freeze()
	for body, how := range map[string]string{
		`os.Exit(3)`: "exited with status 3",
		`syscall.Kill(os.Getpid(), syscall.SIGKILL)`:                              "was killed by SIGKILL",
		`go func() { panic("last words") }(); time.Sleep(10 * time.Second)`:       "exited with status 2",
		`syscall.Setrlimit(syscall.RLIMIT_NOFILE, &syscall.Rlimit{}); os.Exit(4)`: "exited with status 4",
	} {
		d := l.died(`os.Setenv("X", "lost"); os.Chdir("/")
` + body)
		if d.How() != how || d.Kept != supervisor.KeptAll || !strings.Contains(d.Error(), "as they were before this cell") {
			t.Errorf("%s: %v", body, d)
		}
		l.expect(n, "one", 1)
		if got := l.run(`d, _ := os.Getwd(); fmt.Print(d)`).text("stdout"); got != folder {
			t.Errorf("after %s the folder is %s", body, got)
		}
	}
}

// A cell that the copy was made after is kept, however often the process dies.
func TestRollBackAgainAndAgain(t *testing.T) {
	l, n, set := startWithState(t)
	for i := range 10 {
		x := strconv.Itoa(i)
		set(x)
		l.died(`os.Exit(1)`)
		l.died(`os.Exit(1)`)
		l.expect(n, x, i+1)
	}
}

func TestRollBackTellsOfLostDescriptors(t *testing.T) {
	l := start(t)
	l.run(`ipclab.Pipe()`)
	l.Freeze()
	d := l.died(`os.Exit(1)`)
	if len(d.Lost) < 2 || !strings.Contains(d.Error(), "closed now: ") || !strings.Contains(d.Lost[0], "(pipe:[") {
		t.Errorf("lost %q in %v", d.Lost, d)
	}
	if d := l.died(`os.Exit(1)`); len(d.Lost) > 0 {
		t.Errorf("lost again: %q", d.Lost)
	}
	if d := l.died(`exec.Command("sleep", "100").Start(); os.Exit(1)`); !d.Orphans {
		t.Errorf("no word of the process: %v", d)
	}
}

// A copy that is gone is not woken: the runtime goes back further, and at last a
// new one is started.
func TestRollBackFurther(t *testing.T) {
	l, n, set := startWithState(t)
	set("one")
	l.AwaitCopies()
	older := l.frozen()
	set("two")
	l.AwaitCopies()
	killAll(t, slices.DeleteFunc(l.frozen(), func(pid int) bool { return slices.Contains(older, pid) }))
	if d := l.died(`os.Exit(1)`); d.Kept != supervisor.KeptOlder || !strings.Contains(d.Error(), "no copy of its last state") {
		t.Errorf("without the last copy: %v", d)
	}
	l.expect(n, "one", 1)
	l.AwaitCopies()
	killAll(t, l.frozen())
	if d := l.died(`os.Exit(1)`); d.Kept != supervisor.KeptNothing || !strings.Contains(d.Error(), "are gone") {
		t.Errorf("without any copy: %v", d)
	}
	l.expect(n, "", 0)
}

// killAll kills processes that are not children of a runtime process, and waits
// until they are gone.
func killAll(t *testing.T, pids []int) {
	t.Helper()
	if len(pids) == 0 {
		t.Error("no copy to kill")
	}
	for _, pid := range pids {
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		awaitGone(t, pid)
	}
}

func awaitGone(t *testing.T, pid int) {
	t.Helper()
	for end := time.Now().Add(limit); syscall.Kill(pid, 0) == nil; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("process %d is still there", pid)
		}
	}
}

func TestRollBackByUndo(t *testing.T) {
	l, n, set := startWithState(t)
	set("one")
	set("two")
	set("three")
	if _, err := l.Undo(); err != nil {
		t.Fatal(err)
	}
	l.expect(n, "two", 2)
	if _, err := l.Undo(); !errors.Is(err, supervisor.ErrNothingToUndo) {
		t.Errorf("undone twice: %v", err)
	}
	l.expect(n, "two", 2)
	l.died(`os.Exit(1)`)
	l.expect(n, "two", 2)
	set("four")
	if _, err := l.Undo(); err != nil {
		t.Fatal(err)
	}
	l.expect(n, "two", 2)
}

// Cells that are logged are run again, in their order, and are undone one by one.
func TestRollBackAndRunAgain(t *testing.T) {
	l, n, set := startWithState(t)
	set("a")
	logged := func(letter string) {
		c := l.cell(fmt.Sprintf(`os.Setenv("X", os.Getenv("X") + %q); fmt.Print("said once")`, letter), newRecorder())
		if d, err := l.execute(c); err != nil || d.Status != wire.StatusOK {
			t.Fatal(d, err)
		}
		n.mu.Lock()
		n.known++
		n.mu.Unlock()
		l.Log(c)
	}
	logged("b")
	logged("c")
	l.AwaitCopies()
	copies := len(l.frozen())
	for range 3 {
		l.died(`os.Setenv("X", "lost"); os.Exit(1)`)
		l.expect(n, "abc", 3)
	}
	for _, want := range []string{"ab", "a"} {
		if _, err := l.Undo(); err != nil {
			t.Fatal(err)
		}
		l.expect(n, want, len(want))
	}
	for i := range 40 {
		logged(string(rune('a' + i%26)))
	}
	l.died(`os.Exit(1)`)
	l.expect(n, "aabcdefghijklmnopqrstuvwxyzabcdefghijklmn", 41)
	l.AwaitCopies()
	if now := len(l.frozen()); now != copies {
		t.Errorf("%d copies, were %d", now, copies)
	}
}

// A logged cell that does not end well when it is run again is lost, and those
// after it, and nothing else.
func TestRollBackAndRunAgainInVain(t *testing.T) {
	l, n, set := startWithState(t)
	set("a")
	once := filepath.Join(t.TempDir(), "once")
	for _, body := range []string{`os.Setenv("X", "b")`, fmt.Sprintf(`if os.Mkdir(%q, 0o700) != nil { os.Exit(5) }; os.Setenv("X", "c")`, once), `os.Setenv("X", "d")`} {
		c := l.cell(body, newRecorder())
		if d, err := l.execute(c); err != nil || d.Status != wire.StatusOK {
			t.Fatal(d, err)
		}
		n.mu.Lock()
		n.known++
		n.mu.Unlock()
		l.Log(c)
	}
	l.died(`os.Exit(1)`)
	l.expect(n, "b", 2)
}

func TestRollBackToNothingByRestart(t *testing.T) {
	l, n, set := startWithState(t)
	for range 3 {
		set("one")
		if err := l.Restart(); err != nil {
			t.Fatal(err)
		}
		l.expect(n, "", 0)
		if _, err := l.Undo(); !errors.Is(err, supervisor.ErrNothingToUndo) {
			t.Errorf("undone: %v", err)
		}
	}
}

func TestRollBackAfterADeathBetweenCells(t *testing.T) {
	l, n, set := startWithState(t)
	set("one")
	r := newRecorder()
	if _, err := l.execute(l.cell(`fmt.Print(os.Getpid())`, r)); err != nil {
		t.Fatal(err)
	}
	pid, _ := strconv.Atoi(r.text("stdout"))
	killAll(t, []int{pid})
	r2 := newRecorder()
	if d, err := l.execute(l.cell(`fmt.Print(os.Getenv("X"))`, r2)); err != nil || r2.text("stdout") != "one" {
		t.Errorf("%v, %v, X is %q", d, err, r2.all())
	}
	l.expect(n, "one", 1)
	if text := r.text("stderr") + r2.text("stderr"); !strings.Contains(text, "killed by SIGKILL while no cell was running") || !strings.Contains(text, "as the last cell left them") {
		t.Errorf("said %q", text)
	}
}
