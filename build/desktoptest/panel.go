package desktoptest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
	"github.com/godbus/dbus/v5/prop"
)

const watcherName = "org.kde.StatusNotifierWatcher"

// registrar is a StatusNotifierWatcher: programs register their icons with it.
type registrar struct {
	registered chan string
	properties *prop.Properties

	mu    sync.Mutex // guards the rest
	deaf  int        // how many registrations are ignored
	known []string
}

// RegisterStatusNotifierItem is the bus method that programs call.
func (r *registrar) RegisterStatusNotifierItem(sender dbus.Sender, path string) *dbus.Error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.deaf--; r.deaf >= 0 {
		return nil
	}
	r.known = append(r.known, string(sender)+path)
	r.properties.SetMust(watcherName, "RegisteredStatusNotifierItems", r.known)
	r.registered <- string(sender)
	return nil
}

// A Panel shows icons as a desktop does: it reads menus and clicks.
type Panel struct {
	t       testing.TB
	conn    *dbus.Conn
	items   chan string
	signals chan *dbus.Signal
	item    string // the program's name on the bus
}

// NewPanel puts a panel and its watcher on the bus.
func NewPanel(t testing.TB, address string) *Panel {
	t.Helper()
	return NewDeafPanel(t, address, 0)
}

// NewDeafPanel returns a panel that ignores the first registrations. To a program that looks like a panel that
// starts just after the program tried to register and before it listens for new panels.
func NewDeafPanel(t testing.TB, address string, deaf int) *Panel {
	t.Helper()
	p := &Panel{t: t, conn: Connect(t, address), items: make(chan string, 10), signals: make(chan *dbus.Signal, 100000)}
	properties, err := prop.Export(p.conn, "/StatusNotifierWatcher", prop.Map{watcherName: {
		"IsStatusNotifierHostRegistered": {Value: true, Emit: prop.EmitFalse},
		"RegisteredStatusNotifierItems":  {Value: []string{}, Emit: prop.EmitTrue}}})
	must(t, err)
	must(t, p.conn.Export(&registrar{deaf: deaf, registered: p.items, properties: properties}, "/StatusNotifierWatcher", watcherName))
	p.conn.Signal(p.signals)
	must(t, p.conn.AddMatchSignal(dbus.WithMatchInterface("com.canonical.dbusmenu")))
	got, err := p.conn.RequestName(watcherName, dbus.NameFlagDoNotQueue)
	must(t, err)
	if got != dbus.RequestNameReplyPrimaryOwner {
		t.Fatal("there is another watcher")
	}
	return p
}

// Close ends the panel. When it returns, another panel may take its name.
func (p *Panel) Close() {
	p.t.Helper()
	_, err := p.conn.ReleaseName(watcherName)
	must(p.t, err)
	must(p.t, p.conn.Close())
}

// Registered waits for a program's icon.
func (p *Panel) Registered() {
	p.t.Helper()
	p.item = next(p.t, p.items, "icon registered")
}

// PID returns the process that owns the icon.
func (p *Panel) PID() int {
	p.t.Helper()
	var pid uint32
	must(p.t, p.conn.BusObject().Call("org.freedesktop.DBus.GetConnectionUnixProcessID", 0, p.item).Store(&pid))
	return int(pid)
}

// Gone waits until the program has left the bus.
func (p *Panel) Gone() {
	p.t.Helper()
	must(p.t, p.conn.AddMatchSignal(dbus.WithMatchInterface("org.freedesktop.DBus"), dbus.WithMatchMember("NameOwnerChanged"), dbus.WithMatchArg(0, p.item)))
	late := time.After(TooLong)
	for {
		var there bool
		must(p.t, p.conn.BusObject().Call("org.freedesktop.DBus.NameHasOwner", 0, p.item).Store(&there))
		if !there {
			return
		}
		select {
		case <-p.signals:
		case <-late:
			p.t.Fatal("the program did not end")
		}
	}
}

// Item returns the program's name on the bus.
func (p *Panel) Item() string { return p.item }

// Property reads a property of the icon.
func (p *Panel) Property(name string) any {
	p.t.Helper()
	v, err := p.conn.Object(p.item, "/StatusNotifierItem").GetProperty("org.kde.StatusNotifierItem." + name)
	must(p.t, err)
	return v.Value()
}

// Row is one visible entry of a menu.
type Row struct {
	ID       int32
	Label    string // as sent
	Line     bool
	Enabled  bool
	Checked  bool
	Children []Row
}

type layout struct {
	ID       int32
	Props    map[string]dbus.Variant
	Children []dbus.Variant
}

// call calls a method of the menu. It fails the test if the program does not answer, for example because of a label
// that is not UTF-8.
func (p *Panel) call(method string, args ...any) *dbus.Call {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), TooLong)
	defer cancel()
	c := p.object().CallWithContext(ctx, "com.canonical.dbusmenu."+method, 0, args...)
	if c.Err != nil {
		p.t.Fatalf("%s: %v", method, c.Err)
	}
	return c
}

