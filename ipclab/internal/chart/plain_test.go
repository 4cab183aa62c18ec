package chart

import (
	"strings"
	"testing"
)

func TestPlain(t *testing.T) {
	steps, _ := Histogram([]float64{1, 2, 2, 3, 3, 3, 4, 4, 5}, false)
	for name, c := range map[string]struct {
		chart Chart
		want  []string
	}{
		"distribution": {distribution(), []string{
			"<t>",
			"pipe & co, x (µs)",
			"   1 %           2  ██████████",
			"  10 %           2  ██████████",
			"  25 %           2  ██████████",
			"  50 %           2  ██████████",
			"  75 %           4  ████████████████████",
			"  90 %           4  ████████████████████",
			"  99 %           8  ████████████████████████████████████████",
		}},
		"bars": {Chart{Title: "t", X: Axis{Label: "µs"}, Series: []Series{bars(40, 20)}}, []string{
			"t",
			"µs",
			"bar 1  ████████████████████ 20 (18 to 22)",
			"bar 0  ████████████████████████████████████████ 40 (36 to 44)",
		}},
		"histogram": {Chart{X: Axis{Label: "ms"}, Series: []Series{{Name: "h", Mark: Steps, Points: steps}}}, []string{
			"h, ms",
			"         1 to 1.8        █████████████ 1",
			"       1.8 to 2.6        ███████████████████████████ 2",
			"       2.6 to 3.4        ████████████████████████████████████████ 3",
			"       3.4 to 4.2        ███████████████████████████ 2",
			"       4.2 to 5          █████████████ 1",
		}},
		"lines": {Chart{X: Axis{Label: "n", Log: true}, Y: Axis{Label: "ms", Log: true}, Series: []Series{line("a", Line, 1, 1, 10, 10), line("b", Dots, 1, 10)}}, []string{
			"ms",
			"        10 │○                                                          ●",
			"           │", "           │", "           │", "           │", "           │", "           │", "           │",
			"           │", "           │", "           │", "           │", "           │", "           │",
			"         1 │●",
			"           └────────────────────────────────────────────────────────────",
			"            1                                                         10",
			"            n",
			"           ● a",
			"           ○ b",
		}},
	} {
		if got, want := c.chart.Fit().Plain(), strings.Join(c.want, "\n"); got != want {
			t.Errorf("%s:\n%s\nwant:\n%s", name, got, want)
		}
	}
}
