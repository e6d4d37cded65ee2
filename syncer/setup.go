package syncer

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"claude-sync/syncer/project"
	"claude-sync/syncer/transport"
)

// Setup is what Init is asked for. What is empty is taken from the configuration that is there, else from
// the upstream tool's, else from the machine.
type Setup struct {
	SyncDir string
	Machine string
	Roots   []string
	Cwd     string // is registered when it is a checkout
}

// Init writes the configuration, prepares the sync folder, and registers the projects that Claude Code
// knows on this machine. Doing it again is harmless, and changes what is asked for only.
//
// Errors: *SyncDirError when the folder cannot be used.
func Init(ctx context.Context, p Paths, s Setup) (Config, []Event, error) {
	c, err := p.Load()
	if err != nil && !errors.Is(err, ErrNotSetUp) {
		return c, nil, err
	}
	upstream, err := project.ReadUpstream(p.Upstream)
	if err != nil {
		return c, nil, err
	}
	if c, err = s.config(c, upstream); err != nil {
		return c, nil, err
	}
	m := p.machine(c)
	if err := m.checkSyncDir(c.SyncDir); err != nil {
		return c, nil, err
	}
	if err := p.save(c); err != nil {
		return c, nil, err
	}
	var events []Event
	for key, cwds := range upstream.Projects {
		for _, cwd := range cwds {
			changed, err := m.attachTo(key, cwd)
			if err != nil {
				return c, events, err
			}
			if changed {
				events = append(events, registered(key, cwd))
			}
		}
	}
	found, err := m.registerHere(ctx, s.Cwd)
	return c, append(events, found...), err
}

// config fills in what was not asked for.
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
		return c, &SyncDirError{Reason: "none was given"}
	}
	host, _ := os.Hostname()
	host, _, _ = strings.Cut(host, ".")
	for _, name := range []string{s.Machine, c.Machine, u.Machine, label(host)} {
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
		c.Roots = appendNew(c.Roots, abs)
	}
	return c, c.check()
}

func appendNew(list []string, s string) []string {
	for _, have := range list {
		if have == s {
			return list
		}
	}
	return append(list, s)
}

// SyncDirError says why a folder cannot be the sync folder.
type SyncDirError struct{ Dir, Reason string }

// Error names both.
func (e *SyncDirError) Error() string {
	if e.Dir == "" {
		return "no sync folder: " + e.Reason
	}
	return fmt.Sprintf("%s cannot be the sync folder: %s", e.Dir, e.Reason)
}

// checkSyncDir makes the folder ready and proves that it can be written.
func (m *Machine) checkSyncDir(dir string) error {
	if m.Store.Contains(dir) {
		return &SyncDirError{Dir: dir, Reason: "it lies inside Claude Code's own folder"}
	}
	folder := transport.NewFolder(dir)
	err := folder.Prepare()
	if err == nil {
		err = folder.Writable()
	}
	if err != nil {
		return &SyncDirError{Dir: dir, Reason: err.Error()}
	}
	return nil
}

// registerHere registers the projects that Claude Code has sessions of, and cwd when it is a checkout.
func (m *Machine) registerHere(ctx context.Context, cwd string) ([]Event, error) {
	events, err := m.Discover(ctx)
	if err != nil || cwd == "" {
		return events, err
	}
	place, err := project.Locate(ctx, cwd)
	if err != nil || !place.InRepository {
		return events, nil // not a checkout: nothing to register, and nothing wrong
	}
	place, changed, err := m.Register(ctx, cwd)
	if changed {
		events = append(events, registered(place.Key, place.Cwd))
	}
	return events, err
}
