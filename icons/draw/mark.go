package main

import "image/color"

// units is the side of the drawing's grid. One unit is one pixel of the smallest icon.
const units = 16

// A look is how one state is drawn. What tells the states apart is the shape of the body and of the glyph
// in it; the fill only says it again, for those who see colours.
type look struct {
	name  string // in file names; package icons has the same names in its states
	fill  color.NRGBA
	ink   color.NRGBA // of the glyph and of the halo around the body: dark on a light fill, else white
	body  []pebble
	glyph []pebble // light on the body, or cut out of it
}

// looks are the states of package icons, in its order.
func looks() []look {
	return []look{
		{"up-to-date", indigo(), white(), bubble(), prompt()},
		{"to-pull", rgb(0x1453b8), white(), bubble(), downArrow()},
		{"working", indigo(), white(), bubble(), dots()},
		{"attention", rgb(0xffb224), rgb(0x2b1a00), warning(), exclamation()},
		{"off", rgb(0x4d5563), white(), bubble(), slash()},
	}
}

// bubble is the mark: a conversation.
func bubble() []pebble {
	tail := pebble{point{4.5, 11}, []point{{0, 0}, {4, 0}, {0, 3.5}}, 0.5}
	return []pebble{box(1, 1, 15, 13, 3), tail}
}

// warning is the bubble as the triangle that every traffic sign taught us. Its outline differs too, so
// that it is noticed without being looked at.
func warning() []pebble {
	triangle := pebble{point{8, 12}, []point{{0, -9.5}, {5.5, 0}, {-5.5, 0}}, 1.5}
	tail := pebble{point{4.5, 12}, []point{{0, 0}, {4, 0}, {0, 2.5}}, 0.5}
	return []pebble{triangle, tail}
}

// prompt, the terminal's ">_", makes the conversation one with Claude Code.
func prompt() []pebble {
	at := point{5, 7}
	return []pebble{
		stroke(at, point{0, -2}, point{2, 0}, 1),
		stroke(at, point{2, 0}, point{0, 2}, 1),
		stroke(at, point{4, 2}, point{6, 2}, 1),
	}
}

func downArrow() []pebble {
	at := point{8, 7}
	return []pebble{
		stroke(at, point{0, -3}, point{0, 3}, 1),
		stroke(at, point{-3, 0}, point{0, 3}, 1),
		stroke(at, point{0, 3}, point{3, 0}, 1),
	}
}

// dots are the "is writing" sign of every chat. The radius is what still snaps to two pixels at 16.
func dots() []pebble {
	at, r := point{8, 7}, 1.2
	return []pebble{dot(at, point{-4, 0}, r), dot(at, point{0, 0}, r), dot(at, point{4, 0}, r)}
}

func exclamation() []pebble {
	at := point{8, 6}
	return []pebble{stroke(at, point{0, 0}, point{0, 2}, 1), dot(at, point{0, 5.5}, 1)}
}

// slash strikes the mark through, past its edge, and in the direction that leaves the tail alone.
func slash() []pebble {
	return []pebble{stroke(point{8, 7}, point{-5.9, -5.9}, point{5.9, 5.9}, 1)}
}

// panelScene is a state for a panel whose colour nobody tells us: a dark mark with a white glyph, and
// around it a white halo, which a light panel swallows and a dark one shows. The warning is the other
// way round, so that it stands out from the rest also in grey.
func panelScene(l look, size int) scene {
	halo := max(1, float64(size)/24)
	return scene{
		{shapes: l.body, grow: halo, top: l.ink, bottom: l.ink},
		{shapes: l.body, top: l.fill, bottom: l.fill},
		{shapes: l.glyph, top: l.ink, bottom: l.ink},
	}
}

// flatScene is a state in one ink with the glyph cut out, for macOS, which inks template pictures itself.
func flatScene(l look, ink color.NRGBA) scene {
	return scene{{shapes: l.body, cut: l.glyph, top: ink, bottom: ink}}
}

// appScene is the application's own icon: the same conversation on two machines.
func appScene(size int) scene {
	half := 0.5 * float64(size) / units
	front := []pebble{
		box(2.5, 5, 11.5, 12, 2),
		{point{4.9, 10}, []point{{0, 0}, {3, 0}, {0, 3.6}}, 0.4},
	}
	return scene{
		{shapes: []pebble{box(0.5, 0.5, 15.5, 15.5, 3.6)}, top: rgb(0x6474f2), bottom: rgb(0x272c7c)},
		{shapes: []pebble{box(6.2, 2.5, 13.5, 9, 1.9)}, cut: front, cutGrow: half, top: rgb(0xb9c3ff), bottom: rgb(0xb9c3ff)},
		{shapes: front, top: white(), bottom: white()},
		{shapes: scaled(prompt(), point{8, 7}, point{7, 8.5}, 0.72), top: indigo(), bottom: indigo()},
	}
}

// smallAppScene leaves the second bubble out: below 32 pixels it is only noise.
func smallAppScene() scene {
	return scene{
		{shapes: []pebble{box(0, 0, 16, 16, 3.6)}, top: rgb(0x6474f2), bottom: rgb(0x272c7c)},
		{shapes: []pebble{
			box(2, 2, 14, 12, 2),
			{point{4.5, 10}, []point{{0, 0}, {3, 0}, {0, 3.5}}, 0.5},
		}, top: white(), bottom: white()},
		{shapes: prompt(), top: indigo(), bottom: indigo()},
	}
}

// macScene is the application's icon with the margin that Apple's grid leaves around every icon (824 of
// 1024 pixels are the tile); without it ours would stand a size larger in the Dock.
func macScene(size int) scene {
	s := appScene(size)
	const k = 824.0 / 1024 * 16 / 15 // our tile is 15 of 16 units
	for i := range s {
		s[i].shapes = scaled(s[i].shapes, point{8, 8}, point{8, 8}, k)
		s[i].cut = scaled(s[i].cut, point{8, 8}, point{8, 8}, k)
	}
	return s
}

// scaled makes shapes k times as large, and moves what was at from to to.
func scaled(shapes []pebble, from, to point, k float64) []pebble {
	out := make([]pebble, len(shapes))
	for i, p := range shapes {
		q := p.place(k, false)
		q.at.x += to.x - from.x*k
		q.at.y += to.y - from.y*k
		out[i] = q
	}
	return out
}

func rgb(v uint32) color.NRGBA {
	return color.NRGBA{uint8(v >> 16), uint8(v >> 8), uint8(v), 0xff}
}

func white() color.NRGBA  { return rgb(0xffffff) }
func black() color.NRGBA  { return rgb(0x000000) }
func indigo() color.NRGBA { return rgb(0x2f3b70) }
