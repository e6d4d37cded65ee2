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

// instance is the one tray of this user. Another start finds its lock taken and knocks at its socket.
type instance struct {
	lock  *flock.Flock
	door  net.Listener // nil where there could be none
	shows chan struct{}
}

// knockTime bounds how long a second start waits for the first.
const knockTime = 2 * time.Second

// claim makes this process the one tray, with its lock and socket in dir.
//
// Errors: ErrRunning when another is; it was asked to show its state.
func claim(ctx context.Context, dir string) (*instance, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("making the tray's folder: %w", err)
	}
	one := &instance{lock: flock.New(filepath.Join(dir, "lock"), flock.SetPermissions(0o600)), shows: make(chan struct{}, 1)}
	held, err := one.lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("taking the tray's lock: %w", err)
	}
	door := filepath.Join(dir, "show")
	if !held {
		knock(ctx, door)
		return nil, ErrRunning
	}
	_ = os.Remove(door) // of one that was killed; the lock says that nobody has it
	// Windows has unix sockets since 10 (1803). Without one, as with a path of more than 100 bytes, a
	// second start still says that we run; it only cannot make us show ourselves.
	if one.door, err = net.Listen("unix", door); err == nil {
		go one.serve()
	}
	return one, nil
}

// knock asks the running tray to show itself. That it could not be reached changes nothing for the caller.
func knock(ctx context.Context, door string) {
	ctx, cancel := context.WithTimeout(ctx, knockTime)
	defer cancel()
	var d net.Dialer
	if c, err := d.DialContext(ctx, "unix", door); err == nil {
		c.Close()
	}
}

// serve takes every connection for a wish to be shown; nothing is read from it. The folder is its owner's
// only, so nobody else can knock.
func (o *instance) serve() {
	for {
		c, err := o.door.Accept()
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

// release lets another be the tray. The lock file stays: removing it would let two processes lock two files.
func (o *instance) release() {
	if o.door != nil {
		o.door.Close()
	}
	_ = o.lock.Unlock()
}
