package canvas

import (
	"image"
	"image/color"
	"testing"
)

func TestPaletted(t *testing.T) {
	many := image.NewNRGBA(image.Rect(3, 5, 63, 45)) // 2400 colours, and not the kind that the library draws on
	for y := range 40 {
		for x := range 60 {
			many.Set(3+x, 5+y, color.NRGBA{uint8(x * 4), uint8(y * 6), 0, 0xff})
		}
	}
	few := image.NewRGBA(image.Rect(0, 0, 8, 1))
	for x := range 8 {
		few.Set(x, 0, color.RGBA{uint8(x % 3), 0, 0, 0xff})
	}
	for name, c := range map[string]struct {
		picture image.Image
		colours int
		off     int // how far a colour may be from what it was
	}{"few": {few, 3, 0}, "many": {many, paletteMost, 255}} {
		out := paletted(c.picture)
		if len(out.Palette) != c.colours || out.Rect.Size() != c.picture.Bounds().Size() {
			t.Errorf("%s: %d colours in %v", name, len(out.Palette), out.Rect)
		}
		for at, i := range out.Pix {
			x, y := at%out.Rect.Dx(), at/out.Rect.Dx()
			was, _, _, _ := c.picture.At(c.picture.Bounds().Min.X+x, c.picture.Bounds().Min.Y+y).RGBA()
			is, _, _, _ := out.Palette[i].RGBA()
			if d := int(was>>8) - int(is>>8); d > c.off || -d > c.off {
				t.Errorf("%s: pixel %d, %d is %d, was %d", name, x, y, is>>8, was>>8)
			}
		}
	}
}
