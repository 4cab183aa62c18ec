package canvas

import (
	"cmp"
	"encoding/binary"
	"image"
	"image/color"
	"image/draw"
	"maps"
	"slices"
)

// paletteMost is how many colours a PNG of one byte a pixel can have.
const paletteMost = 256

// paletted keeps the most frequent colours of a picture, and takes the nearest of them for the others, which are shades at
// the edges of letters and lines. It makes a PNG a third of the size.
func paletted(picture image.Image) *image.Paletted {
	pixels := plain(picture)
	counts := map[uint32]int{}
	eachRun(pixels, func(_ int, pixel uint32, length int) { counts[pixel] += length })
	byCount := slices.SortedFunc(maps.Keys(counts), func(a, b uint32) int { return cmp.Or(counts[b]-counts[a], cmp.Compare(a, b)) })
	var palette color.Palette
	for _, pixel := range byCount[:min(len(byCount), paletteMost)] {
		palette = append(palette, colourOf(pixel))
	}
	index := map[uint32]uint8{}
	for _, pixel := range byCount {
		index[pixel] = uint8(palette.Index(colourOf(pixel)))
	}
	out := image.NewPaletted(pixels.Rect, palette)
	eachRun(pixels, func(at int, pixel uint32, length int) {
		i := index[pixel]
		for k := range length {
			out.Pix[at+k] = i
		}
	})
	return out
}

// plain returns a picture whose pixels follow each other, four bytes each.
func plain(picture image.Image) *image.RGBA {
	size := picture.Bounds().Size()
	if p, ok := picture.(*image.RGBA); ok && p.Stride == 4*size.X {
		return p
	}
	p := image.NewRGBA(image.Rect(0, 0, size.X, size.Y))
	draw.Draw(p, p.Rect, picture, picture.Bounds().Min, draw.Src)
	return p
}

// eachRun calls f for pixels that follow each other and are equal: with the number of the first, and how many they are.
func eachRun(p *image.RGBA, f func(at int, pixel uint32, length int)) {
	n := len(p.Pix) / 4
	for at := 0; at < n; {
		pixel, length := binary.LittleEndian.Uint32(p.Pix[4*at:]), 1
		for at+length < n && binary.LittleEndian.Uint32(p.Pix[4*(at+length):]) == pixel {
			length++
		}
		f(at, pixel, length)
		at += length
	}
}

func colourOf(pixel uint32) color.RGBA {
	return color.RGBA{uint8(pixel), uint8(pixel >> 8), uint8(pixel >> 16), uint8(pixel >> 24)}
}
