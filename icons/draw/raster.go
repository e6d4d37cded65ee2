package main

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"

	"golang.org/x/image/vector"
)

// A layer is one paint over the union of its shapes, less what cut takes away.
type layer struct {
	shapes      []pebble
	cut         []pebble
	grow        float64     // pixels (not units) that the shapes grow by
	cutGrow     float64     // the same for cut
	top, bottom color.NRGBA // a vertical gradient, or one colour twice
}

// A scene is layers from the back to the front.
type scene []layer

// render draws the scene into a square of size pixels.
func (s scene) render(size int, snap bool) *image.RGBA {
	out := image.NewRGBA(image.Rect(0, 0, size, size))
	for _, l := range s {
		mask := coverage(size, l.shapes, l.grow, snap)
		if len(l.cut) > 0 {
			takeAway(mask, coverage(size, l.cut, l.cutGrow, snap))
		}
		draw.DrawMask(out, out.Bounds(), l.paint(size), image.Point{}, mask, image.Point{}, draw.Over)
	}
	return out
}

// coverage is the union of the shapes as a mask.
func coverage(size int, shapes []pebble, grow float64, snap bool) *image.Alpha {
	union := image.NewAlpha(image.Rect(0, 0, size, size))
	for _, p := range shapes {
		z := vector.NewRasterizer(size, size)
		for i, q := range p.place(float64(size)/units, snap).outline(grow) {
			if i == 0 {
				z.MoveTo(float32(q.x), float32(q.y))
				continue
			}
			z.LineTo(float32(q.x), float32(q.y))
		}
		z.ClosePath()
		one := image.NewAlpha(union.Rect)
		z.Draw(one, one.Rect, image.Opaque, image.Point{})
		// The greater of the two, not the sum: a sum makes the soft edges of overlapping strokes heavy.
		for i, a := range one.Pix {
			union.Pix[i] = max(union.Pix[i], a)
		}
	}
	return union
}

func takeAway(mask, cut *image.Alpha) {
	for i, a := range cut.Pix {
		mask.Pix[i] = uint8(uint16(mask.Pix[i]) * uint16(255-a) / 255)
	}
}

// paint is the layer's colour for every pixel.
func (l layer) paint(size int) image.Image {
	if l.top == l.bottom {
		return image.NewUniform(l.top)
	}
	img := image.NewNRGBA(image.Rect(0, 0, size, size))
	for y := range size {
		row := image.Rect(0, y, size, y+1)
		draw.Draw(img, row, image.NewUniform(blend(l.top, l.bottom, y, size-1)), image.Point{}, draw.Src)
	}
	return img
}

// blend is the colour n/of of the way from a to b, in whole numbers so that every machine agrees.
func blend(a, b color.NRGBA, n, of int) color.NRGBA {
	mix := func(a, b uint8) uint8 { return uint8((int(a)*(of-n) + int(b)*n) / of) }
	return color.NRGBA{mix(a.R, b.R), mix(a.G, b.G), mix(a.B, b.B), mix(a.A, b.A)}
}

func encodePNG(img image.Image) ([]byte, error) {
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		return nil, fmt.Errorf("encoding picture: %v", err)
	}
	return b.Bytes(), nil
}
