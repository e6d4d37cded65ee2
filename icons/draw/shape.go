package main

import "math"

// A point is a place on the drawing's grid: 16 units square, origin at the top left. After
// place it is in pixels.
type point struct{ x, y float64 }

// A pebble is the one shape everything is made of: a convex core with a disc of radius r rolled around
// it. One core point is a dot, two are a stroke with round ends, three a rounded triangle, four a rounded
// rectangle. Growing a pebble (for a halo or a gap) is a larger r, exactly; and SVG can say the same
// thing as a polygon with a round-joined stroke, so both outputs come from one description.
type pebble struct {
	at   point   // where the core's own origin lies
	core []point // clockwise on the screen, relative to at
	r    float64
}

func dot(at, where point, r float64) pebble { return pebble{at, []point{where}, r} }

func stroke(at, from, to point, r float64) pebble { return pebble{at, []point{from, to}, r} }

// box is a rounded rectangle whose outer edges, rounding included, are the given ones.
func box(left, top, right, bottom, r float64) pebble {
	w, h := right-left-2*r, bottom-top-2*r
	return pebble{point{left + r, top + r}, []point{{0, 0}, {w, 0}, {w, h}, {0, h}}, r}
}

// place scales a pebble to k pixels a unit. With snap its straight edges land on whole pixels: the width
// becomes whole, the origin goes where the edge is on the grid, and offsets are rounded alike on both
// sides, so that what is symmetric stays so. Without it small sizes are a blur.
func (p pebble) place(k float64, snap bool) pebble {
	r, at := p.r*k, point{p.at.x * k, p.at.y * k}
	whole := func(v float64) float64 { return v }
	if snap {
		r = max(1, math.Round(2*r)) / 2
		whole = math.Round
		at = point{math.Round(at.x-r) + r, math.Round(at.y-r) + r}
	}
	core := make([]point, len(p.core))
	for i, c := range p.core {
		core[i] = point{whole(c.x * k), whole(c.y * k)}
	}
	return pebble{at, core, r}
}

// outline is the pebble grown by g as a closed polygon, fine enough that no corner shows. It is
// empty when g takes the whole rim away.
func (p pebble) outline(g float64) []point {
	r := p.r + g
	if r <= 0 {
		return nil
	}
	n := len(p.core)
	if n == 1 {
		return p.arc(nil, p.core[0], r, 0, 2*math.Pi)
	}
	var out []point
	for i, c := range p.core {
		in, on := p.core[(i+n-1)%n], p.core[(i+1)%n]
		from := normal(in, c)
		sweep := math.Mod(normal(c, on)-from+4*math.Pi, 2*math.Pi)
		out = p.arc(out, c, r, from, sweep)
	}
	return out
}

// normal is the direction that points out of a clockwise shape along the edge from a to b.
func normal(a, b point) float64 { return math.Atan2(a.x-b.x, b.y-a.y) }

// arc appends the way around c from one direction through sweep.
func (p pebble) arc(out []point, c point, r, from, sweep float64) []point {
	steps := int(math.Ceil(sweep*math.Sqrt(r)*2)) + 1
	for i := range steps + 1 {
		a := from + sweep*float64(i)/float64(steps)
		out = append(out, point{grid(p.at.x + c.x + r*math.Cos(a)), grid(p.at.y + c.y + r*math.Sin(a))})
	}
	return out
}

// grid rounds to 1/64 pixel. Some processors fuse a multiplication with an addition and so differ in the
// last bit; after this the rasterizer is given the same numbers everywhere.
func grid(v float64) float64 { return math.Round(v*64) / 64 }
