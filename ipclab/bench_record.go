package ipclab

// Sample returns the time of a round trip by a mechanism in each round, as one value a round: for Compare, which tells whether
// two differ by more than chance. Where a table has several rows of a mechanism and style, it is the first. The sample is empty
// if there is none.
func (t *BenchTable) Sample(mechanism, style string) Sample {
	for _, r := range t.Rows() {
		if r.Mechanism == mechanism && r.Style == style {
			return r.Sample()
		}
	}
	return Sample{Name: mechanism, Unit: "ns"}
}

// Sample returns the time of a round trip in each round, one value a round or, if only throughput was measured, the time of a
// message.
func (r BenchRow) Sample() Sample {
	if len(r.Medians) == 0 {
		return Sample{Name: r.Label() + ", a message", Unit: "ns", Values: r.PerMessage}
	}
	return Sample{Name: r.Label() + ", p50", Unit: "ns", Values: r.Medians}
}

// Bench keeps what Bench or Hierarchy measured: of each row the p50 of each round, p90, p99, p99.9 and max, the throughput of
// each round, and what the kernel did for a message; and the notes. A metric is named by the row and what it is:
// "pipe (raw) p50".
func (r *Run) Bench(t *BenchTable) {
	if t == nil {
		return
	}
	for _, row := range t.rows {
		name := t.name(row) + " "
		if row.Trips > 0 {
			r.Measure(name+"p50", "ns", row.Medians...)
			r.Time(name+"p90", row.P90)
			r.Time(name+"p99", row.P99)
			r.Time(name+"p99.9", row.P999)
			r.Time(name+"max", row.Max)
		}
		if len(row.PerMessage) > 0 {
			r.Measure(name+"throughput", "messages/s", perSecond(row.PerMessage)...)
		}
		if calls, runtime, ok := row.SystemCalls(); ok {
			r.Measure(name+"system calls", "", calls)
			r.Measure(name+"system calls of the Go runtime", "", runtime)
		}
		r.Measure(name+"voluntary switches", "", row.Voluntary)
		r.Measure(name+"involuntary switches", "", row.Involuntary)
		r.Measure(name+"page faults", "", row.Faults)
	}
	for _, note := range t.notes {
		r.Note(note)
	}
}
