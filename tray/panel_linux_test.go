package tray

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
	"github.com/godbus/dbus/v5/prop"
)

// busConfig names no folders of services, so nothing is there but what a test has started.
const busConfig = `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=%s</listen>
  <auth>EXTERNAL</auth>
  <policy context="default"><allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/></policy>
</busconfig>`

// startBus runs a private session bus and returns its address and what ends it.
func startBus(t *testing.T) (address string, stop func()) {
	t.Helper()
	daemon, err := exec.LookPath("dbus-daemon")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	dir := shortFolder(t)
	config := filepath.Join(dir, "bus.conf")
	if err := os.WriteFile(config, fmt.Appendf(nil, busConfig, filepath.Join(dir, "bus")), 0o600); err != nil {
		t.Fatal(err)
	}
	c := exec.Command(daemon, "--config-file="+config, "--nofork", "--nopidfile", "--print-address=1")
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	stop = func() { _ = c.Process.Kill(); _ = c.Wait() }
	t.Cleanup(stop)
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(line), stop
}

func connect(t *testing.T, address string) *dbus.Conn {
	t.Helper()
	conn, err := dbus.Connect(address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

// registrar is a watcher: it learns which programs have an icon.
type registrar struct{ registered chan string }

// RegisterStatusNotifierItem is the method that programs call.
func (r registrar) RegisterStatusNotifierItem(sender dbus.Sender, _ string) *dbus.Error {
	r.registered <- string(sender)
	return nil
}

// panel shows icons as a desktop does: it reads menus and clicks.
type panel struct {
	t       *testing.T
	conn    *dbus.Conn
	items   chan string
	signals chan *dbus.Signal
	item    string // the program's name on the bus
}

// newPanel puts a panel on the bus.
func newPanel(t *testing.T, address string) *panel {
	t.Helper()
	p := &panel{t: t, conn: connect(t, address), items: make(chan string, 10), signals: make(chan *dbus.Signal, 100000)}
	if err := p.conn.Export(registrar{p.items}, "/StatusNotifierWatcher", watcherName); err != nil {
		t.Fatal(err)
	}
	_, err := prop.Export(p.conn, "/StatusNotifierWatcher", prop.Map{watcherName: {
		"IsStatusNotifierHostRegistered": {Value: true, Emit: prop.EmitFalse}}})
	if err != nil {
		t.Fatal(err)
	}
	p.conn.Signal(p.signals)
	if err := p.conn.AddMatchSignal(dbus.WithMatchInterface("com.canonical.dbusmenu")); err != nil {
		t.Fatal(err)
	}
	if _, err := p.conn.RequestName(watcherName, dbus.NameFlagDoNotQueue); err != nil {
		t.Fatal(err)
	}
	return p
}

// registered waits for a program's icon.
func (p *panel) registered() {
	p.t.Helper()
	select {
	case p.item = <-p.items:
	case <-time.After(tooLong):
		p.t.Fatal("no icon was registered")
	}
}

// property reads one of the icon's.
func (p *panel) property(name string) any {
	p.t.Helper()
	v, err := p.conn.Object(p.item, "/StatusNotifierItem").GetProperty("org.kde.StatusNotifierItem." + name)
	if err != nil {
		p.t.Fatal(err)
	}
	return v.Value()
}

// row is one entry of a menu that is seen.
type row struct {
	id       int32
	label    string // as it was sent
	line     bool
	enabled  bool
	checked  bool
	children []row
}

type layout struct {
	ID       int32
	Props    map[string]dbus.Variant
	Children []dbus.Variant
}

// call fails a test whose program does not answer; a label that is not UTF-8 has that effect.
func (p *panel) call(method string, args ...any) *dbus.Call {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), tooLong)
	defer cancel()
	c := p.conn.Object(p.item, "/StatusNotifierItem/menu").CallWithContext(ctx, "com.canonical.dbusmenu."+method, 0, args...)
	if c.Err != nil {
		p.t.Fatalf("%s: %v", method, c.Err)
	}
	return c
}

// menu reads what a person would see.
func (p *panel) menu() []row {
	p.t.Helper()
	var revision uint32
	var l layout
	if err := p.call("GetLayout", int32(0), int32(-1), []string{}).Store(&revision, &l); err != nil {
		p.t.Fatal(err)
	}
	return p.rows(l.Children)
}

func (p *panel) rows(children []dbus.Variant) []row {
	var rows []row
	for _, v := range children {
		var l layout
		if err := dbus.Store([]any{v.Value()}, &l); err != nil {
			p.t.Fatal(err)
		}
		if visible, ok := l.Props["visible"].Value().(bool); ok && !visible {
			continue
		}
		r := row{id: l.ID, line: l.Props["type"].Value() == "separator", children: p.rows(l.Children)}
		r.label, _ = l.Props["label"].Value().(string)
		r.enabled, _ = l.Props["enabled"].Value().(bool)
		r.checked = l.Props["toggle-state"].Value() == int32(1)
		rows = append(rows, r)
	}
	return rows
}

// until reads the menu after every change that the program tells, until it is as wanted.
func (p *panel) until(what string, ok func([]row) bool) []row {
	p.t.Helper()
	late := time.After(tooLong)
	for {
		rows := p.menu()
		if ok(rows) {
			return rows
		}
		select {
		case <-p.signals:
			for len(p.signals) > 0 {
				<-p.signals
			}
		case <-late:
			p.t.Fatalf("the menu never showed %s; it is\n%s", what, drawing(rows, ""))
		}
	}
}

// shows waits for an entry whose label contains the text, in the entry that contains parent unless that
// is empty.
func (p *panel) shows(parent, text string) row {
	p.t.Helper()
	var found row
	p.until(parent+" > "+text, func(rows []row) bool {
		if parent != "" {
			r, ok := find1(rows, parent)
			if !ok {
				return false
			}
			rows = r.children
		}
		var ok bool
		found, ok = find1(rows, text)
		return ok
	})
	return found
}

func find1(rows []row, text string) (row, bool) {
	for _, r := range rows {
		if strings.Contains(r.label, text) {
			return r, true
		}
	}
	return row{}, false
}

// click clicks an entry as a panel does.
func (p *panel) click(r row) {
	p.t.Helper()
	if !r.enabled || r.line || len(r.children) > 0 {
		p.t.Fatalf("%q cannot be clicked", r.label)
	}
	p.call("Event", r.id, "clicked", dbus.MakeVariant(int32(0)), uint32(0))
}

func drawing(rows []row, indent string) string {
	var b strings.Builder
	for _, r := range rows {
		text := r.label
		if r.line {
			text = "---"
		}
		fmt.Fprintf(&b, "%s%s\n%s", indent, text, drawing(r.children, indent+"    "))
	}
	return b.String()
}
