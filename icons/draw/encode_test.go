package main

import (
	"bytes"
	"encoding/binary"
	"encoding/xml"
	"errors"
	"image"
	"image/png"
	"io"
	"slices"
	"strings"
	"testing"
)

// readICO is a reader of its own: the sizes that the directory tells, each checked against its PNG.
func readICO(t *testing.T, b []byte) []int {
	t.Helper()
	le := binary.LittleEndian
	if len(b) < 6 || le.Uint16(b) != 0 || le.Uint16(b[2:]) != 1 {
		t.Fatalf("no icon header: % x", b[:min(6, len(b))])
	}
	var sizes []int
	end := 6 + 16*int(le.Uint16(b[4:]))
	for i := range int(le.Uint16(b[4:])) {
		e := b[6+16*i:][:16]
		n, offset := int(le.Uint32(e[8:])), int(le.Uint32(e[12:]))
		if offset != end || offset+n > len(b) {
			t.Fatalf("image %d lies at %d+%d of %d, want it at %d", i, offset, n, len(b), end)
		}
		end = offset + n
		m := decode(t, b[offset:end])
		if byte(m.Width) != e[0] || byte(m.Height) != e[1] || le.Uint16(e[4:]) != 1 || le.Uint16(e[6:]) != 32 {
			t.Errorf("image %d: entry % x for %dx%d", i, e, m.Width, m.Height)
		}
		sizes = append(sizes, m.Width)
	}
	if end != len(b) {
		t.Errorf("%d bytes after the last image", len(b)-end)
	}
	return sizes
}

// decode reads a whole PNG and returns its measures.
func decode(t *testing.T, b []byte) image.Config {
	t.Helper()
	m, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return image.Config{Width: m.Bounds().Dx(), Height: m.Bounds().Dy()}
}

func TestICOHoldsItsSizes(t *testing.T) {
	for name, b := range drawAll(t) {
		if !strings.HasSuffix(name, ".ico") {
			continue
		}
		want := []int{16, 20, 24, 32, 48, 64}
		if strings.HasPrefix(name, "app/") {
			want = []int{16, 24, 32, 48, 64, 256}
		}
		if got := readICO(t, b); !slices.Equal(got, want) {
			t.Errorf("%s: got sizes %v, want %v", name, got, want)
		}
	}
}

func TestICNSHoldsItsSizes(t *testing.T) {
	// Points and density by type, from Apple's list of icon types.
	want := map[string]int{
		"icp4": 16, "icp5": 32, "ic11": 32, "ic12": 64, "ic07": 128,
		"ic13": 256, "ic08": 256, "ic14": 512, "ic09": 512, "ic10": 1024,
	}
	b := drawAll(t)["app/claude-sync.icns"]
	if string(b[:4]) != "icns" || int(binary.BigEndian.Uint32(b[4:])) != len(b) {
		t.Fatalf("header % x of a file of %d bytes", b[:8], len(b))
	}
	for rest := b[8:]; len(rest) > 0; {
		name, n := string(rest[:4]), int(binary.BigEndian.Uint32(rest[4:]))
		if got := decode(t, rest[8:n]).Width; got != want[name] {
			t.Errorf("%s: got %d pixels, want %d", name, got, want[name])
		}
		delete(want, name)
		rest = rest[n:]
	}
	if len(want) > 0 {
		t.Errorf("missing: %v", want)
	}
}

func TestPicturesHaveTheSizeOfTheirPlace(t *testing.T) {
	for name, b := range drawAll(t) {
		if !strings.HasSuffix(name, ".png") {
			continue
		}
		m := decode(t, b)
		if m.Width != m.Height {
			t.Errorf("%s is %dx%d", name, m.Width, m.Height)
		}
		folder := strings.Split(name, "/") // png, template, or app/hicolor/128x128
		want := map[string]string{"png": "32", "template": "36"}[folder[0]]
		if folder[0] == "app" {
			want, _, _ = strings.Cut(folder[2], "x")
		}
		if got := num(float64(m.Width)); got != want {
			t.Errorf("%s is %s pixels wide, want %s", name, got, want)
		}
	}
}

func TestSVGIsWellFormedAndHasEveryShape(t *testing.T) {
	s := appScene(units)
	want := map[string]int{"svg": 1, "linearGradient": 1, "stop": 2, "mask": 1, "rect": 1, "g": len(s) + 1}
	for _, l := range s {
		want["polygon"] += len(l.shapes) + len(l.cut)
	}
	d := xml.NewDecoder(bytes.NewReader(encodeSVG(s)))
	got := map[string]int{}
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if e, ok := tok.(xml.StartElement); ok {
			got[e.Name.Local]++
		}
	}
	for name, n := range want {
		if got[name] != n {
			t.Errorf("got %d <%s>, want %d", got[name], name, n)
		}
	}
}

func TestBlendReachesBothEnds(t *testing.T) {
	a, b := rgb(0x102030), rgb(0xf0e0d0)
	for _, c := range []struct {
		n    int
		want uint32
	}{{0, 0x102030}, {1, 0x808080}, {2, 0xf0e0d0}} {
		if got := blend(a, b, c.n, 2); got != rgb(c.want) {
			t.Errorf("blend %d of 2: got %s, want %s", c.n, hex(got), hex(rgb(c.want)))
		}
	}
}

func TestCutTakesAway(t *testing.T) {
	l := looks()[0]
	m := flatScene(l, black()).render(units, true)
	if got := m.RGBAAt(7, 7).A; got > 64 {
		t.Errorf("the tip of the prompt has alpha %d, want it cut out", got)
	}
	if got := m.RGBAAt(12, 4).A; got != 255 {
		t.Errorf("the body beside the prompt has alpha %d, want 255", got)
	}
}
