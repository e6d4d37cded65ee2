package desktop_test

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
	"github.com/jezek/xgb/xtest"
)

// screen is the X server's screen and mouse.
type screen struct {
	conn   *xgb.Conn
	root   xproto.Window
	bounds image.Rectangle
}

func openScreen(t *testing.T, socket string) *screen {
	t.Helper()
	c, err := net.Dial("unix", socket)
	must(t, err)
	x, err := xgb.NewConnNet(c)
	must(t, err)
	t.Cleanup(x.Close)
	must(t, xtest.Init(x))
	s := xproto.Setup(x).DefaultScreen(x)
	return &screen{x, s.Root, image.Rect(0, 0, int(s.WidthInPixels), int(s.HeightInPixels))}
}

// picture returns a part of the screen, at the same coordinates.
func (s *screen) picture(t *testing.T, part image.Rectangle) *image.NRGBA {
	t.Helper()
	part = part.Intersect(s.bounds)
	reply, err := xproto.GetImage(s.conn, xproto.ImageFormatZPixmap, xproto.Drawable(s.root),
		int16(part.Min.X), int16(part.Min.Y), uint16(part.Dx()), uint16(part.Dy()), ^uint32(0)).Reply()
	must(t, err)
	i := image.NewNRGBA(part)
	for n := 0; n+3 < len(reply.Data); n += 4 {
		i.Pix[n], i.Pix[n+1], i.Pix[n+2], i.Pix[n+3] = reply.Data[n+2], reply.Data[n+1], reply.Data[n], 0xff
	}
	return i
}

// point moves the mouse.
func (s *screen) point(t *testing.T, p image.Point) {
	t.Helper()
	must(t, xtest.FakeInputChecked(s.conn, xproto.MotionNotify, 0, 0, s.root, int16(p.X), int16(p.Y), 0).Check())
}

// press clicks the left mouse button.
func (s *screen) press(t *testing.T) {
	t.Helper()
	for _, kind := range []byte{xproto.ButtonPress, xproto.ButtonRelease} {
		must(t, xtest.FakeInputChecked(s.conn, kind, 1, 0, s.root, 0, 0, 0).Check())
	}
}

// window is a visible window.
type window struct {
	id    xproto.Window
	class string
	image.Rectangle
}

// windows lists the windows of a class, or all if the class is empty, the lowest first. It leaves out windows that
// close meanwhile.
func (s *screen) windows(t *testing.T, class ...string) []window {
	t.Helper()
	tree, err := xproto.QueryTree(s.conn, s.root).Reply()
	must(t, err)
	var all []window
	for _, id := range tree.Children {
		state, err := xproto.GetWindowAttributes(s.conn, id).Reply()
		if err != nil || state.MapState != xproto.MapStateViewable {
			continue
		}
		at, err := xproto.GetGeometry(s.conn, xproto.Drawable(id)).Reply()
		if err != nil {
			continue
		}
		name, err := xproto.GetProperty(s.conn, false, id, xproto.AtomWmClass, xproto.AtomString, 0, 64).Reply()
		if err != nil {
			continue
		}
		w := window{id, strings.ToLower(string(name.Value)), image.Rect(0, 0, int(at.Width), int(at.Height)).Add(image.Pt(int(at.X), int(at.Y)))}
		if len(class) == 0 || strings.Contains(w.class, class[0]) {
			all = append(all, w)
		}
	}
	return all
}

// find looks for a picture on a part of the screen and returns its place.
func (s *screen) find(t *testing.T, part image.Rectangle, file []byte) (at image.Rectangle, ok bool) {
	t.Helper()
	wanted, err := png.Decode(bytes.NewReader(file))
	must(t, err)
	seen := s.picture(t, part)
	for y := part.Min.Y; y+wanted.Bounds().Dy() <= part.Max.Y; y++ {
		for x := part.Min.X; x+wanted.Bounds().Dx() <= part.Max.X; x++ {
			if matches(seen, image.Pt(x, y), wanted) {
				return wanted.Bounds().Add(image.Pt(x, y)), true
			}
		}
	}
	return at, false
}

// matches compares the opaque pixels and the transparent ones, which have the colour of the background. It ignores
// the half-transparent ones at the edge, which differ from panel to panel: the tray's library (fyne.io/systray
// v1.12.2) sends wrong colours for them.
func matches(seen *image.NRGBA, at image.Point, wanted image.Image) bool {
	b := wanted.Bounds()
	var ground color.NRGBA
	for y := range b.Dy() {
		for x := range b.Dx() {
			w := color.NRGBAModel.Convert(wanted.At(b.Min.X+x, b.Min.Y+y)).(color.NRGBA)
			got := seen.NRGBAAt(at.X+x, at.Y+y)
			if w.A == 0 && ground.A == 0 {
				ground = got
			}
			if w.A == 0xff && got != w || w.A == 0 && got != ground {
				return false
			}
		}
	}
	return true
}

// paint gives the desktop a colour.
func (s *screen) paint(t *testing.T, colour uint32) {
	t.Helper()
	must(t, xproto.ChangeWindowAttributesChecked(s.conn, s.root, xproto.CwBackPixel, []uint32{colour}).Check())
	must(t, xproto.ClearAreaChecked(s.conn, false, s.root, 0, 0, 0, 0).Check())
}

// keep writes a part of the screen as a picture into the folder in SCREENSHOTS. With -update it also replaces the
// README's picture of that name.
func (d *desktop) keep(what string, part image.Rectangle) {
	d.t.Helper()
	name := d.name + "-" + what + ".png"
	var paths []string
	if dir := os.Getenv("SCREENSHOTS"); dir != "" {
		paths = append(paths, filepath.Join(dir, name))
	}
	ours := filepath.Join("pictures", name)
	if _, err := os.Stat(ours); err == nil && *update {
		paths = append(paths, ours)
	}
	for _, path := range paths {
		var b bytes.Buffer
		must(d.t, (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, d.screen.picture(d.t, part)))
		write(d.t, b.String(), path)
	}
}

func samePixels(a, b *image.NRGBA) bool { return bytes.Equal(a.Pix, b.Pix) }
