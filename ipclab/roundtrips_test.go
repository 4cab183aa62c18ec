package ipclab_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab"
	"ipclab/ipclab/mime"
)

func ExampleRoundTrips() {
	pipe, err := ipclab.RoundTrips("pipe", 1000)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(pipe.Mechanism, pipe.Size, "bytes,", pipe.Trips, "round trips")
	fmt.Println("four system calls take more than 0.5 µs:", pipe.Percentile(50) > 500*time.Nanosecond)
	// Output:
	// pipe 64 bytes, 1000 round trips
	// four system calls take more than 0.5 µs: true
}

func ExampleRoundTripsOf() {
	// Two pipes, and messages of one line each.
	questions, ask, _ := ipclab.Pipe()
	answers, answer, _ := ipclab.Pipe()
	var text string
	lines, err := ipclab.RoundTripsOf("lines", 100,
		func() error {
			fmt.Fprintln(ask, "how")
			_, err := fmt.Fscanln(answers, &text)
			return err
		},
		func() error {
			if _, err := fmt.Fscanln(questions, &text); err != nil {
				return err
			}
			_, err := fmt.Fprintln(answer, "so")
			return err
		})
	for _, fd := range []ipclab.FD{questions, ask, answers, answer} {
		fd.Close()
	}
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(lines.Mechanism, lines.Trips)
	// Output: lines 100
}

func ExampleLatencies() {
	var all ipclab.Latencies
	for _, mechanism := range []string{"pipe", "socketpair", "eventfd"} {
		l, err := ipclab.RoundTrips(mechanism, 200)
		if err != nil {
			fmt.Println(err)
			return
		}
		all = append(all, l)
	}
	fmt.Println(all.Table().Len(), "rows,", len(all.Rows()), "points for the chart")
	// Output: 3 rows, 333 points for the chart
}

func TestRoundTripsOfEachMechanism(t *testing.T) {
	for _, c := range []struct {
		mechanism string
		options   ipclab.RoundTripOptions
		size      int
	}{
		{"pipe", ipclab.RoundTripOptions{}, 64},
		{"pipe", ipclab.RoundTripOptions{Size: 1, CPUs: []int{0}}, 1},
		{"pipe", ipclab.RoundTripOptions{Size: 200_000}, 200_000}, // more than a pipe holds
		{"socketpair", ipclab.RoundTripOptions{Size: 4096, CPUs: []int{0, 0}}, 4096},
		{"eventfd", ipclab.RoundTripOptions{Size: 4096}, 8},
	} {
		l, err := ipclab.RoundTrips(c.mechanism, 500, c.options)
		if err != nil {
			t.Errorf("%s %+v: %v", c.mechanism, c.options, err)
			continue
		}
		if l.Trips != 500 || l.Size != c.size || l.Mechanism != c.mechanism {
			t.Errorf("%s %+v: %d trips of %d bytes by %s", c.mechanism, c.options, l.Trips, l.Size, l.Mechanism)
		}
		p := []time.Duration{l.Percentile(0), l.Percentile(50), l.Percentile(90), l.Percentile(99), l.Percentile(100)}
		if !slices.IsSorted(p) || p[0] <= 0 || l.Mean() < p[0] || l.Mean() > p[4] {
			t.Errorf("%s %+v: percentiles %v, mean %v", c.mechanism, c.options, p, l.Mean())
		}
		// On one processor each of the two messages of a trip needs a switch to the other process.
		if len(c.options.CPUs) > 0 && (l.Voluntary+l.Involuntary < 1.5 || l.Voluntary+l.Involuntary > 6) {
			t.Errorf("%s %+v: %g voluntary and %g involuntary switches per trip", c.mechanism, c.options, l.Voluntary, l.Involuntary)
		}
	}
}

func TestRoundTripsOne(t *testing.T) {
	l, err := ipclab.RoundTrips("pipe", 1)
	if err != nil || l.Trips != 1 || l.Percentile(0) != l.Percentile(100) || l.Voluntary > 100 {
		t.Errorf("one trip: %+v, %v", l, err)
	}
}

