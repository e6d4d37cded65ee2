package main

import (
	"bytes"
	"fmt"
	"image/color"
	"math"
	"strconv"
	"strings"
)

// encodeSVG writes the scene as vectors: a pebble is its core with a round-joined stroke, a gradient
// and a cut become definitions of the layer's number.
func encodeSVG(s scene) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\">\n", units, units)
	for i, l := range s {
		paint := hex(l.top)
		if l.top != l.bottom {
			paint = fmt.Sprintf("url(#paint%d)", i)
			fmt.Fprintf(&b, "<linearGradient id=\"paint%d\" gradientUnits=\"userSpaceOnUse\" x1=\"0\" y1=\"0\" x2=\"0\" y2=\"%d\">", i, units)
			fmt.Fprintf(&b, "<stop offset=\"0\" stop-color=%q/><stop offset=\"1\" stop-color=%q/></linearGradient>\n", hex(l.top), hex(l.bottom))
		}
		mask := ""
		if len(l.cut) > 0 {
			mask = fmt.Sprintf(" mask=\"url(#cut%d)\"", i)
			fmt.Fprintf(&b, "<mask id=\"cut%d\" maskUnits=\"userSpaceOnUse\" x=\"0\" y=\"0\" width=\"%d\" height=\"%d\">", i, units, units)
			fmt.Fprintf(&b, "<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/>\n", units, units)
			writeShapes(&b, l.cut, l.cutGrow, "#000", "")
			b.WriteString("</mask>\n")
		}
		writeShapes(&b, l.shapes, l.grow, paint, mask)
	}
	b.WriteString("</svg>\n")
	return b.Bytes()
}

// writeShapes writes the pebbles as one group in one paint.
func writeShapes(b *bytes.Buffer, shapes []pebble, grow float64, paint, mask string) {
	fmt.Fprintf(b, "<g fill=%q stroke=%q stroke-linejoin=\"round\" stroke-linecap=\"round\"%s>\n", paint, paint, mask)
	for _, p := range shapes {
		var points []string
		for _, c := range p.core {
			points = append(points, num(p.at.x+c.x)+","+num(p.at.y+c.y))
		}
		fmt.Fprintf(b, "<polygon points=%q stroke-width=%q/>\n", strings.Join(points, " "), num(2*(p.r+grow)))
	}
	b.WriteString("</g>\n")
}

// num rounds to a thousandth of a unit, without trailing zeros.
func num(v float64) string { return strconv.FormatFloat(math.Round(v*1000)/1000, 'f', -1, 64) }

func hex(c color.NRGBA) string { return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B) }
