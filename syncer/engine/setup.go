package engine

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"claude-sync/syncer"
	"claude-sync/syncer/internal/oserr"
	"claude-sync/syncer/project"
	"claude-sync/syncer/transport"
	"claude-sync/syncer/words"
)

// Setup is what Init is asked for. An empty member is taken from the configuration that is there, else from the
// upstream tool's, else from the machine.
type Setup struct {
	SyncDir string
	Machine string
	Roots   []string
	Cwd     string // is registered if it is a checkout
	// Reinstalled says that the machine which has the name in the sync folder is this one before it was installed anew.
	Reinstalled bool
}

// Init writes the configuration, prepares the sync folder, and registers the projects that Claude Code knows on this
// machine. Running it again is safe: it changes only the members that are not empty.
//
// Errors: *syncer.SyncDirError if the folder cannot be used; *machines.TakenError if another machine has the name that
// was chosen, and Setup does not say that it is this one.
func Init(ctx context.Context, p Paths, s Setup) (Config, []syncer.Event, error) {
	c, err := p.Load()
	first := errors.Is(err, syncer.ErrNotSetUp)
	if err != nil && !first {
		return c, nil, err
	}
	upstream, err := project.ReadUpstream(p.Upstream)
	if err != nil {
		return c, nil, err
	}
	if c, err = s.config(c, upstream); err != nil {
		return c, nil, err
	}
	m := p.Machine(c)
	unlock, err := m.Lock(ctx, nil)
	if err != nil {
		return c, nil, err
	}
	defer unlock()
	if err := m.checkSyncDir(c.SyncDir); err != nil {
		return c, nil, err
	}
	if first || s.Machine != "" || s.Reinstalled {
		if err := m.claim(ctx, s.Reinstalled); err != nil {
			return c, nil, err
		}
	}
	if err := p.save(c); err != nil {
		return c, nil, err
	}
	events, err := m.settle(ctx)
	if err != nil {
		return c, events, err
	}
	found, err := m.registerAll(ctx, upstream, s.Cwd)
	return c, append(events, found...), err
}

// registerAll registers the checkouts that the upstream tool and Claude Code know, and cwd if it is a checkout.
func (m *Machine) registerAll(ctx context.Context, u project.Upstream, cwd string) ([]syncer.Event, error) {
	events, err := m.attach(ctx, checkoutsOf(u)...)
	if err != nil {
		return events, err
	}
	found, err := m.registerHere(ctx, cwd)
	return append(events, found...), err
}

// checkoutsOf are the checkouts that the upstream tool has registered, in the order of their keys.
func checkoutsOf(u project.Upstream) []checkout {
	var all []checkout
	for key, cwd := range u.Folders() {
		all = append(all, checkout{key: key, cwd: cwd})
	}
	return all
}

// config fills in the members that are empty.
func (s Setup) config(c Config, u project.Upstream) (Config, error) {
	for _, dir := range []string{s.SyncDir, c.SyncDir, u.SyncDir} {
		if dir == "" {
			continue
		}
		abs, err := filepath.Abs(dir)
		if err != nil {
			return c, err
		}
		c.SyncDir = abs
		break
	}
	if c.SyncDir == "" {
		return c, &syncer.SyncDirError{Reason: "none was given"}
	}
	host, _ := os.Hostname()
	host, _, _ = strings.Cut(host, ".")
	for _, name := range []string{s.Machine, c.Machine, u.Machine, words.Machine(host)} {
		if name != "" {
			c.Machine = name
			break
		}
	}
	for _, root := range s.Roots {
		abs, err := filepath.Abs(root)
		if err != nil {
			return c, err
		}
		if info, err := os.Stat(abs); err != nil || !info.IsDir() {
			return c, fmt.Errorf("root %#q is not a folder", root)
		}
		if !slices.Contains(c.Roots, abs) {
			c.Roots = append(c.Roots, abs)
		}
	}
	return c, c.check()
}

// checkSyncDir makes the folder ready and proves that it can be written. A sync folder on a write-protected drive will
// do, for a machine that only pulls.
func (m *Machine) checkSyncDir(dir string) error {
	var inside bool
	m.Watch.Call(dir, func() { inside = m.Store.Contains(dir) })
	if inside {
		return &syncer.SyncDirError{Dir: dir, Reason: "it lies inside Claude Code's own folder"}
	}
	var err error
	if t, ok := m.Transport.(transport.Preparer); ok {
		err = t.Prepare()
	}
	folder, checks := m.Transport.(transport.Checker)
	if checks && err == nil {
		err = folder.Writable()
	}
	if err == nil || oserr.WriteProtected(err) && checks && folder.Marked() {
		return nil
	}
	return &syncer.SyncDirError{Dir: dir, Reason: err.Error(), Err: err}
}

// registerHere registers the projects that Claude Code has sessions of, and cwd if it is a checkout.
func (m *Machine) registerHere(ctx context.Context, cwd string) ([]syncer.Event, error) {
	events, err := m.Discover(ctx)
	if err != nil || cwd == "" {
		return events, err
	}
	place, err := project.Locate(ctx, cwd)
	if err != nil || !place.InRepository {
		return events, nil // not a checkout: nothing to register, and nothing wrong
	}
	_, more, err := m.Register(ctx, cwd)
	return append(events, more...), err
}
