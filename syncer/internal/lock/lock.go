// Package lock lets one claude-sync process at a time change this machine's transcripts, registry and
// packs.
//
// It uses the operating system's advisory locks, which end with the process that holds them: the lock of a
// killed process never blocks another one. It does not keep other programs out; Claude Code does not use it.
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

// again is how long a waiting process sleeps between two attempts. A person does not notice 50 ms.
const again = 50 * time.Millisecond

// Take waits for the lock at path and holds it until unlock is called. If another process holds the lock, Take
// calls waiting once, unless waiting is nil. The wait ends when ctx is done.
//
// Every process first takes a second lock, at path + ".next", and holds it while it waits. Without it, a process
// that takes the lock again and again (a tray that is clicked often) would always be quicker than a process that
// tries every 50 ms: a command was seen to wait for a minute.
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
