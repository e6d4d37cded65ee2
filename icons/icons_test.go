package icons

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// picture reads a checked-in picture from disk, so that each system's are tested on every system.
func picture(t *testing.T, name string) image.Image {
	t.Helper()
	b, err := os.ReadFile(filepath.FromSlash(name))
	if err != nil {
		t.Fatal(err)
	}
	return decode(t, b)
}

func decode(t *testing.T, b []byte) image.Image {
	t.Helper()
	m, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

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

// variants are the pictures of one state that a 16-pixel panel could show, with the panels they are for.
func variants() map[string][]uint8 {
	return map[string][]uint8{
		"":          {0x00, 0x2b, 0x55, 0x80, 0xaa, 0xe0, 0xff},
		"-on-light": {0xe0, 0xff},
		"-on-dark":  {0x00, 0x2b},
	}
}

// A mark is seen when a tenth of the picture's area is in clear contrast: that is about what a halo of
// one pixel and the glyph have on the panel that swallows the fill.
func TestEveryStateStandsOutOnEveryPanel(t *testing.T) {
	const clear, share = 3.0, 0.1
	for suffix, panels := range variants() {
		for _, s := range States() {
			for _, size := range panelSizes() {
				m := picture(t, fmt.Sprintf("png/%s%s-%d.png", s.file(), suffix, size))
				for _, grey := range panels {
					n := 0
					for _, l := range onPanel(m, grey) {
						if contrast(l, linear(float64(grey))) >= clear {
							n++
						}
					}
					if got := float64(n) / float64(size*size); got < share {
						t.Errorf("%s%s at %d on panel %#x: %.3f of it has contrast %v, want %v", s, suffix, size, grey, got, clear, share)
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
	for suffix, panels := range variants() {
		for i, a := range States() {
			for _, b := range States()[i+1:] {
				x := onPanel(picture(t, "png/"+a.file()+suffix+"-16.png"), panels[0])
				y := onPanel(picture(t, "png/"+b.file()+suffix+"-16.png"), panels[0])
				n := 0
				for k := range x {
					if (x[k] > 0.35) != (y[k] > 0.35) && math.Abs(x[k]-y[k]) > 0.2 {
						n++
					}
				}
				if n < pixels {
					t.Errorf("%s and %s%s differ in %d pixels, want %d", a, b, suffix, n, pixels)
				}
			}
		}
	}
}

func TestTemplatesAreBlackAndAlpha(t *testing.T) {
	for _, s := range States() {
		m := picture(t, "template/"+s.file()+".png")
		if got := m.Bounds().Size(); got != image.Pt(36, 36) {
			t.Errorf("%s: got %v, want 36 by 36", s, got)
		}
		solid, empty := 0, 0
		for y := range 36 {
			for x := range 36 {
				c := color.NRGBAModel.Convert(m.At(x, y)).(color.NRGBA)
				if c.R|c.G|c.B != 0 {
					t.Fatalf("%s: colour %v at (%d,%d)", s, c, x, y)
				}
				if c.A == 255 {
					solid++
				}
				if c.A == 0 {
					empty++
				}
			}
		}
		if solid < 300 || empty < 300 {
			t.Errorf("%s: %d solid and %d empty pixels of 1296", s, solid, empty)
		}
	}
}

func TestEveryStateHasAnIconForThisSystem(t *testing.T) {
	magic := map[string]string{"windows": "\x00\x00\x01\x00"}[runtime.GOOS]
	if magic == "" {
		magic = "\x89PNG"
	}
	seen := map[string]State{}
	for _, s := range States() {
		i := For(s)
		if !bytes.HasPrefix(i.Bytes, []byte(magic)) {
			t.Errorf("%s begins with % x", s, i.Bytes[:min(4, len(i.Bytes))])
		}
		if i.Template != (runtime.GOOS == "darwin") {
			t.Errorf("%s: template %v", s, i.Template)
		}
		if other, ok := seen[string(i.Bytes)]; ok {
			t.Errorf("%s has the icon of %s", s, other)
		}
		seen[string(i.Bytes)] = s
	}
}

func TestAnUnknownStateIsOneToLookInto(t *testing.T) {
	for _, s := range []State{-1, Off + 1, 99} {
		if !bytes.Equal(For(s).Bytes, For(Attention).Bytes) {
			t.Errorf("%s has not the icon of %s", s, Attention)
		}
	}
}

func TestPNGGivesTheSizeOrTheNextLarger(t *testing.T) {
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		if b := PNG(UpToDate, 32, Unknown); b != nil {
			t.Errorf("got %d bytes, want none in this build", len(b))
		}
		return
	}
	for _, c := range []struct{ ask, want int }{
		{-1, 16}, {0, 16}, {16, 16}, {17, 22}, {22, 22}, {24, 24}, {25, 32}, {32, 32}, {44, 44}, {48, 48}, {64, 64}, {96, 96}, {97, 96}, {512, 96},
	} {
		for _, theme := range []Theme{Unknown, OnLight, OnDark} {
			for _, s := range States() {
				if got := decode(t, PNG(s, c.ask, theme)).Bounds().Dx(); got != c.want {
					t.Errorf("%s for %d pixels, theme %d: got %d, want %d", s, c.ask, theme, got, c.want)
				}
			}
		}
	}
}

func TestThemesAreDifferentPictures(t *testing.T) {
	for _, s := range States() {
		u, l, d := s.file()+"-32.png", s.file()+"-on-light-32.png", s.file()+"-on-dark-32.png"
		light, dark := onPanel(picture(t, "png/"+l), 0x80), onPanel(picture(t, "png/"+d), 0x80)
		if avg(light) >= avg(dark) {
			t.Errorf("%s is lighter than %s", l, d)
		}
		if a, b := picture(t, "png/"+u), picture(t, "png/"+d); a.Bounds() != b.Bounds() {
			t.Errorf("%s and %s differ in size", u, d)
		}
	}
}

func avg(v []float64) float64 {
	sum := 0.0
	for _, x := range v {
		sum += x
	}
	return sum / float64(len(v))
}

func TestStatesAreSaidInWords(t *testing.T) {
	for s, want := range map[State]string{
		UpToDate: "up to date", ToPull: "to pull", Working: "working", Attention: "attention", Off: "off", 7: "state 7",
	} {
		if got := s.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestAppIsAPictureOf128Pixels(t *testing.T) {
	if got := decode(t, App()).Bounds().Size(); got != image.Pt(128, 128) {
		t.Errorf("got %v", got)
	}
}

func TestEveryFileIsOfAState(t *testing.T) {
	for _, pattern := range []string{"png/*.png", "template/*.png", "ico/*.ico"} {
		names, err := filepath.Glob(filepath.FromSlash(pattern))
		if err != nil || len(names) == 0 {
			t.Fatalf("%s: %d files, error %v", pattern, len(names), err)
		}
		for _, name := range names {
			known := false
			for _, s := range States() {
				known = known || strings.HasPrefix(filepath.Base(name), s.file())
			}
			if !known {
				t.Errorf("%s is no state's", name)
			}
		}
	}
}
