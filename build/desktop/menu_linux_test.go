package desktop_test

import (
	"image"
	"slices"
	"strings"
	"time"

	"claude-sync/icons"

	"github.com/godbus/dbus/v5"
)

// entry is an entry of the program's menu as the bus has it: what the panel has to draw.
type entry struct {
	label    string
	line     bool
	enabled  bool
	children []entry
}

// layout is an entry in the form of com.canonical.dbusmenu.
type layout struct {
	ID       int32
	Props    map[string]dbus.Variant
	Children []dbus.Variant
}

// program returns the bus name of the one item that the panel knows.
func (d *desktop) program() (name string, ok bool) {
	v, err := d.bus.Object(watcherName, "/StatusNotifierWatcher").GetProperty(watcherName + ".RegisteredStatusNotifierItems")
	if err != nil {
		return "", false
	}
	items, _ := v.Value().([]string)
	if len(items) != 1 {
		return "", false
	}
	name, _, ok = strings.Cut(items[0], "/")
	return name, ok
}

// entries reads the menu. It must not be the first reader: the tray's library sends its first reader only half of
// the menu, and that reader has to be the panel.
func (d *desktop) entries() []entry {
	d.t.Helper()
	name, ok := d.program()
	if !ok {
		return nil
	}
	var revision uint32
	var l layout
	call := d.bus.Object(name, "/StatusNotifierItem/menu").Call("com.canonical.dbusmenu.GetLayout", 0, int32(0), int32(-1), []string{})
	must(d.t, call.Store(&revision, &l))
	return d.visible(l.Children)
}

func (d *desktop) visible(children []dbus.Variant) []entry {
	var all []entry
	for _, v := range children {
		var l layout
		must(d.t, dbus.Store([]any{v.Value()}, &l))
		if shown, ok := l.Props["visible"].Value().(bool); ok && !shown {
			continue
		}
		e := entry{line: l.Props["type"].Value() == "separator", enabled: true, children: d.visible(l.Children)}
		if enabled, ok := l.Props["enabled"].Value().(bool); ok {
			e.enabled = enabled
		}
		label, _ := l.Props["label"].Value().(string)
		e.label = strings.ReplaceAll(label, "__", "_")
		all = append(all, e)
	}
	return all
}

// where returns the index of the entry whose label begins with the text.
func where(entries []entry, label string) (index int, ok bool) {
	index = slices.IndexFunc(entries, func(e entry) bool { return strings.HasPrefix(e.label, label) })
	return index, index >= 0
}

func drawing(entries []entry, indent string) string {
	var b strings.Builder
	for _, e := range entries {
		if e.line {
			e.label = "---"
		}
		b.WriteString(indent + e.label + "\n" + drawing(e.children, indent+"    "))
	}
	return b.String()
}

// height returns the height of a menu with all these entries. A menu that lacks one of them is lower.
func height(entries []entry) int {
	h := 2 * menuEdge
	for _, e := range entries {
		if e.line {
			h += lineHeight
		} else {
			h += rowHeight
		}
	}
	return h
}

// sees waits for the icon of a state in the panel.
func (d *desktop) sees(state icons.State) image.Rectangle {
	d.t.Helper()
	var at image.Rectangle
	d.until("the icon "+state.String(), func() (ok bool) {
		at, ok = d.finds(state)
		return ok
	})
	return at
}

func (d *desktop) finds(state icons.State) (at image.Rectangle, ok bool) {
	d.t.Helper()
	return d.screen.find(d.t, image.Rect(0, 0, 200, panelHeight), icons.For(state).Bytes)
}

// menus returns the menus that the panel shows, the last opened last.
func (d *desktop) menus() []window {
	d.t.Helper()
	return slices.DeleteFunc(d.screen.windows(d.t, "wrapper"), func(w window) bool { return w.Min.Y < 0 })
}

// open opens the menu with the mouse and waits until every entry is drawn.
func (d *desktop) open(state icons.State) {
	d.t.Helper()
	d.settled("a menu as high as its entries", func() {
		at := d.sees(state)
		d.screen.point(d.t, at.Min.Add(at.Size().Div(2)))
		d.screen.press(d.t)
	}, func() bool {
		m := d.menus()
		return len(m) == 1 && m[0].Dy() == height(d.entries()) && d.drawn(m[0])
	})
}

