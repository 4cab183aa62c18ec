package ipclab_test

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab"
	"ipclab/ipclab/mime"
)

// few is enough to see that something works. It ends after two rounds: a limit of a minute is for a busy machine.
func few(o ipclab.BenchOptions) ipclab.BenchOptions {
	o.Rounds, o.Precision = 2, 0.5
	if o.Limit == 0 {
		o.Limit = time.Second
	}
	return o
}

func ExampleBench() {
	t, err := ipclab.Bench(ipclab.BenchOptions{
		Mechanisms: []string{"pipe", "spin-futex"},
		Styles:     []ipclab.BenchStyle{ipclab.RawStyle},
		Quick:      true,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, r := range t.Rows() {
		fmt.Println(r.Mechanism, r.Style, r.Size, "bytes, measured:", r.P50 > 0)
	}
	// Output:
	// pipe raw 64 bytes, measured: true
	// spin-futex raw 64 bytes, measured: true
}

func ExampleBenchOf() {
	questions, ask, _ := ipclab.Pipe()
	answers, answer, _ := ipclab.Pipe()
	b := make([]byte, 1)
	t, err := ipclab.BenchOf("one byte",
		func() error { ask.Write(b); _, err := answers.Read(b); return err },
		func() error { questions.Read(b); _, err := answer.Write(b); return err },
		ipclab.BenchOptions{Quick: true})
	for _, fd := range []ipclab.FD{questions, ask, answers, answer} {
		fd.Close()
	}
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(t.Rows()[0].Mechanism, t.Rows()[0].Trips > 0)
	// Output: one byte true
}

func ExampleHierarchy() {
	h, err := ipclab.Hierarchy(ipclab.BenchOptions{Quick: true, Mechanisms: []string{"pipe", "tcp", "futex"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	rows := h.Rows()
	fmt.Println(len(rows), "rows, the fastest first:", rows[0].P50 <= rows[len(rows)-1].P50)
	// Output: 5 rows, the fastest first: true
}

func TestBenchOfEachMechanism(t *testing.T) {
	b, err := ipclab.Bench(few(ipclab.BenchOptions{Measure: ipclab.MeasureBoth, Uncounted: true, Limit: 3 * time.Second}))
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, r := range b.Rows() {
		found[r.Mechanism] = true
		p := []time.Duration{r.P90, r.P99, r.P999, r.Max}
		if r.P50 <= 0 || !slices.IsSorted(p) || r.Trips < 1 || len(r.Medians) < 1 || len(r.Medians) > r.Rounds {
			t.Errorf("%s: %d trips, p50 %v, then %v", r.Label(), r.Trips, r.P50, p)
		}
		if r.PerSecond < 0 || (r.PerSecond > 0) != (len(r.PerMessage) > 0) || r.Size > 0 && (r.PerSecond > 0) != (r.MBPerSecond > 0) {
			t.Errorf("%s: %g messages/s, %g MB/s", r.Label(), r.PerSecond, r.MBPerSecond)
		}
	}
	notes := strings.Join(b.Notes(), "\n")
	_, late, _ := strings.Cut(notes, "There was no time to measure ") // on a very busy machine
	for _, name := range ipclab.BenchMechanisms() {
		if !found[name] && !strings.Contains(late, name+" (") && !strings.Contains(notes, name+" (raw) is left out: it waits without sleeping, and there is one processor only") {
			t.Errorf("no row for %s", name)
		}
	}
	for _, name := range []string{"pipe", "fifo", "stream", "tcp", "ring"} {
		i := slices.IndexFunc(b.Rows(), func(r ipclab.BenchRow) bool { return r.Mechanism == name })
		if (i < 0 || b.Rows()[i].PerSecond == 0) && !strings.Contains(late, name+" (raw)") {
			t.Errorf("%s: no throughput", name)
		}
	}
}

func TestBenchCountsCallsExactly(t *testing.T) {
	b, err := ipclab.Bench(few(ipclab.BenchOptions{Mechanisms: []string{"pipe", "eventfd", "stream", "spin"}, Styles: []ipclab.BenchStyle{ipclab.RawStyle},
		Limit: time.Minute}))
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range b.Rows() {
		want := map[string]float64{"read": 1, "write": 1}
		if r.Mechanism == "spin" {
			want = map[string]float64{}
		}
		if !maps.Equal(r.Calls, want) {
			t.Errorf("%s: %v for each message, want %v", r.Label(), r.Calls, want)
		}
	}
}

func TestBenchSizesAndPlacements(t *testing.T) {
	b, err := ipclab.Bench(few(ipclab.BenchOptions{Mechanisms: []string{"pipe", "datagram", "eventfd"}, Styles: []ipclab.BenchStyle{ipclab.RawStyle},
		Sizes: []int{1, 1 << 20}, Placements: []ipclab.Placement{ipclab.SameCPU, ipclab.AnyCPU}, Uncounted: true, Limit: time.Minute}))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range b.Rows() {
		got = append(got, fmt.Sprintf("%s %d %v %d", r.Mechanism, r.Size, r.Placement, len(r.CPUs)))
	}
	want := []string{"pipe 1 same CPU 1", "datagram 1 same CPU 1", "eventfd 8 same CPU 1", "pipe 1048576 same CPU 1",
		"pipe 1 any CPU 0", "datagram 1 any CPU 0", "eventfd 8 any CPU 0", "pipe 1048576 any CPU 0"}
	if !slices.Equal(got, want) {
		t.Errorf("rows %q, want %q", got, want)
	}
	if notes := strings.Join(b.Notes(), "\n"); !strings.Contains(notes, "datagram (raw) is left out for messages of 1048576 bytes: it takes 1 to ") {
		t.Errorf("notes: %s", notes)
	}
}

func TestBenchErrors(t *testing.T) {
	bench := func(o ipclab.BenchOptions) error { return last(ipclab.Bench(o)) }
	nothing := func() error { return nil }
	forever := func() error { select {} }
	short := few(ipclab.BenchOptions{Limit: 300 * time.Millisecond})
	ample := few(ipclab.BenchOptions{Limit: time.Minute}) // for what ends by itself, when it has come to run
	for _, c := range []struct {
		name string
		err  error
		is   error
		text string
	}{
		{"mechanism", bench(ipclab.BenchOptions{Mechanisms: []string{"pigeon"}}), unix.EINVAL, `Bench: mechanism "pigeon": want one of pipe, `},
		{"style", bench(ipclab.BenchOptions{Styles: []ipclab.BenchStyle{7}}), unix.EINVAL, "Bench: style 7: want RawStyle or GoStyle"},
		{"size", bench(ipclab.BenchOptions{Sizes: []int{64, 1<<20 + 1}}), unix.EINVAL, "Bench: size 1048577: want 1 to 1048576 bytes"},
		{"placement", bench(ipclab.BenchOptions{Placements: []ipclab.Placement{-1}}), unix.EINVAL, "Bench: placement -1: "},
		{"measure", bench(ipclab.BenchOptions{Measure: 9}), unix.EINVAL, "Bench: measure 9: "},
		{"precision", bench(ipclab.BenchOptions{Precision: 2}), unix.EINVAL, "Bench: precision 2: want a part of the median"},
		{"rounds", bench(ipclab.BenchOptions{Rounds: -1}), unix.EINVAL, "Bench: -1 rounds: want 1 to "},
		{"limit", bench(ipclab.BenchOptions{Limit: time.Hour}), unix.EINVAL, "Bench: limit 1h0m0s: want up to 10m0s"},
		{"rate", bench(ipclab.BenchOptions{Rate: -3}), unix.EINVAL, "Bench: rate -3: "},
		{"rate too low for the limit", bench(ipclab.BenchOptions{Rate: 0.1, Limit: time.Second}), unix.EINVAL, "Bench: rate 0.1: want 5 requests at least within the limit of 1s"},
		{"rate of throughput", bench(ipclab.BenchOptions{Rate: 3, Measure: ipclab.MeasureBoth}), unix.EINVAL, "Bench: a rate is for round trips"},
		{"too many", bench(ipclab.BenchOptions{Sizes: make200()}), unix.EINVAL, "rows; want 400 at most"},
		{"options", last(ipclab.Bench(short, short)), unix.EINVAL, "Bench: options are given 2 times"},
		{"options of BenchOf", last(ipclab.BenchOf("x", nothing, nothing, short, short)), unix.EINVAL, "Bench: options are given 2 times"},
		{"nil", last(ipclab.BenchOf("x", nil, nothing)), unix.EINVAL, `Bench: pair "x": Client and Server must not be nil`},
		{"one name for two", bench(ipclab.BenchOptions{Pairs: []ipclab.BenchPair{{Name: "x", Client: nothing, Server: nothing}, {Name: "x", Client: nothing, Server: nothing}}}), unix.EINVAL, `Bench: two pairs are called "x": give each a name of its own`},
		{"hierarchy", last(ipclab.Hierarchy(ipclab.BenchOptions{Measure: ipclab.MeasureThroughput})), unix.EINVAL, "Hierarchy: the hierarchy is of round trips"},
		{"client fails", last(ipclab.BenchOf("x", func() error { return io.ErrClosedPipe }, forever, ample)), nil, "Bench: x: client: round trip 1: io: read/write on closed pipe"},
		{"server fails", last(ipclab.BenchOf("x", forever, func() error { return unix.EPIPE }, ample)), unix.EPIPE, "Bench: x: server: broken pipe"},
		{"client exits", last(ipclab.BenchOf("x", func() error { unix.Exit(0); return nil }, forever, ample)), nil, "Bench: x: client: exited with status 0 before it had made all round trips"},
		{"server exits", last(ipclab.BenchOf("x", forever, func() error { unix.Exit(0); return nil }, ample)), nil, "Bench: x: server: exited with status 0 before it had made all round trips"},
		{"no answer", last(ipclab.BenchOf("x", forever, forever, short)), unix.ETIMEDOUT, "Bench: x: a round trip did not come back within 300ms"},
		{"interrupted", last(ipclab.BenchOf("x", func() error { unix.Kill(os.Getpid(), unix.SIGINT); select {} }, forever, ample)), unix.EINTR, "Bench: x: interrupted"},
	} {
		var call *ipclab.Error
		if !errors.As(c.err, &call) || c.is != nil && !errors.Is(c.err, c.is) || !strings.Contains(c.err.Error(), c.text) {
			t.Errorf("%s: %v, want %s…%v", c.name, c.err, c.text, c.is)
		}
	}
}

// make200 returns 200 sizes.
func make200() (sizes []int) {
	for i := range 200 {
		sizes = append(sizes, i+1)
	}
	return sizes
}

func TestBenchShows(t *testing.T) {
	b, err := ipclab.Bench(few(ipclab.BenchOptions{Mechanisms: []string{"pipe", "futex"}, Measure: ipclab.MeasureBoth, Limit: 3 * time.Second}))
	if err != nil {
		t.Fatal(err)
	}
	table := b.MIMEBundle()
	for _, kind := range []string{mime.Plain, mime.HTML, mime.Markdown, mime.LaTeX} {
		text, _ := table[kind].(string)
		for _, want := range []string{"pipe", "futex", "p50", "p99.9", "messages/s", "copies", "Fewer than 6 rounds"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s has no %q:\n%s", kind, want, text)
			}
		}
	}
	if text := b.Chart().String(); !strings.Contains(text, "pipe (raw)") || b.Chart().Err() != nil || strings.Contains(text, " to ") {
		t.Errorf("%s, %v", text, b.Chart().Err())
	}
	if s := b.Sample("pipe", "raw"); len(s.Values) < 1 || s.Unit != "ns" || s.Name != "pipe (raw), p50" {
		t.Errorf("%+v", s)
	}
	if s := b.Sample("door", "raw"); len(s.Values) != 0 {
		t.Errorf("what was not measured: %+v", s)
	}
	var none *ipclab.BenchTable
	if none.Rows() != nil || none.Notes() != nil || none.Table().Len() != 0 || none.Chart() == nil || none.Distributions() == nil {
		t.Error("a nil table has something")
	}
}
