package render

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"ipclab/ipclab/internal/chart/canvas"
)

// pingPong is two processes of which one sends the other something and waits for the answer.
func pingPong() Timeline {
	return Timeline{
		Title: "<ping>", Unit: "ms", End: 10,
		Lanes: []Lane{{"1 parent", 0, 10}, {"2 child & co", 1, 9}},
		Waits: []Wait{{0, 2, 8, 1, "waits for the answer"}},
		Marks: []Mark{{Lane: 0, At: 0, Kind: Event, Label: "fork", Text: "fork() = 2"}, {Lane: 0, At: 2, Kind: Event, Label: "write", Text: `write(1, "<b>")`},
			{Lane: 1, At: 4, Kind: Event, Label: "read", Text: "read"}, {Lane: 1, At: 9, Kind: Ended, Label: "exits", Text: "exits"}, {Lane: 0, At: 10, Kind: Signal, Label: "SIGCHLD", Text: "SIGCHLD"}},
		Arrows: []Arrow{{From: 0, To: 1, Leaves: 2, Arrives: 4, Kind: Data, Text: "pipe, 5 bytes"}, {From: 1, To: 0, Leaves: 9, Arrives: 10, Kind: Telling, Text: "SIGCHLD"}},
	}
}

// busy is two processes with very many events.
func busy(n int) Timeline {
	t := Timeline{Title: "busy", Unit: "ms", End: float64(n), Lanes: []Lane{{"1", 0, float64(n)}, {"2", 0, float64(n)}}}
	for i := range n {
		at := float64(i)
		t.Marks = append(t.Marks, Mark{Lane: i % 2, At: at, Kind: Event, Label: "write", Text: "write"})
		t.Waits = append(t.Waits, Wait{0, at, at + 0.5, 1, "read waits"})
		t.Arrows = append(t.Arrows, Arrow{From: 0, To: 1, Leaves: at, Arrives: at + 0.1, Kind: Data, Text: "pipe"})
	}
	return t
}

