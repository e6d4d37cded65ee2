package main

import (
	"image"
	"image/color"
	"math"
	"testing"
)

// panelSizes are what Linux panels ask for (16, 22, 24, 32, 48) and the same on a screen of double density.
func panelSizes() []int { return []int{16, 22, 24, 32, 44, 48, 64, 96} }

// onPanel is the picture's luminance (0 to 1, linear light, as WCAG 2 measures contrast) on a grey panel.
func onPanel(m image.Image, grey uint8) []float64 {
	var out []float64
	b := m.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			c := color.NRGBAModel.Convert(m.At(x, y)).(color.NRGBA)
			over := func(v uint8) float64 {
				return (float64(v)*float64(c.A) + float64(grey)*float64(255-c.A)) / 255
			}
			out = append(out, 0.2126*linear(over(c.R))+0.7152*linear(over(c.G))+0.0722*linear(over(c.B)))
		}
	}
	return out
}

// linear undoes sRGB's gamma.
func linear(v float64) float64 {
	if v /= 255; v > 0.04045 {
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return v / 12.92
}

func contrast(a, b float64) float64 { return (max(a, b) + 0.05) / (min(a, b) + 0.05) }

// variant is one way in which a state is drawn, and the panels it has to be seen on.
type variant struct {
	at     func(l look, size int) scene
	panels []uint8
}

// variants are in colour, for any panel, and in one ink, as macOS has it.
func variants() map[string]variant {
	flat := func(ink color.NRGBA) func(look, int) scene {
		return func(l look, _ int) scene { return flatScene(l, ink) }
	}
	return map[string]variant{
		"in colour": {panelScene, []uint8{0x00, 0x2b, 0x55, 0x80, 0xaa, 0xe0, 0xff}},
		"in black":  {flat(black()), []uint8{0xe0, 0xff}},
		"in white":  {flat(white()), []uint8{0x00, 0x2b}},
	}
}

// A mark is seen when a tenth of the picture's area is in clear contrast: that is about what a halo of
// one pixel and the glyph have on the panel that swallows the fill.
func TestEveryStateStandsOutOnEveryPanel(t *testing.T) {
	const clear, share = 3.0, 0.1
	for name, v := range variants() {
		for _, l := range looks() {
			for _, size := range panelSizes() {
				m := v.at(l, size).render(size, true)
				for _, grey := range v.panels {
					n := 0
					for _, seen := range onPanel(m, grey) {
						if contrast(seen, linear(float64(grey))) >= clear {
							n++
						}
					}
					if got := float64(n) / float64(size*size); got < share {
						t.Errorf("%s %s at %d on panel %#x: %.3f of it has contrast %v, want %v", l.name, name, size, grey, got, clear, share)
					}
				}
			}
		}
	}
}

// Greyscale takes the colours away, and in the pictures of one ink nothing but shape is left. 20 clearly
// different pixels of 256 are a glyph's worth.
func TestStatesDifferByShapeAt16Pixels(t *testing.T) {
	const pixels = 20
	for name, v := range variants() {
		for i, a := range looks() {
			for _, b := range looks()[i+1:] {
				x := onPanel(v.at(a, 16).render(16, true), v.panels[0])
				y := onPanel(v.at(b, 16).render(16, true), v.panels[0])
				n := 0
				for k := range x {
					if (x[k] > 0.35) != (y[k] > 0.35) && math.Abs(x[k]-y[k]) > 0.2 {
						n++
					}
				}
				if n < pixels {
					t.Errorf("%s and %s %s differ in %d pixels, want %d", a.name, b.name, name, n, pixels)
				}
			}
		}
	}
}
