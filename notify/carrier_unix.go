//go:build unix && !darwin

package notify

import (
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"net"
	"os/exec"
	"slices"
	"strings"
	"sync"

	service "github.com/esiqveland/notify"
	"github.com/godbus/dbus/v5"
)

// The service's names, see https://specifications.freedesktop.org/notification-spec/latest/protocol.html.
const (
	busName       = "org.freedesktop.Notifications"
	busPath       = "/org/freedesktop/Notifications"
	noteClosed    = busName + ".NotificationClosed"
	actionInvoked = busName + ".ActionInvoked"
	ownerChanged  = "org.freedesktop.DBus.NameOwnerChanged"
)

// busCarrier shows notes over D-Bus, on a connection of its own. It must never use the shared connection of
// dbus.SessionBus: after the end of a notification there, the tray's library stops registering the icon
// (fyne.io/systray v1.12.2 returns on a signal with fewer than three arguments).
//
// It uses only esiqveland/notify's calls. The Notifier there writes to the log, and panics on an ActionInvoked with
// wrong arguments, which any program on the bus can send (v0.13.3).
type busCarrier struct {
	options Options
	ring    func()
	icon    image.Image
	conn    *dbus.Conn // only the delivery uses it
	presses presses

	mu    sync.Mutex        // guards the members below, which signals change
	owner string            // the service's unique name, "" if there is none
	can   []string          // the owner's capabilities, nil before it was asked
	shown map[string]uint32 // the owner's number of each Note.ID on the screen
}

func newCarrier(o Options, ring func()) carrier {
	return &busCarrier{options: o, ring: ring, icon: appIcon(), shown: map[string]uint32{}}
}

// show falls back to notify-send, which finds some buses that godbus does not ($XDG_RUNTIME_DIR/bus outside of
// /run/user). Beeep cannot be the fallback: it takes the shared connection.
func (c *busCarrier) show(ctx context.Context, n Note) error {
	err := c.send(ctx, n)
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return fmt.Errorf("no answer from the notification service: %w", ctx.Err())
	case !absent(err) && !c.lost(err):
		return err
	case notifySend(ctx, n) != nil:
		return errAbsent
	}
	return nil
}

// errNoBus says that there is no session bus.
var errNoBus = errors.New("no session bus")

// absent reports whether an error means that the service is missing and may come later. It is false for a service that
// died of the note (NoReply), because the same note would kill it again.
func absent(err error) bool {
	var e dbus.Error
	switch {
	case errors.Is(err, errNoBus):
		return true
	case errors.As(err, &e):
		return strings.HasPrefix(e.Name, "org.freedesktop.DBus.Error.Spawn.") ||
			slices.Contains([]string{"org.freedesktop.DBus.Error.ServiceUnknown", "org.freedesktop.DBus.Error.NameHasNoOwner"}, e.Name)
	}
	return false
}

// lost reports whether the connection ended, and closes it, so that the next note opens another one. A failed write shows
// the end before godbus notices it.
func (c *busCarrier) lost(err error) bool {
	var network *net.OpError
	if !errors.As(err, &network) && !errors.Is(err, io.EOF) && !errors.Is(err, dbus.ErrClosed) && (c.conn == nil || c.conn.Connected()) {
		return false
	}
	c.close()
	return true
}

// send gives the note to the service.
func (c *busCarrier) send(ctx context.Context, n Note) error {
	if err := c.connect(ctx); err != nil {
		return fmt.Errorf("%w: %v", errNoBus, err)
	}
	can, err := c.capabilities(ctx)
	if err != nil {
		return err
	}
	message := c.message(n, can)
	id, err := within(ctx, c.conn, func() (uint32, error) { return service.SendNotification(c.conn, message) })
	if err != nil {
		return err
	}
	c.mu.Lock()
	c.shown[n.ID] = id
	c.mu.Unlock()
	return nil
}

// within ends a call without a context when ctx ends, by closing the connection. The next note opens another one.
func within[T any](ctx context.Context, conn *dbus.Conn, call func() (T, error)) (T, error) {
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	return call()
}

// capabilities asks each owner of the service once.
func (c *busCarrier) capabilities(ctx context.Context) ([]string, error) {
	c.mu.Lock()
	can := c.can
	c.mu.Unlock()
	if can != nil {
		return can, nil
	}
	can, err := within(ctx, c.conn, func() ([]string, error) { return service.GetCapabilities(c.conn) })
	if err != nil {
		return nil, err
	}
	can = append([]string{}, can...) // not nil: it was asked
	c.mu.Lock()
	c.can = can
	c.mu.Unlock()
	return can, nil
}

// message writes the note for the service. No service reads markup in titles.
func (c *busCarrier) message(n Note, can []string) service.Notification {
	m := service.Notification{AppName: "claude-sync", AppIcon: "claude-sync", Summary: n.Title, Body: n.Body,
		ExpireTimeout: service.ExpireTimeoutSetByNotificationServer}
	c.mu.Lock()
	m.ReplacesID = c.shown[n.ID]
	c.mu.Unlock()
	if slices.Contains(can, "body-markup") {
		m.Body = markup(n.Body)
	}
	if slices.Contains(can, "actions") {
		m.Actions = c.presses.add(c.conn.Names()[0], n)
	}
	m.SetUrgency(service.UrgencyNormal)
	if n.Urgent {
		m.SetUrgency(service.UrgencyCritical)
	}
	m.AddHint(service.Hint{ID: "desktop-entry", Variant: dbus.MakeVariant("claude-sync")})
	if i, ok := c.icon.(*image.NRGBA); ok {
		// The specification wants colours that are not multiplied with alpha, as in NRGBA. The library takes an
		// RGBA, but sends its bytes unchanged.
		m.AddHint(service.HintImageDataRGBA(&image.RGBA{Pix: i.Pix, Stride: i.Stride, Rect: i.Rect}))
	}
	return m
}

// notifySend is the last resort. It cannot ask for capabilities, and escapes markup because nearly all services read it.
func notifySend(ctx context.Context, n Note) error {
	program, err := exec.LookPath("notify-send")
	if err != nil {
		return err
	}
	urgency := "normal"
	if n.Urgent {
		urgency = "critical"
	}
	return exec.CommandContext(ctx, program, "--app-name=claude-sync", "--icon=claude-sync", "--urgency="+urgency, "--", n.Title, markup(n.Body)).Run()
}

func (c *busCarrier) close() {
	if c.conn != nil {
		_ = c.conn.Close()
	}
}