// settled opens a menu again and again until it is right. The panel shows an icon before it has the menu, and GTK
// does not let an open menu grow, so a menu that was opened too early has to be opened again.
func (d *desktop) settled(what string, open func(), ok func() bool) {
	d.t.Helper()
	patience := time.Second
	var again <-chan time.Time
	d.until(what, func() bool {
		switch {
		case ok():
			return true
		case again == nil:
			open()
			again = time.After(patience)
		case happened(again):
			d.leave()
			patience *= 2
			again = nil
		}
		return false
	})
}

// reading is the time a person takes to read a menu. The tray ignores a click that comes sooner after a change
// (tray/slots.go).
const reading = 400 * time.Millisecond

// read waits until the menu has not changed for the time of reading.
func (d *desktop) read() {
	d.t.Helper()
	was, since := drawing(d.entries(), ""), time.Now()
	d.until("a menu that stands still", func() bool {
		if is := drawing(d.entries(), ""); is != was {
			was, since = is, time.Now()
		}
		return time.Since(since) > reading
	})
}

// pick reads the menu opened last, points at an entry in it, and clicks it.
func (d *desktop) pick(entries []entry, label string) {
	d.t.Helper()
	d.read()
	index, ok := where(entries, label)
	if !ok || !entries[index].enabled {
		d.t.Fatalf("no entry %q that can be clicked in\n%s", label, drawing(entries, ""))
	}
	m := d.menus()
	last := m[len(m)-1]
	top := last.Min.Y + height(entries[:index]) - menuEdge
	row := image.Rect(last.Min.X+menuEdge, top, last.Max.X-menuEdge, top+rowHeight)
	d.light(row)
	d.screen.press(d.t)
}

// light points at something and waits until it lights up. Then it accepts a click.
func (d *desktop) light(part image.Rectangle) {
	d.t.Helper()
	dull := d.screen.picture(d.t, part)
	d.screen.point(d.t, part.Min.Add(part.Size().Div(2)))
	d.until("what is pointed at lights up", func() bool { return !samePixels(dull, d.screen.picture(d.t, part)) })
}

// drawn reports whether a window shows text yet, which has edges of many colours. A window draws all its text at
// once.
func (d *desktop) drawn(w window) bool {
	d.t.Helper()
	i := d.screen.picture(d.t, w.Rectangle)
	colours := map[[3]byte]bool{}
	for n := 0; n+3 < len(i.Pix); n += 4 {
		colours[[3]byte(i.Pix[n:])] = true
	}
	return len(colours) > 16
}

// button returns a popup's button, counted from the right, beginning with 0.
func button(popup image.Rectangle, n int) image.Rectangle {
	right := popup.Max.Sub(image.Pt(popupEdge+n*(buttonWidth+buttonGap), popupEdge))
	return image.Rectangle{right.Sub(image.Pt(buttonWidth, buttonHeight)), right}
}

// enter opens an entry's submenu with the mouse and waits until every entry in it is drawn.
func (d *desktop) enter(state icons.State, label string) (inside []entry) {
	d.t.Helper()
	d.settled("a submenu as high as its entries", func() {
		d.open(state)
		d.pick(d.entries(), label)
	}, func() bool {
		m := d.menus()
		if len(m) != 2 {
			return false
		}
		entries := d.entries()
		if index, ok := where(entries, label); ok {
			inside = entries[index].children
		}
		return m[1].Dy() == height(inside) && d.drawn(m[1])
	})
	return inside
}

// click clicks an entry of the menu with the mouse and waits until the menu is closed.
func (d *desktop) click(state icons.State, label string) {
	d.t.Helper()
	d.open(state)
	d.pick(d.entries(), label)
	d.until("the menu closes", func() bool { return len(d.menus()) == 0 })
}

// leave closes the menu by a click beside it.
func (d *desktop) leave() {
	d.t.Helper()
	d.screen.point(d.t, d.screen.bounds.Max.Sub(image.Pt(50, 50)))
	d.screen.press(d.t)
	d.until("the menu closes", func() bool { return len(d.menus()) == 0 })
}
