package scan

import (
	"context"
	"errors"
	"path"
	"strings"
	"sync"
	"time"

	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/packs"
	"claude-sync/syncer/transport"
)

// Fetch has a scan for a pull open packs whose contents are only in the cloud, so that the sync tool brings them. A scan
// without it opens none of them: nobody has asked for what would be downloaded.
type Fetch struct {
	// Patience is how long nothing may come of a pack.
	Patience time.Duration
	// Progress is called with a project's label and how many bytes of a pack have come, by one goroutine at a time.
	Progress func(label string, bytes int64)

	mu     sync.Mutex
	failed map[string]error // by the pack's name: what did not come is not asked for again
}

// fetches reports whether the scan has the content of a file brought that is only in the cloud: it is another machine's
// pack of a session that the pull may install or update; or the first one of a folder that is for no registered
// project's packs: it tells for which project's.
func (v *visit) fetches(f transport.File) bool {
	if !errors.Is(f.Problem, transport.ErrNotDownloaded) || v.run.Pull == nil || v.run.Fetch == nil || v.project.LocalOnly {
		return false
	}
	id, err := sessionOf(f.Name)
	if err != nil || !strings.HasPrefix(string(id), v.run.Pull.Session) {
		return false
	}
	if v.key == "" {
		first := len(v.foreign) == 0 && !v.asked
		v.asked = true
		return first
	}
	if f.Name == v.run.Packs.Name(v.key, id) {
		return false
	}
	if v.run.owners.Of(compact(id)) != nil || v.run.Pull.Session != "" {
		return true
	}
	record, err := v.run.installed()
	return err == nil && !record.Has(v.key, id) // else it is archived
}

// sessionOf is the session of a pack, by its name.
func sessionOf(name string) (ccsync.SessionID, error) {
	const length = 36 // of a session id
	base := path.Base(name)
	return ccsync.ParseSessionID(base[:min(length, len(base))])
}

// openFetched opens a pack whose content is only in the cloud, once it was brought.
func (v *visit) openFetched(ctx context.Context, name string) (*packs.Pack, error) {
	if err := v.run.Fetch.bring(name, v); err != nil {
		return nil, err
	}
	p, err := v.run.Packs.Open(ctx, name)
	if packs.NotAPack(err) { // what was read are the zeros of a file without its content
		err = &packs.FetchError{Err: packs.ErrNoContent}
	}
	return p, err
}

// bring has the content of a pack brought, if that was not tried in vain before.
func (f *Fetch) bring(name string, v *visit) error {
	f.mu.Lock()
	err, tried := f.failed[name]
	f.mu.Unlock()
	if tried {
		return err
	}
	err = v.run.Packs.Fetch(v.run.ctx, name, f.Patience, func(bytes int64) {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.Progress(v.run.labels[v.key], bytes)
	})
	if err != nil {
		f.mu.Lock()
		defer f.mu.Unlock()
		if f.failed == nil {
			f.failed = map[string]error{}
		}
		f.failed[name] = err
	}
	return err
}
