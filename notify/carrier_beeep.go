//go:build windows || darwin

package notify

import (
	"bytes"
	"context"
	"os"
	"path/filepath"

	"claude-sync/icons"

	"github.com/gen2brain/beeep"
)

// beeepCarrier shows notes through beeep: a toast on Windows, Notification Center on macOS. It has no buttons and
// replaces no notes. Linux never uses it, because beeep takes the shared bus connection of the tray's library: after one
// closed notification there, the library never registers the icon again (fyne.io/systray v1.12.2).
type beeepCarrier struct {
	icon any
}

func newCarrier(o Options, _ func()) carrier {
	beeep.AppName = "claude-sync" // its only setting is this variable
	if saveIcon(o.IconFile) {
		return &beeepCarrier{icon: o.IconFile}
	}
	return &beeepCarrier{icon: icons.App()}
}

// saveIcon writes the icon into the file, unless it is there, and reports whether it is there now.
func saveIcon(path string) bool {
	if path == "" {
		return false
	}
	if have, err := os.ReadFile(path); err == nil && bytes.Equal(have, icons.App()) {
		return true
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return false
	}
	return os.WriteFile(path, icons.App(), 0o600) == nil
}

// show waits no longer than ctx. A beeep that hangs stays behind, because it cannot be stopped.
func (c *beeepCarrier) show(ctx context.Context, n Note) error {
	done := make(chan error, 1)
	go func() { done <- beeep.Notify(disarm(n.Title), disarm(n.Body), c.icon) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (c *beeepCarrier) close() {}
