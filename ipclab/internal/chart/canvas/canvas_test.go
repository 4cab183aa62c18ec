package canvas

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"math"
	"strings"
	"testing"

	"gonum.org/v1/plot/vg/draw"
)

// paper draws on a sheet of 100 by 50 pixels.
func paper(t *testing.T, drawing func(*Sheet)) image.Image {
	t.Helper()
	data, page, err := Paper(100, 50, drawing)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.HasPrefix(page, []byte("%PDF-")) {
		t.Errorf("no page: %.20q", page)
	}
	picture, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return picture
}

// at is the colour of a place of a sheet.
func at(picture image.Image, x, y float64) color.NRGBA {
	const scale = DotsPerInch / 72.0
	return color.NRGBAModel.Convert(picture.At(int(x*scale), int(y*scale))).(color.NRGBA)
}

// What is drawn at a place is there, counted from the left upper corner, and what is half transparent lets the paper through.
func TestSheet(t *testing.T) {
	full, half := Ink{Colour: "#ff0000", Opacity: 1, Width: 4}, Ink{Colour: "#000000", Opacity: 0.5}
	picture := paper(t, func(s *Sheet) {
		s.Area(full, Point{0, 0}, Point{20, 0}, Point{20, 10}, Point{0, 10})
		s.Area(half, Point{80, 40}, Point{100, 40}, Point{100, 50}, Point{80, 50})
		s.Line(full, Point{40, 25}, Point{60, 25})
		s.Curve(full, Point{70, 5}, Point{80, 5}, Point{90, 5}, Point{95, 5})
	})
	red, white := color.NRGBA{0xff, 0, 0, 0xff}, color.NRGBA{0xff, 0xff, 0xff, 0xff}
	for place, want := range map[Point]color.NRGBA{{5, 5}: red, {50, 25}: red, {85, 5}: red, {5, 45}: white, {50, 35}: white, {30, 5}: white} {
		if got := at(picture, place.X, place.Y); got != want {
			t.Errorf("at %v: %v, want %v", place, got, want)
		}
	}
	if got := at(picture, 90, 45).R; got < 0x7c || got > 0x84 {
		t.Errorf("half a black is %#x", got)
	}
}

// Dashes leave gaps.
func TestDashes(t *testing.T) {
	picture := paper(t, func(s *Sheet) {
		s.Line(Ink{Colour: "#000000", Opacity: 1, Width: 6, Dashes: []int{10, 10}}, Point{0, 20}, Point{100, 20})
	})
	for x, want := range map[float64]bool{5: true, 15: false, 25: true, 35: false} {
		if drawn := at(picture, x, 20).R == 0; drawn != want {
			t.Errorf("at %g: drawn: %t", x, drawn)
		}
	}
}

// Text stands where it is wanted: from a point, to it, or around it; bold letters have more ink.
func TestTextOnASheet(t *testing.T) {
	black := Ink{Colour: "#000000", Opacity: 1}
	extent := func(left float64, bold bool) (from, to float64, dots int) {
		picture := paper(t, func(s *Sheet) { s.Text(black, Point{50, 30}, left, 12, bold, "HHH") })
		from = math.Inf(1)
		for x := range picture.Bounds().Dx() {
			for y := range picture.Bounds().Dy() {
				if r, _, _, _ := picture.At(x, y).RGBA(); r < 0x8000 {
					from, to, dots = min(from, float64(x)*72/DotsPerInch), float64(x)*72/DotsPerInch, dots+1
				}
			}
		}
		return from, to, dots
	}
	const near = 3
	if from, _, _ := extent(0, false); math.Abs(from-50) > near {
		t.Errorf("text from 50 begins at %g", from)
	}
	if _, to, _ := extent(1, false); math.Abs(to-50) > near {
		t.Errorf("text to 50 ends at %g", to)
	}
	from, to, plain := extent(0.5, false)
	if math.Abs((from+to)/2-50) > near {
		t.Errorf("text around 50 is from %g to %g", from, to)
	}
	if _, _, bold := extent(0.5, true); bold <= plain {
		t.Errorf("bold letters have %d dots, others %d", bold, plain)
	}
}

// What the library panics for is an error.
func TestAPanicIsAnError(t *testing.T) {
	_, err := SVG(10, 10, func(draw.Canvas) { panic("no") })
	if err == nil || !strings.Contains(err.Error(), "no") {
		t.Errorf("%v", err)
	}
	if _, _, err := Paper(10, 10, func(*Sheet) { panic("no") }); err == nil {
		t.Error("no error")
	}
}

func TestColour(t *testing.T) {
	for hex, want := range map[string]color.NRGBA{"#0072b2": {0, 0x72, 0xb2, 0xff}, "red": {A: 0xff}, "#zzzzzz": {A: 0xff}} {
		if got := Colour(hex); got != want {
			t.Errorf("%s: %v", hex, got)
		}
	}
	if white, grey := Contrast("#ffffff"), Contrast("#7a7a7a"); white != 1 || grey < 4 {
		t.Errorf("contrast of white %g, of grey %g", white, grey)
	}
}
