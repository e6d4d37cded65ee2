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

// connect opens the connection, if there is none, and listens to the service's signals on it.
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

// dial opens a private connection. Unlike dbus.ConnectSessionBus it never starts a bus, because no desktop would show the
// notes there.
func dial(ctx context.Context) (*dbus.Conn, error) {
	// Signals in order: a press and the end of its note come together.
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

// subscribe first asks for the signals and then for the present owner, so that it misses no change of the owner.
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
	// An error says that the name has no owner.
	_ = conn.BusObject().CallWithContext(ctx, "org.freedesktop.DBus.GetNameOwner", 0, busName).Store(&owner)
	c.setOwner(owner)
	return nil
}

// setOwner notes the service's new owner, and forgets the capabilities and the note numbers of the old one.
func (c *busCarrier) setOwner(owner string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if owner != c.owner {
		c.owner, c.can = owner, nil
		clear(c.shown)
	}
}

// isOwner reports whether the service sent a signal. Any program can send one under its name.
func (c *busCarrier) isOwner(sender string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return sender != "" && sender == c.owner
}

// listen returns when the connection ends.
func (c *busCarrier) listen(heard <-chan *dbus.Signal) {
	for s := range heard {
		c.hear(s)
	}
}

// hear takes one signal. It ignores signals with arguments that are not in the specification.
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

// presses has the commands of the buttons that can be pressed now.
type presses struct {
	mu    sync.Mutex // guards the rest
	known []press
	last  int
}

type press struct {
	note, key string
	command   command.Command
}

// maxPresses bounds the memory for notes that stay on the screen.
const maxPresses = 64

// add gives each of a note's buttons a key. The key contains the connection's name, which is unique on a bus: a note that an
// earlier process left on the screen has other keys, so its buttons do nothing.
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

// take returns the command of a key, once: then the note has its answer.
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

// appIcon is nil if it cannot be read, which a test excludes.
func appIcon() image.Image {
	i, err := png.Decode(bytes.NewReader(icons.App()))
	if err != nil {
		return nil
	}
	return i
}
