package ipclab

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"ipclab/ipclab/internal/bench"
	"ipclab/ipclab/internal/shm"
)

// TestClockIsKnown: what takes next to nothing is timed in batches and, when it is timed singly all the same, found to take
// what reading the clock takes, which is what is subtracted.
func TestClockIsKnown(t *testing.T) {
	const samples = 1000
	memory, err := shm.New(reportSize(samples), true)
	if err != nil {
		t.Fatal(err)
	}
	x := &exchange{limit: time.Minute, timing: timing{warmUp: steadyWarmUp, most: samples, time: time.Second}, report: &report{memory: memory}}
	c := &client{exchange: x, party: party{end: sends{func() error { return nil }}}, start: time.Now()}
	clock := c.overhead()
	each, _ := c.warmUp()
	batch := c.batch(each, clock)
	if clock <= 0 || batch < 2 || batch > batchMost {
		t.Fatalf("the clock takes %g ns, and %d trips are to be timed at once", clock, batch)
	}
	for name, take := range map[string]func([]int64) int{
		"singly":     c.single,
		"in batches": func(times []int64) int { return c.batches(times, batch) },
	} {
		times := make([]int64, samples)
		values := make([]float64, take(times))
		for i := range values {
			values[i] = float64(times[i]) - clock
		}
		each := bench.MedianOf(values).Median
		if name != "singly" {
			each /= float64(batch)
		}
		if math.Abs(each) > clock {
			t.Errorf("%s, nothing takes %g ns; the clock takes %g", name, each, clock)
		}
	}
}

// TestAPauseShowsInAllRequestsThatItDelays: the server pauses once; whatever the machine does besides, each request that was
// due during the pause took at least until its end. It is the answer to request 20 that is late, of 1 a millisecond.
func TestAPauseShowsInAllRequestsThatItDelays(t *testing.T) {
	const requests, at, pause, each = 80, 20, 40 * time.Millisecond, time.Millisecond
	there, ask, err1 := Pipe()
	back, answer, err2 := Pipe()
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	for _, fd := range []FD{there, ask, back, answer} {
		defer fd.Close()
	}
	b, n := make([]byte, 1), 0
	x := &exchange{call: "test", name: "pause", limit: 10 * time.Second, timing: timing{most: requests, batch: 1, rate: 1000},
		join: functions(
			func() error { ask.Write(b); _, err := back.Read(b); return err },
			func() error {
				there.Read(b)
				if n++; n == at+1 {
					time.Sleep(pause)
				}
				_, err := answer.Write(b)
				return err
			})}
	if err := x.run(); err != nil {
		t.Fatal(err)
	}
	samples := x.report.samples(requests)
	if len(samples) != requests {
		t.Fatalf("%d samples", len(samples))
	}
	for i := at; i < at+30; i++ {
		if least := pause - time.Duration(i-at)*each; samples[i] < least {
			t.Errorf("request %d took %v, want %v at least", i, samples[i], least)
		}
	}
	if late := x.report.found(foundLate); late < 30 {
		t.Errorf("%d requests are said to have been late", late)
	}
}

// TestNoiseIsTold, from rounds that are made up.
func TestNoiseIsTold(t *testing.T) {
	subjectOf := func(name string, medians ...float64) *subject {
		s := &subject{name: name, style: "raw", size: 64, row: &BenchRow{Mechanism: name, Style: "raw", Size: 64}, times: bench.NewDistribution(false), batch: 1}
		for _, m := range medians {
			s.medians = append(s.medians, m)
			s.times.Add(m)
		}
		s.totals.trips = len(medians)
		return s
	}
	quiet := subjectOf("quiet", 5000, 5010, 4990, 5000, 5005, 4995, 5000)
	loud := subjectOf("loud", 5000, 9000, 4000, 5000, 12000, 5000, 5000)
	loud.totals.unsteady = 5
	b := &benchRun{subjects: []*subject{quiet, loud}, rows: []*BenchRow{quiet.row, loud.row}}
	table := b.table([]string{"The hypervisor took it."})
	var noisy []string
	for _, note := range table.Notes() {
		if strings.HasPrefix(note, "Noisy: ") {
			noisy = append(noisy, note)
		}
	}
	want := []string{"Noisy: The hypervisor took it.", "Noisy: From round to round the median differs: loud (raw) by more than 100 %. " +
		"Do not quote these p50: close what else runs and measure again, or give a longer Limit for more rounds.",
		"Noisy: the pace was not steady yet when warming up had taken its share of the time: loud (raw). " +
			"A longer Limit gives it longer."}
	if !slices.Equal(noisy, want) {
		t.Errorf("%q, want %q", noisy, want)
	}
	rows := table.Rows()
	if rows[0].Noisy || !rows[1].Noisy || rows[0].P50 != 5000 || rows[0].Low != 4990 || rows[0].High != 5010 {
		t.Errorf("%+v", rows)
	}
}

