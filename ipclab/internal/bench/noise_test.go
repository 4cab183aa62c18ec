package bench

import (
	"strings"
	"testing"
	"time"
)

const procStat = `cpu  100 20 30 1000 40 5 6 70 8 9
cpu0 50 10 15 500 20 2 3 35 4 4
intr 12345
`

func TestParseStat(t *testing.T) {
	var s State
	if !s.ParseStat([]byte(procStat)) || s.Stolen != 70 || s.Busy != 100+20+30+5+6 || s.All != 1271 {
		t.Errorf("%+v", s)
	}
	for _, text := range []string{"", "cpu 1 2 3", "cpu a b c d e f g h", "intr 1 2 3 4 5 6 7 8 9"} {
		if s.ParseStat([]byte(text)) {
			t.Errorf("%q was taken for the first line of /proc/stat", text)
		}
	}
}

func TestWarnings(t *testing.T) {
	quiet := State{All: 1000}
	for _, c := range []struct {
		name  string
		after State
		want  string // part of the only warning; "" for none
	}{
		{"quiet", State{All: 2000, Busy: 300, Own: 3 * time.Second}, ""},
		{"stolen", State{All: 2000, Stolen: 30}, "took 3 % of the processors' time"},
		{"a little stolen", State{All: 2000, Stolen: 5}, ""},
		{"others", State{All: 2000, Busy: 500, Own: time.Second}, "used 40 % of the processors"},
		{"frequency", State{All: 2000, Frequencies: []int{2_000_000, 3_000_000}}, "between 2000 and 3000 MHz"},
		{"one frequency", State{All: 2000, Frequencies: []int{2_990_000, 3_000_000}, Governor: "performance"}, ""},
		{"governor", State{All: 2000, Governor: "powersave"}, "governor is powersave"},
		{"nothing known", State{}, ""},
	} {
		got := Warnings(quiet, c.after)
		if c.want == "" && len(got) > 0 || c.want != "" && (len(got) != 1 || !strings.Contains(got[0], c.want)) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestSpread(t *testing.T) {
	for _, c := range []struct {
		medians []float64
		spread  float64
		tooFar  bool
	}{
		{nil, 0, false},
		{[]float64{100}, 0, false},
		{[]float64{100, 110, 90, 100, 105}, 0.2, false},
		{[]float64{100, 100, 100, 130}, 0.3, true},
		{[]float64{0, 0}, 0, false},
	} {
		if s := Spread(c.medians); s != c.spread || TooFarApart(c.medians) != c.tooFar {
			t.Errorf("%v: %g apart, too far %v", c.medians, s, TooFarApart(c.medians))
		}
	}
}
