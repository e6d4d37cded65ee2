package tray

import (
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
)

func TestSubmenusAreToldOfBeforeTheyAreOpened(t *testing.T) {
	t.Parallel()
	bus, _ := startBus(t)
	panel := newPanel(t, bus)
	w := newWorld(t, "app")
	start(t, w.desktop, bus)
	panel.registered()
	panel.shows("app", "Forget")
	panel.shows("", "Up to date")
	var revision uint32
	var all layout
	if err := panel.call("GetLayout", int32(0), int32(-1), []string{}).Store(&revision, &all); err != nil {
		t.Fatal(err)
	}
	project, _ := find1(panel.rows(all.Children), "app")
	panel.call("AboutToShow", int32(0))
	late := time.After(tooLong)
	for {
		select {
		case s := <-panel.signals:
			var number uint32
			var menu int32
			if s.Name != menuInterface+".LayoutUpdated" || dbus.Store(s.Body, &number, &menu) != nil || menu != project.id {
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
