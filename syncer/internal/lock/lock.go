// Package lock lets one claude-sync process at a time change this machine's transcripts, registry and
// packs.
//
// It stands on the operating system's advisory locks, which end with the process that holds them: a lock
// left by a killed process never blocks. It does not promise anything against other programs; Claude
// Code takes no part in it.
package lock

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/gofrs/flock"
)

// again is how often a waiting process asks. Nobody notices a twentieth of a second.
const again = 50 * time.Millisecond

// Take waits for the lock at path and holds it until unlock is called. Unless nil, waiting is called
// once when another process holds it. A done ctx ends the wait.
//
// Whoever waits holds a second lock meanwhile, at path and ".next", which everybody takes first: else a
// process that takes the lock again and again (a tray that is clicked often) would always be quicker than
// one that asks every 50 ms, and a command line was seen to wait for a minute.
func Take(ctx context.Context, path string, waiting func()) (unlock func(), err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("making the lock's folder: %w", err)
	}
	once := sync.OnceFunc(func() {
		if waiting != nil {
			waiting()
		}
	})
	next, err := take(ctx, path+".next", once)
	if err != nil {
		return nil, err
	}
	defer next()
	return take(ctx, path, once)
}

func take(ctx context.Context, path string, waiting func()) (unlock func(), err error) {
	l := flock.New(path, flock.SetPermissions(0o600))
	held, err := l.TryLock()
	if err == nil && !held {
		waiting()
		_, err = l.TryLockContext(ctx, again)
	}
	if err != nil {
		return nil, fmt.Errorf("taking the lock %#q: %w", path, err)
	}
	return func() { l.Unlock() }, nil
}
