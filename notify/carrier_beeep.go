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

// beeepCarrier shows notes through beeep: a toast on Windows, Notification Center on macOS. There are no
// buttons and no replacing. On Linux it is not used at all, not even as the last resort, because it takes
// the bus connection that the tray's library shares: after one closed notification on that, the icon is
// never registered again (fyne.io/systray v1.12.2).
type beeepCarrier struct {
	icon any
}

func newCarrier(o Options, _ func()) carrier {
	beeep.AppName = "claude-sync" // its only setting is this variable
	if kept(o.IconFile) {
		return &beeepCarrier{icon: o.IconFile}
	}
	return &beeepCarrier{icon: icons.App()}
}

// kept reports whether the icon is in the file, and puts it there when it is not.
func kept(path string) bool {
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

// show does not wait longer than ctx. Beeep cannot be told to stop; what hangs is left behind.
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
