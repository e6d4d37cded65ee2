package session

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"claude-sync/build/desktoptest"
)

func TestWithoutABusThereIsNoSession(t *testing.T) {
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+filepath.Join(t.TempDir(), "no-bus"))
	if _, err := Open(); !errors.Is(err, ErrNoBus) {
		t.Errorf("got %v, want %v", err, ErrNoBus)
	}
}

func TestASessionKnowsItsTrayAndItsEnd(t *testing.T) {
	address, stop := desktoptest.StartBus(t)
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", address)
	s, err := Open()
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if s.HasTray() {
		t.Error("got a tray before there was a panel")
	}
	desktoptest.NewPanel(t, address)
	if !s.HasTray() {
		t.Error("got no tray beside a panel")
	}
	if err := s.Ended().Err(); err != nil {
		t.Errorf("got the end %v while the bus is there", err)
	}
	stop()
	select {
	case <-s.Ended().Done():
	case <-time.After(desktoptest.TooLong):
		t.Error("the session did not end with its bus")
	}
}