func TestTimelinePlain(t *testing.T) {
	want := strings.Join([]string{
		"<ping>",
		"1 parent      │─────────────│▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒─────────────◆",
		"2 child & co         ─────────────────────│───────────────────────────────────×",
		"              0                                                                  10 ms",
		"│ an event, 2 to 9 several, + more; ▒ waits; ◆ signal, × end of the process",
		"        2 ms  1 parent → 2 child & co  pipe, 5 bytes",
		"        9 ms  2 child & co → 1 parent  SIGCHLD",
	}, "\n")
	if got := pingPong().Plain(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// A picture is XML, whatever stands in it, and no coordinate is not a number.
func TestTimelineSVG(t *testing.T) {
	for name, line := range map[string]Timeline{"ping-pong": pingPong(), "nothing": {}, "many": busy(10_000), "one moment": {Lanes: []Lane{{"1", 0, 0}}, Marks: []Mark{{Kind: Event}}}} {
		checkXML(t, name, line.SVG())
	}
	svg := pingPong().SVG()
	for _, want := range []string{"&lt;ping&gt;", "child &amp; co", "<title>pipe, 5 bytes</title>", "stroke-dasharray", `role="img"`, "<desc>2 processes, 5 events, 1 waits and 2 arrows in 10 ms</desc>"} {
		if !strings.Contains(svg, want) {
			t.Errorf("no %q in\n%s", want, svg)
		}
	}
}

// checkXML fails if a picture is none.
func checkXML(t *testing.T, name, svg string) {
	t.Helper()
	decoder := xml.NewDecoder(strings.NewReader(svg))
	var err error
	for err == nil {
		_, err = decoder.Token()
	}
	if !errors.Is(err, io.EOF) {
		t.Errorf("%s: not XML: %v\n%s", name, err, svg)
	}
	if strings.Contains(svg, "NaN") || strings.Contains(svg, "Inf") {
		t.Errorf("%s: a coordinate is no number:\n%s", name, svg)
	}
}

// However many events there are, what is drawn is no more than there is room for, and all are counted.
func TestTimelineOfManyEvents(t *testing.T) {
	const n, columns = 100_000, 100
	b := busy(n).Binned(columns)
	if len(b.Marks) != 2*columns || len(b.Waits) != columns || len(b.Arrows) != columns {
		t.Errorf("%d marks, %d waits, %d arrows", len(b.Marks), len(b.Waits), len(b.Arrows))
	}
	marks, arrows := 0, 0
	for _, m := range b.Marks {
		marks += max(m.Count, 1)
	}
	for _, a := range b.Arrows {
		arrows += max(a.Count, 1)
	}
	if marks != n || arrows != n {
		t.Errorf("%d marks and %d arrows are counted", marks, arrows)
	}
	if w := b.Waits[columns/2]; w.Share < 0.49 || w.Share > 0.51 {
		t.Errorf("%+v", w)
	}
	if m := b.Marks[0]; m.Label != "500× write" || m.Text != "500: 500 write" {
		t.Errorf("%+v", m)
	}
	for size, text := range map[int]string{200_000: busy(n).SVG(), 500_000: specification(t, busy(n))} {
		if len(text) > size {
			t.Errorf("%d bytes, want at most %d", len(text), size)
		}
	}
}

// What is rare is not lost among what is frequent.
func TestSignalsAreNotDrawnTogetherWithCalls(t *testing.T) {
	line := busy(1000)
	line.Marks = append(line.Marks, Mark{Lane: 0, At: 500, Kind: Signal, Label: "SIGUSR1", Text: "SIGUSR1"})
	b := line.Binned(10)
	if i := slices.IndexFunc(b.Marks, func(m Mark) bool { return m.Kind == Signal }); i < 0 || b.Marks[i].Text != "SIGUSR1" {
		t.Errorf("%+v", b.Marks)
	}
}

func TestWaitsThatOverlapCountOnce(t *testing.T) {
	var waits []Wait
	for range 300 {
		waits = append(waits, Wait{0, 2, 4, 1, ""})
	}
	got := Timeline{End: 10, Waits: waits}.Binned(5).Waits
	if len(got) != 1 || got[0].Share != 1 || got[0].From != 2 {
		t.Errorf("%+v", got)
	}
}

func specification(t *testing.T, line Timeline) string {
	t.Helper()
	text, err := json.Marshal(line.VegaLite())
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// In a front end the ground is the theme's, and so is the colour of text.
func TestTimelineHasTheColoursOfTheTheme(t *testing.T) {
	text := specification(t, pingPong())
	for _, want := range []string{`"background":"transparent"`, `"labelColor":"` + canvas.Foreground, `"description":"2 processes, 5 events`} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s in %s", want, text)
		}
	}
}

// What a reader has to know stands in each form.
func TestNotesOfATimeline(t *testing.T) {
	line := pingPong()
	line.Notes = []string{"7 events were lost."}
	for form, text := range map[string]string{"text": line.Plain(), "SVG": line.SVG(), "Vega-Lite": specification(t, line)} {
		if !strings.Contains(text, line.Notes[0]) {
			t.Errorf("%s: no note in\n%s", form, text)
		}
	}
}

// Each layer draws data that are there, and the lanes have their names.
func TestTimelineVegaLite(t *testing.T) {
	var spec struct {
		Datasets map[string][]map[string]any
		Layer    []struct {
			Data     struct{ Name string }
			Encoding map[string]struct{ Field string }
		}
	}
	if err := json.Unmarshal([]byte(specification(t, pingPong())), &spec); err != nil {
		t.Fatal(err)
	}
	for i, layer := range spec.Layer {
		rows := spec.Datasets[layer.Data.Name]
		if len(rows) == 0 {
			t.Errorf("layer %d has no data", i)
			continue
		}
		for channel, c := range layer.Encoding {
			if _, ok := rows[0][c.Field]; !ok {
				t.Errorf("layer %d: %s wants field %q", i, channel, c.Field)
			}
		}
	}
	if text := specification(t, pingPong()); !strings.Contains(text, `[\"1 parent\",\"2 child \\u0026 co\"][datum.value]`) {
		t.Errorf("%s", text)
	}
}

func TestTicks(t *testing.T) {
	for end, want := range map[float64]string{0: "[0]", 1: "[0 0.1 0.2 0.3 0.4 0.5 0.6 0.7 0.8 0.9 1]", 20.6: "[0 2 4 6 8 10 12 14 16 18 20]", 94: "[0 10 20 30 40 50 60 70 80 90]"} {
		var got []string
		for _, v := range ticks(end, 8) {
			got = append(got, number(v))
		}
		if s := fmt.Sprintf("[%s]", strings.Join(got, " ")); s != want {
			t.Errorf("to %g: %s, want %s", end, s, want)
		}
	}
}

// What is drawn can be told from the ground, light or dark.
func TestColoursStandOut(t *testing.T) {
	if c := canvas.Contrast(textColour); c < 4 {
		t.Errorf("text: contrast %.1f", c)
	}
	for kind, look := range arrowLooks {
		if c := canvas.Contrast(look.colour); c < 3 {
			t.Errorf("%s: contrast %.1f", kind, c)
		}
	}
}
