package tray

import (
	"testing"
	"time"

	"claude-sync/build/desktoptest"

	"github.com/godbus/dbus/v5"
)

const menuInterface = "com.canonical.dbusmenu"

func TestSubmenusAreToldOfBeforeTheyAreOpened(t *testing.T) {
	t.Parallel()
	bus, _ := desktoptest.StartBus(t)
	panel := desktoptest.NewPanel(t, bus)
	w := newWorld(t)
	start(t, w.Desktop.Home, bus)
	panel.Registered()
	project := panel.Shows("", "app")
	panel.Shows("", "Up to date")
	conn := desktoptest.Connect(t, bus)
	signals := make(chan *dbus.Signal, 1000)
	conn.Signal(signals)
	if err := conn.AddMatchSignal(dbus.WithMatchInterface(menuInterface)); err != nil {
		t.Fatal(err)
	}
	menu := conn.Object(panel.Item(), "/StatusNotifierItem/menu")
	var revision uint32
	var all struct {
		ID       int32
		Props    map[string]dbus.Variant
		Children []dbus.Variant
	}
	if err := menu.Call(menuInterface+".GetLayout", 0, int32(0), int32(-1), []string{}).Store(&revision, &all); err != nil {
		t.Fatal(err)
	}
	if err := menu.Call(menuInterface+".AboutToShow", 0, int32(0)).Err; err != nil {
		t.Fatal(err)
	}
	late := time.After(desktoptest.TooLong)
	for {
		select {
		case s := <-signals:
			var number uint32
			var told int32
			if s.Name != menuInterface+".LayoutUpdated" || dbus.Store(s.Body, &number, &told) != nil || told != project.ID {
				continue
			}
			if number != revision {
				t.Errorf("got revision %d, want %d: nothing has changed", number, revision)
			}
			return
		case <-late:
			t.Fatal("the panel was not told of the project's submenu")
		}
	}
}
