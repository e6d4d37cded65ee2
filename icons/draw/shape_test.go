package main

import (
	"image"
	"math"
	"testing"
)

// area is the polygon's, positive when it runs clockwise on the screen.
func area(p []point) float64 {
	sum := 0.0
	for i, a := range p {
		b := p[(i+1)%len(p)]
		sum += a.x*b.y - b.x*a.y
	}
	return sum / 2
}

func TestOutlineHasThePebblesArea(t *testing.T) {
	for _, c := range []struct {
		name string
		p    pebble
		grow float64
		want float64
	}{
		{"dot", dot(point{8, 8}, point{}, 4), 0, math.Pi * 16},
		{"dot grown", dot(point{8, 8}, point{}, 4), 1, math.Pi * 25},
		{"level stroke", stroke(point{8, 8}, point{-3, 0}, point{3, 0}, 1), 0, math.Pi + 12},
		{"stroke drawn backwards", stroke(point{8, 8}, point{3, 0}, point{-3, 0}, 1), 0, math.Pi + 12},
		{"steep stroke", stroke(point{8, 8}, point{0, -3}, point{0, 3}, 1), 0, math.Pi + 12},
		{"box", box(1, 1, 15, 13, 3), 0, 14*12 - (4-math.Pi)*9},
		{"box shrunk", box(1, 1, 15, 13, 3), -1, 12*10 - (4-math.Pi)*4},
		{"box without a rim", box(1, 1, 15, 13, 3), -3, 0},
	} {
		got := area(c.p.outline(c.grow))
		if math.Abs(got-c.want) > 0.02*c.want+1e-9 {
			t.Errorf("%s: got area %.2f, want %.2f", c.name, got, c.want)
		}
	}
}

func TestEveryShapeIsClockwiseAndConvex(t *testing.T) {
	for _, l := range looks() {
		for i, p := range append(l.body, l.glyph...) {
			for j := range p.core {
				a, b, c := p.core[j], p.core[(j+1)%len(p.core)], p.core[(j+2)%len(p.core)]
				if turn := (b.x-a.x)*(c.y-b.y) - (b.y-a.y)*(c.x-b.x); turn < 0 {
					t.Errorf("%s: shape %d turns left after corner %d", l.name, i, j)
				}
			}
		}
	}
}

func TestSnappedEdgesLandOnWholePixels(t *testing.T) {
	for _, size := range panelSizes() {
		k := float64(size) / units
		p := box(1, 1, 15, 13, 3).place(k, true)
		for _, edge := range []float64{p.at.x - p.r, p.at.y - p.r, p.at.x + p.core[2].x + p.r, p.at.y + p.core[2].y + p.r} {
			if edge != math.Round(edge) {
				t.Errorf("%d pixels: an edge lies at %v", size, edge)
			}
		}
	}
}

// bounds is the smallest rectangle that holds all that mask covers.
func bounds(mask *image.Alpha) image.Rectangle {
	var r image.Rectangle
	for y := range mask.Rect.Dy() {
		for x := range mask.Rect.Dx() {
			if mask.AlphaAt(x, y).A > 0 {
				r = r.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	return r
}

func TestSnappingKeepsWhatIsSymmetric(t *testing.T) {
	shapes := map[string][]pebble{
		"arrow": downArrow(), "exclamation": exclamation(), "dots": dots(), "triangle": warning()[:1], "bubble": bubble()[:1],
	}
	for name, s := range shapes {
		for _, size := range append(panelSizes(), 20, 36) {
			mask := coverage(size, s, 0, true)
			r := bounds(mask)
			for y := r.Min.Y; y < r.Max.Y; y++ {
				for x := r.Min.X; x < r.Max.X; x++ {
					left, right := int(mask.AlphaAt(x, y).A), int(mask.AlphaAt(r.Max.X-1-(x-r.Min.X), y).A)
					if max(left-right, right-left) > 12 {
						t.Fatalf("%s at %d pixels: %d at (%d,%d) but %d opposite", name, size, left, x, y, right)
					}
				}
			}
		}
	}
}

func TestNothingIsCutOffAtTheEdge(t *testing.T) {
	for _, l := range looks() {
		for _, size := range panelSizes() {
			for _, s := range append(l.body, l.glyph...) {
				for _, q := range s.place(float64(size)/units, true).outline(0) {
					if min(q.x, q.y) < 0 || max(q.x, q.y) > float64(size) {
						t.Fatalf("%s at %d pixels reaches %v", l.name, size, q)
					}
				}
			}
		}
	}
}

func TestScaledMovesTheCentre(t *testing.T) {
	got := scaled([]pebble{dot(point{8, 7}, point{2, 0}, 1)}, point{8, 7}, point{4, 5}, 0.5)[0]
	if want := (point{4, 5}); got.at != want || got.core[0] != (point{1, 0}) || got.r != 0.5 {
		t.Errorf("got %+v, want it at %v with half its size", got, want)
	}
}