// TestNotesAreShort: of many rows only the worst are named, and no spread is told beyond what means something.
func TestNotesAreShort(t *testing.T) {
	var noisy []*subject
	var names []string
	for i := range 20 {
		noisy = append(noisy, &subject{name: fmt.Sprint("row", i), medians: []float64{100, 140 + float64(i)}})
		names = append(names, noisy[i].name)
	}
	noisy = append(noisy, &subject{name: "worst", medians: []float64{1, 5000}})
	if got := noiseNote(noisy); !strings.HasPrefix(got, "From round to round the median differs: worst by more than 100 %, row19 by 46 %, row18 by ") ||
		!strings.Contains(got, ", 17 more by less. Do not quote these p50: ") {
		t.Error(got)
	}
	if got := noiseNote(nil); got != "" {
		t.Errorf("nothing to say: %q", got)
	}
	if got := listed(names); got != "row0, row1, row2, row3, row4, row5, row6, row7 and 12 more" {
		t.Error(got)
	}
	if got := listed(names[:9]); strings.Contains(got, "more") {
		t.Errorf("one name is as short as a number of it: %s", got)
	}
}

// TestLackOfTimeIsTold: rows without a round, or with one alone, are named; those of which a note says why they are not there are not.
func TestLackOfTimeIsTold(t *testing.T) {
	measured := func(name string, medians ...float64) *subject {
		return &subject{name: name, medians: medians, times: bench.NewDistribution(false)}
	}
	b := &benchRun{options: BenchOptions{Rounds: 3}, subjects: []*subject{measured("twice", 1, 2), measured("once", 1), {name: "never"}, {name: "forbidden", failed: true}}}
	want := []string{"There was no time to measure never; a longer Limit gives it.",
		"There was time for one round only of once: what one pair of processes did may be chance. A longer Limit gives more."}
	if got := b.lackOfTime(); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	b.options.Rounds = 1
	if got := b.lackOfTime(); len(got) != 1 {
		t.Errorf("one round was asked for: %q", got)
	}
}

// TestBenchProgress: the estimate of how much there is to do follows what is known, and the bar does not go back.
func TestBenchProgress(t *testing.T) {
	p := newBenchProgress("Bench")
	if p.all() != 0 {
		t.Errorf("%d rounds before the first", p.all())
	}
	p.done(0.25)
	p.done(0.2)
	if p.part != 0.25 || p.all() != 8 {
		t.Errorf("part %g of %d rounds after 2", p.part, p.all())
	}
	p.done(1)
	if p.all() != 4 {
		t.Errorf("%d rounds while it is not finished after 3", p.all())
	}
	if p.shown != nil {
		t.Error("a short measurement shows something")
	}
	p.close()
}

// What notes and errors say of a row is said of no other.
func TestSubjectsAreToldApart(t *testing.T) {
	o, err := benchOptions([]BenchOptions{{Mechanisms: []string{"pipe", "eventfd"}, Styles: []BenchStyle{RawStyle}, Sizes: []int{1, 64},
		Placements: []Placement{SameCPU, AnyCPU}, Measure: MeasureBoth}})
	if err != nil {
		t.Fatal(err)
	}
	b := &benchRun{call: "Bench", options: o}
	if err := b.addAll(); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range b.subjects {
		got = append(got, s.label())
	}
	cpu := b.subjects[0].row.processors()
	want := []string{
		"pipe (raw), 1 B, CPUs " + cpu, "pipe (raw), 1 B, CPUs " + cpu + ", throughput",
		"eventfd (raw), CPUs " + cpu,
		"pipe (raw), 64 B, CPUs " + cpu, "pipe (raw), 64 B, CPUs " + cpu + ", throughput",
		"pipe (raw), 1 B, CPUs any", "pipe (raw), 1 B, CPUs any, throughput",
		"eventfd (raw), CPUs any",
		"pipe (raw), 64 B, CPUs any", "pipe (raw), 64 B, CPUs any, throughput",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q,\nwant %q", got, want)
	}
}

// The throughput of a table is the one of which a record has the median.
func TestThroughputIsTheMedianOfTheRoundsRates(t *testing.T) {
	s := &subject{oneWay: true, medians: []float64{1000, 2000}, row: &BenchRow{Mechanism: "pipe", Size: 8}}
	s.fill()
	run := &Run{}
	run.Bench(&BenchTable{rows: []*BenchRow{s.row}})
	kept := run.kept.Values[0]
	if got := bench.MedianOf(kept.Values).Median; s.row.PerSecond != 750_000 || got != s.row.PerSecond || kept.Metric != "pipe throughput" {
		t.Errorf("%g messages/s in the table, %g in the record as %q, want 750000", s.row.PerSecond, got, kept.Metric)
	}
	if s.row.MBPerSecond != 6 {
		t.Errorf("%g MB/s, want 6", s.row.MBPerSecond)
	}
}
