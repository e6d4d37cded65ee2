package engine

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"claude-sync/syncer"
	"claude-sync/syncer/internal/atomicfile"
	"claude-sync/syncer/internal/oserr"
	"claude-sync/syncer/project"
)

// Register finds out which project the folder cwd belongs to and registers it. Registering twice is harmless, and
// does not undo RegisterAs. The events say what changed: Registered, and Failed if sessions of a checkout that
// is gone could not be copied to the one in its place.
func (m *Machine) Register(ctx context.Context, cwd string) (project.Place, []syncer.Event, error) {
	place, err := project.Locate(ctx, cwd)
	if err != nil {
		return place, nil, err
	}
	reg, err := m.registry()
	if err != nil {
		return place, nil, err
	}
	place.Key = reg.KeyAt(place)
	events, err := m.attach(ctx, checkout{place.Key, place.Cwd})
	return place, events, err
}

// RegisterAs registers cwd as a folder of the project that a person says it is. With a remote, that has to be true.
// Without one, a folder is known only by its name, which may be another on each machine.
func (m *Machine) RegisterAs(ctx context.Context, key project.Key, cwd string) (project.Place, []syncer.Event, error) {
	place, err := project.Locate(ctx, cwd)
	if err != nil {
		return place, nil, err
	}
	reg, err := m.registry()
	if err != nil {
		return place, nil, err
	}
	owner, taken := reg.KeyOf(place.Cwd)
	switch {
	case place.Key == key:
	case !place.Key.ByName() || !key.ByName():
		return place, nil, fmt.Errorf("%s is %s, and not %s", cwd, place.Key, key)
	case taken && owner != key: // its sessions would become another project's
		return place, nil, fmt.Errorf("%s is registered as %s; forget that project first", place.Cwd, owner)
	}
	place.Key = key
	events, err := m.attach(ctx, checkout{key, place.Cwd})
	return place, events, err
}

// checkout is a folder that is to be registered for a project.
type checkout struct {
	key project.Key
	cwd string
}

// attach registers checkouts and writes the registry once, if that changed it. A checkout that was moved leaves its
// old path in the registry; when its new path has its sessions, the old path is dropped.
func (m *Machine) attach(ctx context.Context, all ...checkout) ([]syncer.Event, error) {
	unlock, err := m.Lock(ctx, nil)
	if err != nil {
		return nil, err
	}
	defer unlock()
	reg, err := m.registry()
	if err != nil {
		return nil, err
	}
	var events []syncer.Event
	reg, changed := reg.Change(func(d *project.Draft) {
		for _, c := range all {
			if d.Attach(c.key, c.cwd) {
				d.Register(c.key, c.cwd, m.now())
				events = append(events, registered(c.key, c.cwd))
			}
			events = append(events, m.dropGone(d, c)...)
		}
	})
	if !changed {
		return events, nil
	}
	return events, atomicfile.WriteFile(m.Registry, reg.Bytes())
}

// dropGone copies the sessions of the project's checkouts that are gone to c, and drops those checkouts.
func (m *Machine) dropGone(d *project.Draft, c checkout) []syncer.Event {
	var events []syncer.Event
	for _, old := range d.Registry().Cwds(c.key) {
		if _, err := os.Stat(old); !oserr.Missing(err) || old == c.cwd {
			continue
		}
		if err := m.applier().Relocate(c.key, old, c.cwd); err != nil {
			e := registered(c.key, c.cwd)
			e.Kind, e.Err = syncer.Failed, err
			events = append(events, e)
			continue
		}
		d.Detach(c.key, old)
	}
	return events
}

