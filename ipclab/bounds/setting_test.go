package bounds_test

import (
	"math"
	"strings"
	"testing"

	"ipclab/ipclab/bounds"
)

const (
	mib = 1 << 20
	gib = 1 << 30
)

func TestParseMemory(t *testing.T) {
	const whole = 8 * gib
	for _, c := range []struct {
		text string
		want uint64 // 0 for an error
	}{
		{"512M", 512 * mib}, {"512MB", 512 * mib}, {"512MiB", 512 * mib}, {"512m", 512 * mib}, {"512 mib", 512 * mib},
		{"2G", 2 * gib}, {"1.5GiB", gib + gib/2}, {"2Gi", 2 * gib}, {" 0.5g\n", gib / 2}, {"1T", 1024 * gib},
		{"131072K", 128 * mib}, {"134217728", 128 * mib}, {"134217728B", 128 * mib}, {"1e9", 1e9},
		{"50%", whole / 2}, {"12.5 %", gib}, {"150%", whole + whole/2}, {"64M", 64 * mib},
		{"none", math.MaxUint64}, {"None", math.MaxUint64},
		{text: ""}, {text: "M"}, {text: "%"}, {text: "lots"}, {text: "2X"}, {text: "2GG"}, {text: "2iB"}, {text: "2i"}, {text: "2GBi"},
		{text: "-1G"}, {text: "0"}, {text: "0x10G"}, {text: "1_0G"}, {text: "NaN"}, {text: "Inf"}, {text: "infinity"},
		{text: "512"}, {text: "63M"}, {text: "1e300G"}, {text: "9999999T"}, {text: "1G 2G"}, {text: "1,5G"}, {text: "50%%"},
	} {
		got, err := bounds.ParseMemory(c.text, whole)
		if (err != nil) != (c.want == 0) || got != c.want {
			t.Errorf("%q: got %d, %v; want %d", c.text, got, err, c.want)
		}
	}
}

func TestParseProcesses(t *testing.T) {
	for _, c := range []struct {
		text string
		want int // 0 for an error
	}{
		{"512", 512}, {" 2 ", 2}, {"none", math.MaxInt}, {"NONE", math.MaxInt},
		{text: ""}, {text: "1"}, {text: "0"}, {text: "-5"}, {text: "many"}, {text: "1e3"}, {text: "5.0"}, {text: "99999999999999999999"},
	} {
		got, err := bounds.ParseProcesses(c.text)
		if (err != nil) != (c.want == 0) || got != c.want {
			t.Errorf("%q: got %d, %v; want %d", c.text, got, err, c.want)
		}
	}
}

func TestRead(t *testing.T) {
	const machine = 8 * gib
	for _, c := range []struct {
		name, memory, processes string
		want                    bounds.Bounds
		problems                []string // what the error names
	}{
		{name: "nothing set", want: bounds.Bounds{Memory: machine / 2, Processes: 512}},
		{name: "both set", memory: "1G", processes: "20", want: bounds.Bounds{Memory: gib, Processes: 20}},
		{name: "one wrong", memory: "lots", processes: "20", want: bounds.Bounds{Memory: machine / 2, Processes: 20},
			problems: []string{"IPCLAB_MEMORY=lots", "512M", "4 GiB"}},
		{name: "both wrong", memory: "1K", processes: "x", want: bounds.Bounds{Memory: machine / 2, Processes: 512},
			problems: []string{"IPCLAB_MEMORY=1K", "IPCLAB_PROCESSES=x", "512"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			environment := map[string]string{bounds.MemoryVariable: c.memory, bounds.ProcessesVariable: c.processes}
			got, err := bounds.Read(func(name string) string { return environment[name] }, machine)
			if got != c.want || (err != nil) != (c.problems != nil) {
				t.Errorf("got %+v, %v; want %+v", got, err, c.want)
			}
			for _, p := range c.problems {
				if err != nil && !strings.Contains(err.Error(), p) {
					t.Errorf("%v does not say %q", err, p)
				}
			}
		})
	}
}

func TestSize(t *testing.T) {
	for bytes, want := range map[uint64]string{
		0: "0 bytes", 1000: "1000 bytes", 1 << 10: "1 KiB", 300 * mib: "300 MiB", gib + gib/2: "1.5 GiB", gib - 1: "1 GiB",
		math.MaxUint64: "16 EiB",
	} {
		if got := bounds.Size(bytes); got != want {
			t.Errorf("%d: got %q, want %q", bytes, got, want)
		}
	}
}

func FuzzParseMemory(f *testing.F) {
	for _, text := range []string{"512M", "1.5GiB", "50%", "none", "1e9", "-1"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		n, err := bounds.ParseMemory(text, 8*gib)
		if err == nil && n < 64*mib {
			t.Errorf("%q gives %d", text, n)
		}
	})
}
