package chart

import (
	"bytes"
	"fmt"
	"image/color"
	"image/png"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgpdf"
	"gonum.org/v1/plot/vg/vgsvg"
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

// dotsPerInch makes three pixels of two in PNG.
const dotsPerInch = 108

// SVG returns the chart as an element of SVG, without background.
func (f *Fitted) SVG() (string, error) {
	var b bytes.Buffer
	w, h := f.size()
	c := vgsvg.New(w, h)
	save := func() error { _, err := c.WriteTo(&b); return err }
	if err := f.write(draw.New(c), onAny, save); err != nil {
		return "", err
	}
	return f.accessible(b.String())
}

// PNG returns the chart as a picture with a white background.
func (f *Fitted) PNG() ([]byte, error) {
	var b bytes.Buffer
	w, h := f.size()
	c := vgimg.NewWith(vgimg.UseWH(w, h), vgimg.UseDPI(dotsPerInch))
	err := f.write(draw.New(c), onWhite, func() error { return png.Encode(&b, paletted(c.Image())) })
	return b.Bytes(), err
}

// PDF returns the chart as a page of its size.
func (f *Fitted) PDF() ([]byte, error) {
	var b bytes.Buffer
	w, h := f.size()
	c := vgpdf.New(w, h)
	save := func() error { _, err := c.WriteTo(&b); return err }
	err := f.write(draw.NewCanvas(outlines{c}, w, h), onWhite, save)
	return b.Bytes(), err
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

// write draws on the canvas and saves it. What cannot be drawn after all is an error, not a panic.
func (f *Fitted) write(c draw.Canvas, l look, save func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("chart: cannot be drawn: %v", r)
		}
	}()
	f.draw(c, l)
	if err := save(); err != nil {
		return fmt.Errorf("chart: write the picture: %w", err)
	}
	return nil
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