// Discover registers every folder that Claude Code's own store has recorded and that still exists. A folder that
// cannot be registered is an event, and no error.
func (m *Machine) Discover(ctx context.Context) ([]syncer.Event, error) {
	recorded, err := m.Store.Cwds()
	if err != nil {
		return nil, err
	}
	var cwds []string
	for _, r := range recorded {
		if info, err := os.Stat(r.Cwd); err == nil && info.IsDir() {
			cwds = append(cwds, r.Cwd)
		}
	}
	reg, err := m.registry()
	if err != nil {
		return nil, err
	}
	var events []syncer.Event
	var found []checkout
	for i, at := range project.LocateAll(ctx, cwds) {
		if at.Err != nil {
			events = append(events, syncer.Event{Kind: syncer.Failed, Path: cwds[i], Err: fmt.Errorf("registering %s: %w", cwds[i], at.Err)})
			continue
		}
		found = append(found, checkout{reg.KeyAt(at.Place), at.Place.Cwd})
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	done, err := m.attach(ctx, found...)
	return append(events, done...), err
}

func registered(key project.Key, cwd string) syncer.Event {
	return syncer.Event{Kind: syncer.Registered, Project: key, Label: project.Labels([]project.Key{key})[key], Path: cwd}
}

// Forget takes a project out of the registry. It deletes nothing else.
func (m *Machine) Forget(key project.Key) error {
	return m.changeRegistry(func(r project.Registry) (project.Registry, bool) { return r.Forget(key) })
}

// ForgetCwd takes one of a project's folders out of the registry, and the project with its last one, unless the
// project is kept on this machine. It deletes nothing else.
func (m *Machine) ForgetCwd(key project.Key, cwd string) error {
	return m.changeRegistry(func(r project.Registry) (project.Registry, bool) {
		return r.Change(func(d *project.Draft) {
			if d.Detach(key, cwd) && len(d.Registry().Cwds(key)) == 0 && !d.Registry().LocalOnly(key) {
				d.Forget(key)
			}
		})
	})
}

// KeepLocal sets whether a project stays on this machine only: then it is neither pushed nor pulled.
func (m *Machine) KeepLocal(key project.Key, only bool) error {
	return m.changeRegistry(func(r project.Registry) (project.Registry, bool) { return r.SetLocalOnly(key, only) })
}

func (m *Machine) changeRegistry(change func(project.Registry) (project.Registry, bool)) error {
	unlock, err := m.Lock(context.Background(), nil)
	if err != nil {
		return err
	}
	defer unlock()
	reg, err := m.registry()
	if err != nil {
		return err
	}
	reg, changed := change(reg)
	if !changed {
		return nil
	}
	return atomicfile.WriteFile(m.Registry, reg.Bytes())
}

// registerFound looks for checkouts of the projects that wait for one, and of those whose checkouts are all gone
// (moved, renamed), and registers them. It looks beside the known repositories and under the roots.
func (m *Machine) registerFound(ctx context.Context, s syncer.Snapshot) ([]syncer.Event, error) {
	all, err := m.find(ctx, s)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return m.attach(ctx, all...)
}

// find is the looking part of registerFound.
func (m *Machine) find(ctx context.Context, s syncer.Snapshot) ([]checkout, error) {
	want, roots := wanted(s, m.Roots)
	if len(want) == 0 {
		return nil, nil
	}
	found, err := project.FindCheckouts(ctx, want, roots)
	if err != nil {
		return nil, err
	}
	var all []checkout
	for _, key := range want {
		for _, cwd := range found[key] {
			all = append(all, checkout{key, cwd})
		}
	}
	return all, nil
}

// wanted lists the projects without a checkout and the folders in which to look for one. It is pure.
func wanted(s syncer.Snapshot, roots []string) (keys []project.Key, folders []string) {
	folders = slices.Clone(roots)
	add := func(dir string) {
		if !slices.Contains(folders, dir) {
			folders = append(folders, dir)
		}
	}
	for _, w := range s.Waiting {
		keys = append(keys, w.Key)
	}
	for _, p := range s.Projects {
		if p.Stale() && !p.LocalOnly {
			keys = append(keys, p.Key)
		}
		for _, c := range p.Cwds {
			cwd := c.Path
			// For a project below a repository's root, the folder beside the repository counts.
			if sub := p.Key.Subdir(); sub != "" {
				for range strings.Count(sub, "/") + 1 {
					cwd = filepath.Dir(cwd)
				}
			}
			add(filepath.Dir(cwd))
		}
	}
	return keys, folders
}
