package ipclab_test

import (
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab"
	"ipclab/ipclab/internal/shm"
)

// A slowPair is functions that sleep for each message, and count them in memory that both processes share.
type slowPair struct {
	sent *shm.Region
	each time.Duration
}

// pair returns the functions: the client sleeps, the server answers at once.
func (p slowPair) pair(t *testing.T, name string) ipclab.BenchPair {
	t.Helper()
	var there, back [2]int
	for _, ends := range []*[2]int{&there, &back} {
		if err := unix.Pipe2(ends[:], unix.O_CLOEXEC); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { unix.Close(ends[0]); unix.Close(ends[1]) })
	}
	b := make([]byte, 1)
	return ipclab.BenchPair{Name: name,
		Client: func() error {
			p.sent.Add64(0, 1)
			time.Sleep(p.each)
			_, err := unix.Write(there[1], b)
			return err
		},
		Server: func() error { _, err := unix.Read(there[0], b); return err }}
}

func newSlowPair(t *testing.T, each time.Duration) slowPair {
	t.Helper()
	sent, err := shm.New(8, true)
	if err != nil {
		t.Fatal(err)
	}
	return slowPair{sent, each}
}

// The limit holds, however long trips take: no more are made than there is time for, but for one round's fewest. That is two trips:
// one that counts, and one that ends it. A busy machine can only make them fewer. What there was no time for is said.
func TestSlowTripsDoNotOverrunTheLimit(t *testing.T) {
	const each, limit, fewest = 250 * time.Millisecond, time.Second, 2
	p := newSlowPair(t, each)
	o := ipclab.BenchOptions{Limit: limit, Uncounted: true}
	for _, name := range []string{"a", "b", "c", "d", "e", "f"} {
		o.Pairs = append(o.Pairs, p.pair(t, name))
	}
	b, err := ipclab.Bench(o)
	if err != nil {
		t.Fatal(err)
	}
	if made, most := int(p.sent.Load64(0)), int(limit/each)+fewest; made > most {
		t.Errorf("%d trips of %v were made, want %d at most within %v", made, each, most, limit)
	}
	notes := strings.Join(b.Notes(), "\n")
	if len(b.Rows()) == 0 || b.Rows()[0].Trips < 1 || !strings.Contains(notes, "There was no time to measure ") ||
		!strings.Contains(notes, "There was time for one round only of a") {
		t.Errorf("%d rows, and notes\n%s", len(b.Rows()), notes)
	}
}

// So it does for messages that are not answered.
func TestSlowMessagesDoNotOverrunTheLimit(t *testing.T) {
	const each, limit, fewest = 100 * time.Millisecond, time.Second, 2
	p := newSlowPair(t, each)
	b, err := ipclab.Bench(ipclab.BenchOptions{Pairs: []ipclab.BenchPair{p.pair(t, "slow")}, Measure: ipclab.MeasureThroughput, Limit: limit, Uncounted: true})
	if err != nil {
		t.Fatal(err)
	}
	if made, most := int(p.sent.Load64(0)), int(limit/each)+fewest; made > most || b.Rows()[0].PerSecond <= 0 {
		t.Errorf("%d messages of %v were sent, want %d at most within %v: %+v", made, each, most, limit, b.Rows())
	}
}

// What a polling mechanism calls by chance is named, and no number of it is shown.
func TestCallsByChanceAreMarked(t *testing.T) {
	b, err := ipclab.Bench(few(ipclab.BenchOptions{Mechanisms: []string{"file", "pipe"}, Styles: []ipclab.BenchStyle{ipclab.RawStyle},
		Limit: 5 * time.Minute})) // where others take the processors, who looks at a file again and again waits for each turn
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range b.Rows() {
		calls, _, ok := r.SystemCalls()
		switch chance := strings.Join(r.Chance, ", "); {
		case r.Mechanism == "pipe" && (calls != 2 || chance != ""):
			t.Errorf("%s: %g calls, by chance %q", r.Label(), calls, chance)
		case r.Mechanism == "file" && (!ok || calls != 1 || r.Calls["pwrite64"] != 1 || !strings.Contains(chance, "pread64")):
			t.Errorf("%s: %v, by chance %q", r.Label(), r.Calls, chance)
		}
	}
	if text := b.Table().String(); !strings.Contains(text, "by chance too") || !strings.Contains(text, "is chance, and not counted: file (raw) pread64") {
		t.Errorf("not said:\n%s", text)
	}
}

// Of a mechanism that has one style only, the table says why.
func TestDoorsSayWhyThereIsOneRow(t *testing.T) {
	b, err := ipclab.Bench(few(ipclab.BenchOptions{Mechanisms: []string{"door"}, Sizes: []int{8, 64}, Uncounted: true}))
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(b.Table().String(), "door (raw) is left out: Linux has no doors"); n != 1 || b.Rows()[0].Style != "Go" {
		t.Errorf("said %d times:\n%s", n, b.Table())
	}
	_, err = ipclab.Bench(ipclab.BenchOptions{Mechanisms: []string{"door"}, Styles: []ipclab.BenchStyle{ipclab.RawStyle}})
	if err == nil || !strings.Contains(err.Error(), "Linux has no doors") {
		t.Errorf("%v", err)
	}
}