func TestRoundTripsErrors(t *testing.T) {
	nothing := func() error { return nil }
	for _, c := range []struct {
		name string
		err  error
		is   error
		text string
	}{
		{"no trips", last(ipclab.RoundTrips("pipe", 0)), unix.EINVAL, "RoundTrips: 0 round trips: want 1 to 1048576: invalid argument (EINVAL)"},
		{"negative", last(ipclab.RoundTrips("pipe", -5)), unix.EINVAL, "RoundTrips: -5 round trips: "},
		{"too many", last(ipclab.RoundTrips("pipe", math.MaxInt)), unix.EINVAL, "RoundTrips: 9223372036854775807 round trips: "},
		{"mechanism", last(ipclab.RoundTrips("pigeon", 10)), unix.EINVAL, `RoundTrips: mechanism "pigeon": want one of `},
		{"size", last(ipclab.RoundTrips("pipe", 10, ipclab.RoundTripOptions{Size: -1})), unix.EINVAL, "RoundTrips: size -1: "},
		{"large", last(ipclab.RoundTrips("pipe", 10, ipclab.RoundTripOptions{Size: 1<<20 + 1})), unix.EINVAL, "RoundTrips: size 1048577: "},
		{"large for it", last(ipclab.RoundTrips("mqueue", 10, ipclab.RoundTripOptions{Size: 1 << 19})), unix.EINVAL, "RoundTrips: size 524288: want 1 to 8192 bytes with mqueue"},
		{"CPU", last(ipclab.RoundTrips("pipe", 10, ipclab.RoundTripOptions{CPUs: []int{0, 99999}})), unix.EINVAL, "RoundTrips: CPU 99999: "},
		{"CPU -1", last(ipclab.RoundTrips("pipe", 10, ipclab.RoundTripOptions{CPUs: []int{-1}})), unix.EINVAL, "RoundTrips: CPU -1: "},
		{"CPUs", last(ipclab.RoundTrips("pipe", 10, ipclab.RoundTripOptions{CPUs: []int{0, 0, 0}})), unix.EINVAL, "RoundTrips: CPUs [0 0 0]: "},
		{"limit", last(ipclab.RoundTrips("pipe", 10, ipclab.RoundTripOptions{Limit: -1})), unix.EINVAL, "RoundTrips: limit -1ns: "},
		{"options", last(ipclab.RoundTrips("pipe", 10, ipclab.RoundTripOptions{}, ipclab.RoundTripOptions{})), unix.EINVAL, "RoundTrips: options: "},
		{"nil", last(ipclab.RoundTripsOf("x", 10, nil, nothing)), unix.EINVAL, "RoundTrips: the functions: "},
		{"client fails", last(ipclab.RoundTripsOf("x", 10,
			func() error { _, err := ipclab.FD(900).Write([]byte("x")); return err }, func() error { select {} })),
			unix.EBADF, "RoundTrips: x: client: round trip 1: write: descriptor 900: bad file descriptor (EBADF)"},
		{"server fails", last(ipclab.RoundTripsOf("x", 10, func() error { select {} }, func() error { return io.ErrUnexpectedEOF })),
			nil, "RoundTrips: x: server: unexpected EOF"},
		{"client panics", last(ipclab.RoundTripsOf("x", 10, func() error { panic("no") }, func() error { select {} })),
			nil, "RoundTrips: x: client: panic: no"},
		{"server exits", last(ipclab.RoundTripsOf("x", 10, func() error { select {} }, func() error { os.Exit(7); return nil })),
			nil, "RoundTrips: x: server: exited with status 7"},
		{"interrupted", last(ipclab.RoundTripsOf("x", 10, func() error { unix.Kill(os.Getpid(), unix.SIGINT); select {} }, func() error { select {} })),
			unix.EINTR, "RoundTrips: x: interrupted: interrupted system call (EINTR)"},
	} {
		var call *ipclab.Error
		if !errors.As(c.err, &call) || c.is != nil && !errors.Is(c.err, c.is) || !strings.HasPrefix(c.err.Error(), c.text) {
			t.Errorf("%s: %v, want %s…%v", c.name, c.err, c.text, c.is)
		}
	}
}

