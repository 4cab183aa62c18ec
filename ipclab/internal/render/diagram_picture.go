package render

import (
	"cmp"
	"fmt"
	"slices"
	"unicode/utf8"

	"ipclab/ipclab/internal/chart/canvas"
)

// The measures of the picture, in pixels.
const (
	boxTop      = 36
	boxLine     = 16
	portWidth   = 30
	portHeight  = 18
	betweenBox  = 48
	toChannels  = 96 // from the ports to the channels
	channelHigh = 32
	betweenChan = 22
)

// A diagramPicture draws a diagram: the processes in a row, what connects them in a row below, between those it connects.
type diagramPicture struct {
	pen
	Diagram
	boxes, channels []extent
	ports           []float64 // where the descriptor of each link is
	attached        []float64 // where each link meets its channel
	low             float64   // bottom of the boxes
}

// An extent is where something is from left to right.
type extent struct{ middle, width float64 }

// SVG renders the diagram as a picture.
func (d Diagram) SVG() string { return d.picture().svgPicture() }

// Paper renders the diagram on white, as a picture in PNG and as a page in PDF.
func (d Diagram) Paper() (png, pdf []byte, err error) { return d.picture().paperPicture() }

// picture draws the diagram.
func (d Diagram) picture() *pen {
	p := &diagramPicture{Diagram: d}
	p.place()
	notes := noteLines(p.Notes)
	height := p.low + 30
	if len(p.Channels) > 0 {
		height = p.channelTop() + channelHigh + 30
	}
	p.open(p.right(notes), height+34+boxLine*float64(len(notes)), d.Title, d.Plain())
	p.text(8, 18, "start", "bold", d.Title)
	if len(d.Boxes) == 0 {
		p.text(20, 40, "start", "", noProcess)
	}
	for i, l := range p.Links {
		p.link(i, l)
	}
	for i, b := range p.Boxes {
		p.box(i, b)
	}
	for i, l := range p.Links {
		p.port(i, l)
	}
	for i, c := range p.Channels {
		p.channel(i, c)
	}
	p.legend(height + 8)
	for i, n := range notes {
		p.text(8, height+28+boxLine*float64(i), "start", "", n)
	}
	return &p.pen
}

// width returns how wide a text is, about.
func width(s string) float64 { return letter * float64(utf8.RuneCountInString(s)) }

// place puts processes beside each other, and each channel below the middle of the processes that hold it, where there is room.
func (p *diagramPicture) place() {
	at, lines := 20.0, 0
	for i, b := range p.Boxes {
		w := max(width(clean(b.Name, 34))+24, 120, float64(p.count(func(l Link) bool { return l.Box == i }))*(portWidth+8)+16)
		for _, line := range b.Lines {
			w = max(w, width(clean(line, 40))+20)
		}
		p.boxes = append(p.boxes, extent{at + w/2, w})
		at += w + betweenBox
		lines = max(lines, len(b.Lines))
	}
	p.low = boxTop + 34 + boxLine*float64(lines) + 8
	p.placeChannels()
	p.placeEnds()
}

func (p *diagramPicture) count(wanted func(Link) bool) (n int) {
	for _, l := range p.Links {
		if wanted(l) {
			n++
		}
	}
	return n
}

func (p *diagramPicture) placeChannels() {
	p.channels = make([]extent, len(p.Channels))
	order := make([]int, len(p.Channels))
	wanted := 0.0
	for i, c := range p.Channels {
		order[i] = i
		ends := float64(p.count(func(l Link) bool { return l.Channel == i }))
		p.channels[i] = extent{p.centre(i), max(width(clean(c.Name, 48))+24, width(clean(c.About, 48)), 24*ends, 90)}
		wanted += p.channels[i].middle
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(p.channels[a].middle, p.channels[b].middle) })
	free, got := 0.0, 0.0
	for _, i := range order {
		c := &p.channels[i]
		c.middle = max(c.middle, free+c.width/2)
		free = c.middle + c.width/2 + betweenChan
		got += c.middle
	}
	if len(order) == 0 {
		return
	}
	back := (got - wanted) / float64(len(order)) // the row as a whole stands below what it connects
	first := p.channels[order[0]]
	room := min(back, first.middle-first.width/2-20)
	for i := range p.channels {
		p.channels[i].middle -= room
	}
	for i := range p.boxes { // what the row lacks in room to the left, the processes move to the right
		p.boxes[i].middle += back - room
	}
}

// centre returns the middle of the processes that hold a channel.
func (p *diagramPicture) centre(channel int) float64 {
	sum, n := 0.0, 0.0
	seen := map[int]bool{}
	for _, l := range p.Links {
		if l.Channel == channel && !seen[l.Box] {
			seen[l.Box] = true
			sum, n = sum+p.boxes[l.Box].middle, n+1
		}
	}
	return sum / max(n, 1)
}

// placeEnds puts the descriptors of a process in the order of their channels, and the ends of lines at a channel in the order
// of where they come from, so that few lines cross.
func (p *diagramPicture) placeEnds() {
	p.ports, p.attached = make([]float64, len(p.Links)), make([]float64, len(p.Links))
	for i, b := range p.boxes {
		p.spread(p.ports, b, portWidth+8, func(l Link) bool { return l.Box == i }, func(k int) float64 { return p.channels[p.Links[k].Channel].middle })
	}
	for i, c := range p.channels {
		p.spread(p.attached, c, min(24, c.width/float64(max(p.count(func(l Link) bool { return l.Channel == i }), 1))),
			func(l Link) bool { return l.Channel == i }, func(k int) float64 { return p.ports[k] })
	}
}