func (p *Panel) object() dbus.BusObject { return p.conn.Object(p.item, "/StatusNotifierItem/menu") }

// Menu returns the visible entries.
func (p *Panel) Menu() []Row {
	p.t.Helper()
	var revision uint32
	var l layout
	must(p.t, p.call("GetLayout", int32(0), int32(-1), []string{}).Store(&revision, &l))
	return p.rows(l.Children)
}

func (p *Panel) rows(children []dbus.Variant) []Row {
	var rows []Row
	for _, v := range children {
		var l layout
		must(p.t, dbus.Store([]any{v.Value()}, &l))
		if visible, ok := l.Props["visible"].Value().(bool); ok && !visible {
			continue
		}
		r := Row{ID: l.ID, Line: l.Props["type"].Value() == "separator", Children: p.rows(l.Children)}
		r.Label, _ = l.Props["label"].Value().(string)
		r.Enabled, _ = l.Props["enabled"].Value().(bool)
		r.Checked = l.Props["toggle-state"].Value() == int32(1)
		rows = append(rows, r)
	}
	return rows
}

// Until reads the menu after every change that the program announces, until the menu is as wanted.
func (p *Panel) Until(what string, ok func([]Row) bool) []Row {
	p.t.Helper()
	late := time.After(TooLong)
	for {
		rows := p.Menu()
		if ok(rows) {
			return rows
		}
		select {
		case <-p.signals:
			for len(p.signals) > 0 {
				<-p.signals
			}
		case <-late:
			p.t.Fatalf("the menu never showed %s; it is\n%s", what, Drawing(rows, ""))
		}
	}
}

// Shows waits for an entry whose label contains the text. If parent is not empty, the entry has to be in the submenu
// of an entry whose label contains parent.
func (p *Panel) Shows(parent, text string) Row {
	p.t.Helper()
	var found Row
	p.Until(parent+" > "+text, func(rows []Row) bool {
		if parent != "" {
			r, ok := Find(rows, parent)
			if !ok {
				return false
			}
			rows = r.Children
		}
		var ok bool
		found, ok = Find(rows, text)
		return ok
	})
	return found
}

// Find returns the first row whose label contains the text.
func Find(rows []Row, text string) (Row, bool) {
	for _, r := range rows {
		if strings.Contains(r.Label, text) {
			return r, true
		}
	}
	return Row{}, false
}

// reading is the time a person takes to read a menu and click in it. The tray ignores a click that comes sooner
// after a change (tray/slots.go).
const reading = 400 * time.Millisecond

// Click clicks an entry as a person does: after the menu has not changed for the time of reading.
func (p *Panel) Click(r Row) {
	p.t.Helper()
	p.Reads(r)
	p.ClickAtOnce(r)
}

// Reads waits until no entry has moved, and this one has not changed, for the time of reading.
func (p *Panel) Reads(r Row) {
	p.t.Helper()
	late := time.After(TooLong)
	still := time.NewTimer(reading)
	for was := place(p.Menu(), r.ID); ; {
		select {
		case <-still.C:
			return
		case <-p.signals:
			if is := place(p.Menu(), r.ID); is != was {
				was = is
				still.Reset(reading)
			}
		case <-late:
			p.t.Fatalf("the menu did not stand still to let %q be clicked", r.Label)
		}
	}
}

// place describes where every entry is, and how the entry with this number looks.
func place(rows []Row, id int32) string {
	var b strings.Builder
	for _, r := range rows {
		fmt.Fprintf(&b, "%d(%s)", r.ID, place(r.Children, id))
		if r.ID == id {
			fmt.Fprintf(&b, "%q%v%v", r.Label, r.Enabled, r.Checked)
		}
	}
	return b.String()
}

// ClickAtOnce clicks an entry without waiting. A program that ends because of the click need not answer.
func (p *Panel) ClickAtOnce(r Row) {
	p.t.Helper()
	if !r.Enabled || r.Line || len(r.Children) > 0 {
		p.t.Fatalf("%q cannot be clicked", r.Label)
	}
	ctx, cancel := context.WithTimeout(p.t.Context(), TooLong)
	defer cancel()
	err := p.object().CallWithContext(ctx, "com.canonical.dbusmenu.Event", 0, r.ID, "clicked", dbus.MakeVariant(int32(0)), uint32(0)).Err
	var gone dbus.Error
	if err != nil && (!errors.As(err, &gone) || gone.Name != "org.freedesktop.DBus.Error.NoReply") {
		p.t.Fatalf("clicking %q: %v", r.Label, err)
	}
}

// Drawing returns the rows as text, one a line, children indented.
func Drawing(rows []Row, indent string) string {
	var b strings.Builder
	for _, r := range rows {
		text := r.Label
		if r.Line {
			text = "---"
		}
		fmt.Fprintf(&b, "%s%s\n%s", indent, text, Drawing(r.Children, indent+"    "))
	}
	return b.String()
}
