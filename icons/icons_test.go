package icons

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"runtime"
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
				known = known || filepath.Base(name) == s.file()+filepath.Ext(name)
			}
			if !known {
				t.Errorf("%s is no state's", name)
			}
		}
	}
}
