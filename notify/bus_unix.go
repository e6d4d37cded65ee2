//go:build unix && !darwin

package notify

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"maps"
	"slices"
	"sync"

	"claude-sync/icons"
	"claude-sync/syncer/command"

	service "github.com/esiqveland/notify"
	"github.com/godbus/dbus/v5"
)

// connect makes sure of a connection on which the service's signals are heard.
func (c *busCarrier) connect(ctx context.Context) error {
	if c.conn != nil && c.conn.Connected() {
		return nil
	}
	conn, err := dial(ctx)
	if err != nil {
		return err
	}
	heard := make(chan *dbus.Signal, 16)
	conn.Signal(heard)
	if err := c.subscribe(ctx, conn); err != nil {
		_ = conn.Close()
		return err
	}
	c.conn = conn
	go c.listen(heard)
	return nil
}

// dial opens a private connection. It starts no bus where there is none, as dbus.ConnectSessionBus would:
// nobody would see what is shown there.
func dial(ctx context.Context) (*dbus.Conn, error) {
	// In their order, since a press and the end of its note come together.
	conn, err := dbus.SessionBusPrivateNoAutoStartup(dbus.WithSignalHandler(dbus.NewSequentialSignalHandler()))
	if err != nil {
		return nil, err
	}
	_, err = within(ctx, conn, func() (struct{}, error) {
		if err := conn.Auth(nil); err != nil {
			return struct{}{}, err
		}
		return struct{}{}, conn.Hello()
	})
	if err != nil {
		_ = conn.Close()
		return nil, err
	}
	return conn, nil
}

// subscribe asks for the signals, and only then for the present owner: a change in between is heard.
func (c *busCarrier) subscribe(ctx context.Context, conn *dbus.Conn) error {
	// By the sender's name, and again by its owner below: any program may send a signal.
	if err := conn.AddMatchSignalContext(ctx, dbus.WithMatchSender(busName), dbus.WithMatchObjectPath(busPath), dbus.WithMatchInterface(busName)); err != nil {
		return err
	}
	if err := conn.AddMatchSignalContext(ctx, dbus.WithMatchSender("org.freedesktop.DBus"), dbus.WithMatchMember("NameOwnerChanged"),
		dbus.WithMatchArg(0, busName)); err != nil {
		return err
	}
	owner := ""
	// An error says that nobody has the name.
	_ = conn.BusObject().CallWithContext(ctx, "org.freedesktop.DBus.GetNameOwner", 0, busName).Store(&owner)
	c.setOwner(owner)
	return nil
}

// setOwner forgets what was true of another one: its numbers mean other notes now.
func (c *busCarrier) setOwner(owner string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if owner != c.owner {
		c.owner, c.can = owner, nil
		clear(c.shown)
	}
}

// isOwner tells signals of the service from those that any other program sends in its name.
func (c *busCarrier) isOwner(sender string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return sender != "" && sender == c.owner
}

// listen ends with its connection.
func (c *busCarrier) listen(heard <-chan *dbus.Signal) {
	for s := range heard {
		c.hear(s)
	}
}

// hear takes one signal. What has other arguments than the specification says is passed over.
func (c *busCarrier) hear(s *dbus.Signal) {
	switch {
	case s.Name == ownerChanged && s.Sender == "org.freedesktop.DBus":
		var name, was, owner string
		if dbus.Store(s.Body, &name, &was, &owner) == nil && name == busName {
			c.setOwner(owner)
			if owner != "" {
				c.ring()
			}
		}
	case s.Name == noteClosed && c.isOwner(s.Sender):
		var id, why uint32
		if dbus.Store(s.Body, &id, &why) == nil {
			c.mu.Lock()
			maps.DeleteFunc(c.shown, func(_ string, shown uint32) bool { return shown == id })
			c.mu.Unlock()
		}
	case s.Name == actionInvoked && c.isOwner(s.Sender):
		var id uint32
		var key string
		if dbus.Store(s.Body, &id, &key) == nil {
			if r, ok := c.presses.take(key); ok {
				c.options.Clicked(r)
			}
		}
	}
}

// presses knows what the buttons that can be pressed now ask for.
type presses struct {
	mu    sync.Mutex // guards the rest
	known []press
	last  int
}

type press struct {
	note, key string
	command   command.Command
}

// maxPresses bounds the memory of notes that nobody closes.
const maxPresses = 64

// add gives each of a note's buttons a key. Keys are never used twice on a bus, since its names of
// connections are not: a button of a note that an earlier process left on the screen must not do what
// one of ours does.
func (p *presses) add(connection string, n Note) []service.Action {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.drop(n.ID)
	var actions []service.Action
	for _, b := range n.Buttons {
		p.last++
		key := fmt.Sprintf("%s/%d", connection, p.last)
		actions = append(actions, service.Action{Key: key, Label: b.Label})
		p.known = append(p.known, press{n.ID, key, b.Do})
	}
	p.known = p.known[max(0, len(p.known)-maxPresses):]
	return actions
}

// take returns what a key asks for, once: its note has been answered.
func (p *presses) take(key string) (command.Command, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	i := slices.IndexFunc(p.known, func(k press) bool { return k.key == key })
	if i < 0 {
		return command.Command{}, false
	}
	found := p.known[i]
	p.drop(found.note)
	return found.command, true
}

func (p *presses) drop(note string) {
	p.known = slices.DeleteFunc(p.known, func(k press) bool { return k.note == note })
}

// appIcon is nil when it cannot be read, which a test excludes.
func appIcon() image.Image {
	i, err := png.Decode(bytes.NewReader(icons.App()))
	if err != nil {
		return nil
	}
	return i
}