// spread puts the wanted links side by side around the middle of something, in the order of by and their numbers.
func (p *diagramPicture) spread(to []float64, around extent, distance float64, wanted func(Link) bool, by func(int) float64) {
	var links []int
	for k, l := range p.Links {
		if wanted(l) {
			links = append(links, k)
		}
	}
	slices.SortStableFunc(links, func(a, b int) int {
		return cmp.Or(cmp.Compare(by(a), by(b)), p.Links[a].Number-p.Links[b].Number)
	})
	for n, k := range links {
		to[k] = around.middle + distance*(float64(n)-float64(len(links)-1)/2)
	}
}

func (p *diagramPicture) channelTop() float64 { return p.low + portHeight + toChannels }

// right returns how wide the picture is.
func (p *diagramPicture) right(notes []string) float64 {
	most := 480.0
	for _, e := range append(slices.Clone(p.boxes), p.channels...) {
		most = max(most, e.middle+e.width/2+20)
	}
	for _, n := range notes {
		most = max(most, width(n)+16)
	}
	return most
}

func (p *diagramPicture) box(i int, b Box) {
	e := p.boxes[i]
	p.frame(e.middle-e.width/2, boxTop, e.width, p.low-boxTop, 6, ink{opacity: 0.12}, ink{}, b.Name)
	p.text(e.middle, boxTop+21, "middle", "bold", clean(b.Name, 34))
	for k, line := range b.Lines {
		p.text(e.middle, boxTop+21+boxLine*float64(k+1), "middle", "", clean(line, 40))
	}
}

// port draws the descriptor, at the lower edge of its process.
func (p *diagramPicture) port(i int, l Link) {
	x := p.ports[i]
	p.frame(x-portWidth/2, p.low, portWidth, portHeight, 0, ink{colour: l.colour(), opacity: 0.15}, ink{colour: l.colour()}, p.words(l))
	p.text(x, p.low+13, "middle", "", fmt.Sprint(l.Number))
}

// words says what a link is.
func (p *diagramPicture) words(l Link) string {
	how := map[[2]bool]string{{true, true}: "reads and writes", {true, false}: "reads", {false, true}: "writes"}[[2]bool{l.Reads, l.Writes}]
	return fmt.Sprintf("descriptor %d of %s %s %s", l.Number, p.Boxes[l.Box].Name, how, p.Channels[l.Channel].Name)
}

// colour tells reading from writing, as the arrow's head does.
func (l Link) colour() string {
	switch {
	case l.Reads && l.Writes:
		return arrowLooks[Fork].colour
	case l.Writes:
		return arrowLooks[Sent].colour
	}
	return arrowLooks[Data].colour
}

// link draws the line from descriptor to channel, with a head where the data go.
func (p *diagramPicture) link(i int, l Link) {
	const head, bend = 8, 44
	x1, y1, x2, y2 := p.ports[i], p.low+portHeight, p.attached[i], p.channelTop()
	p.begin(p.words(l))
	p.curve(ink{colour: l.colour(), width: 2}, [4]canvas.Point{{X: x1, Y: y1 + head}, {X: x1, Y: y1 + bend}, {X: x2, Y: y2 - bend}, {X: x2, Y: y2 - head}})
	p.headOrEnd(x2, y2, -head, l.Writes, l.colour())
	p.headOrEnd(x1, y1, head, l.Reads, l.colour())
	p.end()
}

// headOrEnd ends a line at a point, with a head if data arrive there; back is where the line comes from.
func (p *diagramPicture) headOrEnd(x, y, back float64, head bool, colour string) {
	if head {
		p.polygon(ink{colour: colour}, canvas.Point{X: x, Y: y}, canvas.Point{X: x - 5, Y: y + back}, canvas.Point{X: x + 5, Y: y + back})
		return
	}
	p.line(x, y, x, y+back, ink{colour: colour, width: 2})
}

func (p *diagramPicture) channel(i int, c Channel) {
	e, y := p.channels[i], p.channelTop()
	p.frame(e.middle-e.width/2, y, e.width, channelHigh, channelHigh/2, ink{opacity: 0.05}, ink{width: 1.5}, c.Name)
	p.text(e.middle, y+20, "middle", "", clean(c.Name, 48))
	p.small(e.middle-width(clean(c.About, 48))/2, y+channelHigh+14, clean(c.About, 48))
}

// legend says which line is what, as far as it is there.
func (p *diagramPicture) legend(y float64) {
	x := 20.0
	for _, kind := range []struct {
		link Link
		name string
	}{{Link{Writes: true}, "writes into"}, {Link{Reads: true}, "reads from"}, {Link{Reads: true, Writes: true}, "both"}} {
		if p.count(func(l Link) bool { return l.Reads == kind.link.Reads && l.Writes == kind.link.Writes }) == 0 {
			continue
		}
		p.frame(x, y-9, 22, 10, 0, ink{colour: kind.link.colour(), opacity: 0.15}, ink{colour: kind.link.colour()}, "")
		p.text(x+28, y, "start", "", kind.name)
		x += 48 + width(kind.name)
	}
}
