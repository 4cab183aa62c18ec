package render

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
)

// pipeline is three processes in a row, the first of which has forgotten to close an end.
func pipeline() Diagram {
	return Diagram{
		Title:    "<pipeline>",
		Boxes:    []Box{{Name: "1 ls", Lines: []string{"0: /dev/null"}}, {Name: "2 sort"}, {Name: "3 wc & co"}},
		Channels: []Channel{{Name: "pipe 10"}, {Name: "pipe 11"}},
		Links:    []Link{{0, 0, 1, false, true}, {0, 0, 3, true, false}, {1, 0, 0, true, false}, {1, 1, 1, false, true}, {2, 1, 0, true, false}},
		Notes:    []string{"A note."},
	}
}

func TestDiagramPlain(t *testing.T) {
	want := strings.Join([]string{
		"<pipeline>",
		"1 ls [1] ─→ │ pipe 10 │ ─→ [3] 1 ls",
		"            │         │ ─→ [0] 2 sort",
		"",
		"2 sort [1] ─→ │ pipe 11 │ ─→ [0] 3 wc & co",
		"",
		"1 ls: 0: /dev/null",
		"A note.",
	}, "\n")
	if got := pipeline().Plain(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestDiagramSVG(t *testing.T) {
	open := Diagram{Boxes: []Box{{Name: "1"}}, Channels: []Channel{{Name: "pipe 5", About: "no write end is open here"}}, Links: []Link{{0, 0, 3, true, false}}}
	for name, d := range map[string]Diagram{"pipeline": pipeline(), "nothing": {}, "a process": {Boxes: []Box{{Name: "1"}}}, "open": open, "many": crowd(12)} {
		checkXML(t, name, d.SVG())
	}
	svg := pipeline().SVG()
	for _, want := range []string{"&lt;pipeline&gt;", "3 wc &amp; co", "<title>descriptor 0 of 2 sort reads pipe 10</title>", "<title>descriptor 1 of 1 ls writes pipe 10</title>", `role="img"`, "A note."} {
		if !strings.Contains(svg, want) {
			t.Errorf("no %q in\n%s", want, svg)
		}
	}
}

// crowd is processes each of which writes to all others.
func crowd(n int) (d Diagram) {
	for i := range n {
		d.Boxes = append(d.Boxes, Box{Name: fmt.Sprint(i)})
		d.Channels = append(d.Channels, Channel{Name: fmt.Sprintf("pipe %d", i)})
		for k := range n {
			d.Links = append(d.Links, Link{Box: i, Channel: k, Number: k + 3, Reads: i == k, Writes: i != k})
		}
	}
	return d
}

// Nothing lies over something else, nor outside of the picture; a channel is below the middle of the processes that hold it
// where there is room.
func TestDiagramIsLaidOut(t *testing.T) {
	for name, d := range map[string]Diagram{"pipeline": pipeline(), "many": crowd(12)} {
		p := &diagramPicture{Diagram: d}
		p.place()
		for what, row := range map[string][]extent{"process": p.boxes, "channel": p.channels} {
			for i, e := range row {
				if e.middle-e.width/2 < 0 || e.middle+e.width/2 > p.right(nil) {
					t.Errorf("%s: %s %d is outside", name, what, i)
				}
				for k := range i {
					if o := row[k]; max(e.middle-e.width/2, o.middle-o.width/2) < min(e.middle+e.width/2, o.middle+o.width/2) {
						t.Errorf("%s: %s %d is over %d", name, what, i, k)
					}
				}
			}
		}
		for i, l := range d.Links {
			if b := p.boxes[l.Box]; p.ports[i] < b.middle-b.width/2 || p.ports[i] > b.middle+b.width/2 {
				t.Errorf("%s: descriptor %d of process %d is not at it", name, l.Number, l.Box)
			}
		}
	}
	p := &diagramPicture{Diagram: pipeline()}
	p.place()
	for i := range p.channels {
		if middle := (p.boxes[i].middle + p.boxes[i+1].middle) / 2; p.channels[i].middle < middle-1 || p.channels[i].middle > middle+1 {
			t.Errorf("channel %d is at %g, the middle is %g", i, p.channels[i].middle, middle)
		}
	}
}

// Arrows have their heads where data go: a reader's at the process, a writer's at the channel.
func TestHeadsOfLinks(t *testing.T) {
	heads := regexp.MustCompile(`<polygon points="[0-9.]+,([0-9.]+)`)
	for _, c := range []struct {
		link Link
		want int
	}{{Link{Reads: true}, 1}, {Link{Writes: true}, 1}, {Link{Reads: true, Writes: true}, 2}} {
		d := Diagram{Boxes: []Box{{Name: "1"}}, Channels: []Channel{{Name: "x"}}, Links: []Link{c.link}}
		p := &diagramPicture{Diagram: d}
		p.place()
		found := heads.FindAllStringSubmatch(d.SVG(), -1)
		if len(found) != c.want {
			t.Errorf("%+v: %d heads", c.link, len(found))
			continue
		}
		if at := found[0][1]; c.want == 1 && (at == pixel(p.channelTop())) != c.link.Writes {
			t.Errorf("%+v: the head is at %s", c.link, at)
		}
	}
}
