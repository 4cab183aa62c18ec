package ipclab_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"ipclab/ipclab"
)

// BenchmarkAgainstC prints p50 of the mechanisms in Go, style raw, beside that of the C program in benchc: round by round in
// turns, first one, then the other. With IPCREF in the environment, the path of another C program, beside that too.
func BenchmarkAgainstC(b *testing.B) {
	for range b.N {
		t, err := againstC(b)
		if err != nil {
			b.Fatal(err)
		}
		fmt.Println(t)
	}
	b.ReportMetric(0, "ns/op")
}

// rivals are what is measured, in each round, beside ipclab: the C program and the reference.
type rival struct {
	name string
	run  func(r ipclab.BenchRow) (p50 float64, err error)
}

const (
	againstSize   = 64
	againstTrips  = 8000
	againstMargin = 0.05
)

func againstC(b *testing.B) (*ipclab.Table, error) {
	rivals, err := rivalsOf(b)
	if err != nil {
		return nil, err
	}
	rounds, err := strconv.Atoi(orElse(os.Getenv("ROUNDS"), "31"))
	if err != nil {
		return nil, err
	}
	mechanisms := strings.Fields(os.Getenv("MECHANISMS"))
	if len(mechanisms) == 0 {
		mechanisms = []string{"pipe", "fifo", "stream", "datagram", "seqpacket", "tcp", "eventfd", "sigqueue", "handler", "mqueue",
			"sysvmq", "sysvsem", "file", "semaphore", "futex", "spin-futex", "spin"}
	}
	ours, theirs := map[string][]float64{}, map[string][]float64{}
	rows := map[string]ipclab.BenchRow{}
	for round := range rounds {
		for _, m := range mechanisms {
			if err := oneRound(m, round, rivals, rows, ours, theirs); err != nil {
				return nil, fmt.Errorf("%s: %w", m, err)
			}
		}
	}
	return comparison(mechanisms, rivals, rows, ours, theirs, rounds), nil
}

// oneRound measures a mechanism once by each, in an order that changes from round to round.
func oneRound(m string, round int, rivals []rival, rows map[string]ipclab.BenchRow, ours, theirs map[string][]float64) error {
	own := func() error {
		t, err := ipclab.Bench(ipclab.BenchOptions{Mechanisms: []string{m}, Styles: []ipclab.BenchStyle{ipclab.RawStyle},
			Placements: []ipclab.Placement{placementOf(m)}, Sizes: []int{againstSize}, Rounds: 1, Uncounted: true})
		if err != nil {
			return err
		}
		rows[m] = t.Rows()[0]
		ours[m] = append(ours[m], rows[m].Medians[0])
		return nil
	}
	others := func() error {
		for _, r := range rivals {
			p50, err := r.run(rows[m])
			if err != nil {
				return err
			}
			theirs[r.name+m] = append(theirs[r.name+m], p50)
		}
		return nil
	}
	turns := []func() error{own, others}
	if round%2 == 1 { // the first round says in which batches to measure
		slices.Reverse(turns)
	}
	for _, turn := range turns {
		if err := turn(); err != nil {
			return err
		}
	}
	return nil
}

// placementOf puts those that wait without sleeping on two processors.
func placementOf(m string) ipclab.Placement {
	if slices.Contains([]string{"spin", "spin-futex", "file"}, m) {
		return ipclab.DifferentCPUs
	}
	return ipclab.SameCPU
}

