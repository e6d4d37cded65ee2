package tray

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/godbus/dbus/v5"
)

// session is the desktop session that shows us. Its connection is ours alone: the library takes the shared
// one, and stops re-registering its icon once any other signal, like a closed notification, comes in on it.
type session struct{ bus *dbus.Conn }

const (
	watcherName = "org.kde.StatusNotifierWatcher"
	watcherPath = "/StatusNotifierWatcher"
)

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
	v, err := s.bus.Object(watcherName, watcherPath).GetProperty(watcherName + ".IsStatusNotifierHostRegistered")
	if err != nil {
		return false
	}
	shown, ok := v.Value().(bool)
	return shown || !ok
}

// keepIcon registers the icon with a panel that does not know of it, some time after it came. The library
// registers first and asks to be told of panels then: one that comes in between, as at login, is missed,
// and the icon with it until the panel is restarted. It is over when ctx is done or the bus has gone.
func (s session) keepIcon(ctx context.Context) {
	panels := make(chan *dbus.Signal, 10)
	s.bus.Signal(panels)
	defer s.bus.RemoveSignal(panels)
	err := s.bus.AddMatchSignal(dbus.WithMatchSender(busName), dbus.WithMatchMember("NameOwnerChanged"), dbus.WithMatchArg(0, watcherName))
	if err != nil {
		return
	}
	settled := time.NewTimer(patience)
	defer settled.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case _, ok := <-panels:
			if !ok {
				return
			}
			settled.Reset(patience)
		case <-settled.C:
			if s.missed() {
				s.register()
			}
		}
	}
}

const busName = "org.freedesktop.DBus"

// iconName is the name under which the library puts the icon on the bus.
func iconName() string { return fmt.Sprintf("org.kde.StatusNotifierItem-%d-1", os.Getpid()) }

// missed reports whether the icon is on the bus, and a watcher that tells what it knows does not know it.
func (s session) missed() bool {
	var owner string
	if err := s.bus.BusObject().Call(busName+".GetNameOwner", 0, iconName()).Store(&owner); err != nil {
		return false
	}
	v, err := s.bus.Object(watcherName, watcherPath).GetProperty(watcherName + ".RegisteredStatusNotifierItems")
	known, ok := v.Value().([]string)
	if err != nil || !ok {
		return false
	}
	// What stands behind the name is another thing for each watcher: ":1.7/StatusNotifierItem", ":1.7@/…".
	return !slices.ContainsFunc(known, func(item string) bool {
		rest, ours := strings.CutPrefix(item, owner)
		return ours && !strings.ContainsAny(rest[:min(1, len(rest))], "0123456789") || strings.HasPrefix(item, iconName())
	})
}

// register does it as the library does, on its connection: by the sender the watcher knows whose icon it is.
// There is another chance when the watcher is the next one, so that a failure is not told.
func (s session) register() {
	if shared, err := dbus.SessionBus(); err == nil {
		shared.Object(watcherName, watcherPath).Call(watcherName+".RegisterStatusNotifierItem", dbus.FlagNoReplyExpected, "/StatusNotifierItem")
	}
}

func (s session) close() { s.bus.Close() }
