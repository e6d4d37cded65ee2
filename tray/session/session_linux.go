package session

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/godbus/dbus/v5"
)

// Session is the desktop session. It has a bus connection of its own: the tray library takes the shared one, and
// stops re-registering its icon after any other signal on it, for example a closed notification.
type Session struct{ bus *dbus.Conn }

const (
	busName     = "org.freedesktop.DBus"
	watcherName = "org.kde.StatusNotifierWatcher"
	watcherPath = "/StatusNotifierWatcher"
)

// settleTime is how long KeepIcon waits after a panel came: the library may still register the icon itself.
const settleTime = 2 * time.Second

// Open connects to the session's bus.
//
// Errors: ErrNoBus.
func Open() (Session, error) {
	bus, err := Connect()
	return Session{bus}, err
}

// Connect opens a new connection to the session's bus. It never starts a bus, because no panel would be on it.
//
// Errors: ErrNoBus.
func Connect() (*dbus.Conn, error) {
	bus, err := dbus.SessionBusPrivateNoAutoStartup()
	if err != nil {
		return nil, fmt.Errorf("%w: %v", ErrNoBus, err)
	}
	err = bus.Auth(nil)
	if err == nil {
		err = bus.Hello()
	}
	if err != nil {
		bus.Close()
		return nil, fmt.Errorf("%w: %v", ErrNoBus, err)
	}
	return bus, nil
}

// Ended returns a context that is done when the connection ends. The bus ends with the session.
func (s Session) Ended() context.Context { return s.bus.Context() }

// HasTray reports whether the desktop shows tray icons: there is a watcher, and a panel has registered with it.
func (s Session) HasTray() bool {
	v, err := s.bus.Object(watcherName, watcherPath).GetProperty(watcherName + ".IsStatusNotifierHostRegistered")
	if err != nil {
		return false
	}
	shown, ok := v.Value().(bool)
	return shown || !ok
}

// KeepIcon registers the icon with panels that do not know it, some time after they came. It returns when ctx is
// done or the bus has gone.
//
// The library first registers the icon and only then subscribes to new panels. It misses a panel that comes
// between the two, as at login, and the icon is missing until the panel is restarted.
func (s Session) KeepIcon(ctx context.Context) {
	panels := make(chan *dbus.Signal, 10)
	s.bus.Signal(panels)
	defer s.bus.RemoveSignal(panels)
	err := s.bus.AddMatchSignal(dbus.WithMatchSender(busName), dbus.WithMatchMember("NameOwnerChanged"), dbus.WithMatchArg(0, watcherName))
	if err != nil {
		return
	}
	settled := time.NewTimer(settleTime)
	defer settled.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case _, ok := <-panels:
			if !ok {
				return
			}
			settled.Reset(settleTime)
		case <-settled.C:
			if s.missed() {
				s.register()
			}
		}
	}
}

// iconName is the name under which the library puts the icon on the bus.
func iconName() string { return fmt.Sprintf("org.kde.StatusNotifierItem-%d-1", os.Getpid()) }

// missed reports whether the icon is on the bus, but not in the watcher's list of icons. It is false if the
// watcher has no list.
func (s Session) missed() bool {
	var owner string
	if err := s.bus.BusObject().Call(busName+".GetNameOwner", 0, iconName()).Store(&owner); err != nil {
		return false
	}
	v, err := s.bus.Object(watcherName, watcherPath).GetProperty(watcherName + ".RegisteredStatusNotifierItems")
	known, ok := v.Value().([]string)
	if err != nil || !ok {
		return false
	}
	// Each watcher writes something else after the name: ":1.7/StatusNotifierItem", ":1.7@/…".
	return !slices.ContainsFunc(known, func(item string) bool {
		rest, ours := strings.CutPrefix(item, owner)
		return ours && !strings.ContainsAny(rest[:min(1, len(rest))], "0123456789") || strings.HasPrefix(item, iconName())
	})
}

// register registers the icon as the library does, and on its connection: the watcher takes the sender for the
// icon's owner. An error is dropped, because the next watcher gives another chance.
func (s Session) register() {
	if shared, err := dbus.SessionBus(); err == nil {
		shared.Object(watcherName, watcherPath).Call(watcherName+".RegisterStatusNotifierItem", dbus.FlagNoReplyExpected, "/StatusNotifierItem")
	}
}

// Close ends the connection.
func (s Session) Close() { s.bus.Close() }
