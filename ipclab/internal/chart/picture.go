package chart

import (
	"fmt"
	"image/color"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"ipclab/ipclab/internal/chart/canvas"
)

// A look is the colours of a picture beside those of the data.
type look struct{ text, grid, background color.Color }

var (
	// onAny is for pictures that are shown on a ground nobody knows: a grey that can be read on white and on black.
	onAny = look{text: grey(0x75), grid: color.NRGBA{0x80, 0x80, 0x80, 0x50}}
	// onWhite is for pictures that bring their ground along.
	onWhite = look{text: grey(0x22), grid: grey(0xdd), background: color.White}
)

func grey(level uint8) color.Color { return color.NRGBA{level, level, level, 0xff} }

// SVG returns the chart as an element of SVG, without background.
func (f *Fitted) SVG() (string, error) {
	w, h := f.size()
	svg, err := canvas.SVG(w, h, func(c draw.Canvas) { f.draw(c, onAny) })
	if err != nil {
		return "", err
	}
	return f.accessible(svg)
}

// PNG returns the chart as a picture with a white background.
func (f *Fitted) PNG() ([]byte, error) {
	w, h := f.size()
	return canvas.PNG(w, h, func(c draw.Canvas) { f.draw(c, onWhite) })
}

// PDF returns the chart as a page of its size.
func (f *Fitted) PDF() ([]byte, error) {
	w, h := f.size()
	return canvas.PDF(w, h, func(c draw.Canvas) { f.draw(c, onWhite) })
}

// size returns the measures of a picture; a point is a pixel.
func (f *Fitted) size() (w, h vg.Length) {
	names, _ := f.names()
	h = max(height, vg.Length(60+len(names)*legendLine))
	if n := len(f.bars); n > 0 {
		h = vg.Length(90 + n*barHeight)
	}
	return width, h + f.notesHeight()
}

// accessible replaces the head that the library writes by one that says what the picture shows, and adds fonts for where
// the first is not there.
func (f *Fitted) accessible(svg string) (string, error) {
	at := strings.Index(svg, "<svg")
	end := strings.IndexByte(svg[max(at, 0):], '>')
	if at < 0 || end < 0 {
		return "", fmt.Errorf("chart: the picture in SVG has no head")
	}
	body := strings.ReplaceAll(svg[at+end+1:], "font-family:Liberation Sans;", "font-family:Liberation Sans,Arial,Helvetica,sans-serif;")
	w, h := f.size()
	alt := escape.Replace(f.Alt())
	head := fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %g %g" width="%g" height="%g" role="img" aria-label="%s">`,
		w.Points(), h.Points(), w.Points(), h.Points(), alt)
	if f.Title != "" {
		head += "<title>" + escape.Replace(f.Title) + "</title>"
	}
	return head + "<desc>" + alt + "</desc>" + strings.TrimRight(body, "\n"), nil
}

var escape = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;")
