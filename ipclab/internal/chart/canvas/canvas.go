// Package canvas makes pictures in SVG, PNG and PDF of what is drawn on gonum's canvases, or on a Sheet, which asks nothing
// of its user but coordinates and colours.
//
// It does not know what is drawn: charts, time lines and diagrams come here with theirs laid out.
//
// The hazard: gonum panics for what it cannot draw. All functions that make a picture make an error of that.
package canvas

import (
	"bytes"
	"fmt"
	"image/color"
	"image/png"
	"math"
	"strconv"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgpdf"
	"gonum.org/v1/plot/vg/vgsvg"
)

// DotsPerInch is that of a PNG: it makes three pixels of two.
const DotsPerInch = 108

// SVG returns what drawing leaves on a canvas of a size.
func SVG(w, h vg.Length, drawing func(draw.Canvas)) (string, error) {
	var b bytes.Buffer
	c := vgsvg.New(w, h)
	err := picture(func() { drawing(draw.New(c)) }, func() error { _, err := c.WriteTo(&b); return err })
	return b.String(), err
}

// PNG returns a picture of at most 256 colours.
func PNG(w, h vg.Length, drawing func(draw.Canvas)) ([]byte, error) {
	var b bytes.Buffer
	c := vgimg.NewWith(vgimg.UseWH(w, h), vgimg.UseDPI(DotsPerInch))
	err := picture(func() { drawing(draw.New(c)) }, func() error { return png.Encode(&b, paletted(c.Image())) })
	return b.Bytes(), err
}

// PDF returns a page of the picture's size, without fonts.
func PDF(w, h vg.Length, drawing func(draw.Canvas)) ([]byte, error) {
	var b bytes.Buffer
	c := vgpdf.New(w, h)
	err := picture(func() { drawing(draw.NewCanvas(outlines{c}, w, h)) }, func() error { _, err := c.WriteTo(&b); return err })
	return b.Bytes(), err
}

// picture draws and saves.
func picture(drawing func(), save func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("canvas: the picture cannot be drawn: %v", r)
		}
	}()
	drawing()
	if err := save(); err != nil {
		return fmt.Errorf("canvas: write the picture: %w", err)
	}
	return nil
}

// Colour reads one of the form #rrggbb; what has another form is black.
func Colour(hex string) color.NRGBA {
	black := color.NRGBA{A: 0xff}
	if len(hex) != len("#rrggbb") {
		return black
	}
	v, err := strconv.ParseUint(hex[1:], 16, 24)
	if err != nil {
		return black
	}
	return color.NRGBA{uint8(v >> 16), uint8(v >> 8), uint8(v), 0xff}
}

// Contrast returns how much a colour stands out from white or from the ground of a dark page, whichever is less. WCAG wants 3 of
// what is drawn, and 4.5 of text; no colour has more than 4.4 on both.
func Contrast(hex string) float64 {
	const offset = 0.05
	dark, l := luminance(Colour("#111111")), luminance(Colour(hex))
	return min((1+offset)/(l+offset), (l+offset)/(dark+offset))
}

// luminance is as WCAG defines it.
func luminance(c color.NRGBA) float64 {
	linear := func(v uint8) float64 {
		f := float64(v) / 0xff
		if f <= 0.04045 {
			return f / 12.92
		}
		return math.Pow((f+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(c.R) + 0.7152*linear(c.G) + 0.0722*linear(c.B)
}
