package tray

import (
	"context"
	"fmt"

	"github.com/godbus/dbus/v5"
)

// session is the desktop session that shows us. Its connection is ours alone: the library takes the shared
// one, and stops re-registering its icon once any other signal, like a closed notification, comes in on it.
type session struct{ bus *dbus.Conn }

const watcherName = "org.kde.StatusNotifierWatcher"

// openSession finds the session's bus, and never starts one: a bus of our own would have no panel.
func openSession() (session, error) {
	bus, err := dbus.SessionBusPrivateNoAutoStartup()
	if err != nil {
		return session{}, fmt.Errorf("%w: %v", ErrNoBus, err)
	}
	err = bus.Auth(nil)
	if err == nil {
		err = bus.Hello()
	}
	if err != nil {
		bus.Close()
		return session{}, fmt.Errorf("%w: %v", ErrNoBus, err)
	}
	// Without order some panels leave submenus empty, which is no reason to show no icon at all.
	_ = answerInOrder()
	return session{bus}, nil
}

// ended returns a context that is done when the bus has gone, with which the session ends.
func (s session) ended() context.Context { return s.bus.Context() }

// hasTray reports whether somebody shows tray icons: a watcher, and a panel that has said so.
func (s session) hasTray() bool {
	v, err := s.bus.Object(watcherName, "/StatusNotifierWatcher").GetProperty(watcherName + ".IsStatusNotifierHostRegistered")
	if err != nil {
		return false
	}
	shown, ok := v.Value().(bool)
	return shown || !ok
}

func (s session) close() { s.bus.Close() }
