package tray

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
)

// instance is the one tray of this user. A second start finds the lock taken and connects to the socket, which
// makes the first one show its state.
type instance struct {
	lock     *flock.Flock
	listener net.Listener // nil if there can be no socket
	shows    chan struct{}
}

// connectTimeout is how long a second start waits for the first.
const connectTimeout = 2 * time.Second

// claim makes this process the one tray, with its lock and socket in dir.
//
// Errors: ErrRunning if another tray runs; that tray was asked to show its state.
func claim(ctx context.Context, dir string) (*instance, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("making the tray's folder: %w", err)
	}
	one := &instance{lock: flock.New(filepath.Join(dir, "lock"), flock.SetPermissions(0o600)), shows: make(chan struct{}, 1)}
	held, err := one.lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("taking the tray's lock: %w", err)
	}
	socket := filepath.Join(dir, "show")
	if !held {
		askToShow(ctx, socket)
		return nil, ErrRunning
	}
	_ = os.Remove(socket) // left by a tray that was killed: we have the lock, so no process uses it
	// Windows has unix sockets since 10 (1803). Without one, as with a path of more than 100 bytes, a second
	// start still says that the tray runs; it only cannot make the tray show its state.
	if one.listener, err = net.Listen("unix", socket); err == nil {
		go one.serve()
	}
	return one, nil
}

// askToShow connects to the running tray. It has no error: the caller ends in any case.
func askToShow(ctx context.Context, socket string) {
	ctx, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	var d net.Dialer
	if c, err := d.DialContext(ctx, "unix", socket); err == nil {
		c.Close()
	}
}

// serve takes every connection for a wish to show the state, and reads nothing from it. Only the user can open
// the socket's folder.
func (o *instance) serve() {
	for {
		c, err := o.listener.Accept()
		if err != nil {
			return
		}
		c.Close()
		select {
		case o.shows <- struct{}{}:
		default: // one wish is as good as ten
		}
	}
}

// release lets another process be the tray. The lock file stays: after a removal two processes could lock two
// files.
func (o *instance) release() {
	if o.listener != nil {
		o.listener.Close()
	}
	_ = o.lock.Unlock()
}