func TestRoundTripsWithoutAnswer(t *testing.T) {
	start := time.Now()
	_, err := ipclab.RoundTripsOf("silence", 10, func() error { select {} }, func() error { select {} }, ipclab.RoundTripOptions{Limit: 50 * time.Millisecond})
	if !errors.Is(err, unix.ETIMEDOUT) || !strings.Contains(err.Error(), "50ms") {
		t.Errorf("no answer: %v, want ETIMEDOUT", err)
	}
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("gave up after %v", took)
	}
}

func TestRoundTripsEndAtLimit(t *testing.T) {
	question, ask := pipe(t)
	answers, answer := pipe(t)
	var b [1]byte
	l, err := ipclab.RoundTripsOf("slow", 10_000,
		func() error { ask.Write(b[:]); return second(answers.Read(b[:])) },
		func() error {
			question.Read(b[:])
			time.Sleep(5 * time.Millisecond)
			return second(answer.Write(b[:]))
		},
		ipclab.RoundTripOptions{Limit: 100 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	if l.Trips < 1 || l.Trips > 30 || l.Percentile(0) < 5*time.Millisecond {
		t.Errorf("%d trips, the fastest in %v; want fewer than 100 ms / 5 ms allow", l.Trips, l.Percentile(0))
	}
	if text := l.String(); !strings.Contains(text, fmt.Sprintf("slow: ended after 100ms with %d of 10000 round trips.", l.Trips)) {
		t.Errorf("the table does not say that it ended early:\n%s", text)
	}
	for _, fd := range []ipclab.FD{question, ask, answers, answer} {
		fd.Close()
	}
}

func TestLatencyBundles(t *testing.T) {
	l, err := ipclab.RoundTrips("pipe", 300)
	if err != nil {
		t.Fatal(err)
	}
	table := l.MIMEBundle()
	for _, kind := range []string{mime.Plain, mime.HTML, mime.Markdown, mime.LaTeX} {
		text, _ := table[kind].(string)
		for _, want := range []string{"p50", "p90", "p99", "max", "pipe", "300"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s lacks %s:\n%s", kind, want, text)
			}
		}
	}
	chart := l.Chart().MIMEBundle()
	if text, _ := chart[mime.Plain].(string); !strings.Contains(text, "█") {
		t.Errorf("the chart's text: %q", text)
	}
	if svg, _ := chart[mime.SVG].(string); !strings.Contains(svg, "<path") {
		t.Errorf("the chart's SVG: %q", svg)
	}
	if chart[mime.HTML] != nil || chart["application/json"] != nil {
		t.Error("beside HTML or plain JSON, JupyterLab would not draw the chart")
	}
	var spec struct {
		Schema string `json:"$schema"`
		Layer  []struct {
			Data struct{ Values []struct{ X, Y float64 } }
		}
	}
	raw, _ := chart[mime.VegaLite].(json.RawMessage)
	if err := json.Unmarshal(raw, &spec); err != nil || !strings.Contains(spec.Schema, "vega-lite/v5") || len(spec.Layer) != 1 || len(spec.Layer[0].Data.Values) != 111 {
		t.Errorf("Vega-Lite: %v, %s", err, raw)
	}
}

func TestNilLatency(t *testing.T) {
	var l *ipclab.Latency
	if l.Percentile(50) != 0 || l.Mean() != 0 || l.Rows() != nil || l.MIMEBundle()[mime.Plain] == nil || l.Chart().MIMEBundle()[mime.Plain] == nil {
		t.Error("a nil latency is not an empty one")
	}
}