// comparison is the table. What is compared is each round with the round beside it, which the machine disturbed alike.
func comparison(mechanisms []string, rivals []rival, rows map[string]ipclab.BenchRow, ours, theirs map[string][]float64, rounds int) *ipclab.Table {
	columns, units := []string{"mechanism", "CPUs", "at once", "ipclab, p50"}, []string{"", "", "trips", "ns"}
	for _, r := range rivals {
		columns, units = append(columns, r.name+", p50", "ipclab to it", "95 % interval", ""), append(units, "ns", "", "", "")
	}
	t := ipclab.NewTable(columns...).Units(units...).Limit(0).
		Caption(fmt.Sprintf("A round trip of %d bytes: median over %d rounds in turns of each round's p50", againstSize, rounds))
	for _, m := range mechanisms {
		row := []any{m, strings.Trim(fmt.Sprint(rows[m].CPUs), "[]"), rows[m].Batch, int(ipclab.Sample{Values: ours[m]}.Summary().Median)}
		for _, r := range rivals {
			var ratios []float64
			for i, p50 := range theirs[r.name+m] {
				ratios = append(ratios, ours[m][i]/p50)
			}
			s := ipclab.Sample{Values: ratios}.Summary()
			verdict := "within 5 %"
			switch {
			case s.Median > 1+againstMargin:
				verdict = "slower"
			case s.Median < 1-againstMargin:
				verdict = "faster"
			}
			row = append(row, int(ipclab.Sample{Values: theirs[r.name+m]}.Summary().Median), fmt.Sprintf("%.3f", s.Median),
				fmt.Sprintf("%.3f to %.3f", s.Low, s.High), verdict)
		}
		t.Row(row...)
	}
	return t.Note("What reading the clock takes is subtracted from all.")
}

func orElse(text, other string) string {
	if text == "" {
		return other
	}
	return text
}

// rivalsOf compiles the C programs.
func rivalsOf(b *testing.B) ([]rival, error) {
	program, err := compiled(b, "exchange", "benchc/exchange.c", "benchc/mechanisms.c")
	if err != nil {
		return nil, err
	}
	list := []rival{{"C", func(r ipclab.BenchRow) (float64, error) { return exchangeRun(program, r) }}}
	path := os.Getenv("IPCREF")
	if path == "" {
		return list, nil
	}
	if strings.HasSuffix(path, ".c") {
		if path, err = compiled(b, "ipcref", path); err != nil {
			return nil, err
		}
	}
	return append(list, rival{"ipcref", func(r ipclab.BenchRow) (float64, error) { return referenceRun(path, r) }}), nil
}

func compiled(b testing.TB, name string, sources ...string) (string, error) {
	path := filepath.Join(b.TempDir(), name)
	out, err := exec.Command("cc", append([]string{"-O2", "-o", path, "-pthread"}, append(sources, "-lrt")...)...).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("cc: %w: %s", err, out)
	}
	return path, nil
}

// processorsOf are those of client and server as arguments.
func processorsOf(r ipclab.BenchRow) (string, string) {
	return strconv.Itoa(r.CPUs[0]), strconv.Itoa(r.CPUs[len(r.CPUs)-1])
}

// exchangeRun runs the program in benchc.
func exchangeRun(program string, r ipclab.BenchRow) (float64, error) {
	client, server := processorsOf(r)
	out, err := exec.Command(program, r.Mechanism, strconv.Itoa(againstSize), strconv.Itoa(max(againstTrips/r.Batch, 1000)),
		strconv.Itoa(r.Batch), client, server).Output()
	if err != nil {
		return 0, fmt.Errorf("%s: %w", program, err)
	}
	return strconv.ParseFloat(strings.Fields(string(out))[0], 64)
}

// referenceNames are what the reference calls some mechanisms.
var referenceNames = map[string]string{"datagram": "dgram", "handler": "sigsuspend", "mqueue": "posixmq", "file": "filepoll",
	"semaphore": "sem", "spin-futex": "futexspin"}

// referenceRun runs the reference: pct, or lat where trips are timed in batches. It does not subtract what the clock takes, so
// that is added to ours by taking it from its figure.
func referenceRun(program string, r ipclab.BenchRow) (float64, error) {
	client, server := processorsOf(r)
	mode, trips, rounds, field := "pct", againstTrips, 1, 10
	if r.Batch > 1 {
		rounds = 1000
		mode, trips, field = "lat", rounds*r.Batch, 6
	}
	out, err := exec.Command(program, mode, orElse(referenceNames[r.Mechanism], r.Mechanism), strconv.Itoa(againstSize),
		strconv.Itoa(trips), client, server, strconv.Itoa(rounds)).Output()
	if err != nil {
		return 0, fmt.Errorf("%s: %w", program, err)
	}
	fields := strings.Split(strings.TrimSpace(string(out)), "\t")
	if len(fields) <= field {
		return 0, fmt.Errorf("%s: printed %q", program, out)
	}
	p50, err := strconv.ParseFloat(fields[field], 64)
	return p50 - float64(r.Overhead)/float64(r.Batch), err
}
