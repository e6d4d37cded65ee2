package syncer

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"claude-sync/syncer/internal/atomicfile"
	"claude-sync/syncer/project"
)

// Register finds out which project cwd belongs to and registers it. Registering twice is harmless, and does
// not undo RegisterAs.
func (m *Machine) Register(ctx context.Context, cwd string) (project.Place, bool, error) {
	place, err := project.Locate(ctx, cwd)
	if err != nil {
		return place, false, err
	}
	reg, err := m.registry()
	if err != nil {
		return place, false, err
	}
	place.Key = reg.KeyAt(place)
	changed, err := m.attachTo(place.Key, place.Cwd)
	return place, changed, err
}

// RegisterAs registers cwd as a folder of the project that a person says it is. With a remote that has to be
// true. Without one a folder's name is all there is to go by, and that may be another on each machine.
func (m *Machine) RegisterAs(ctx context.Context, key project.Key, cwd string) (project.Place, error) {
	place, err := project.Locate(ctx, cwd)
	if err != nil {
		return place, err
	}
	reg, err := m.registry()
	if err != nil {
		return place, err
	}
	owner, taken := reg.KeyOf(place.Cwd)
	switch {
	case place.Key == key:
	case !place.Key.ByName() || !key.ByName():
		return place, fmt.Errorf("%s is %s, and not %s", cwd, place.Key, key)
	case taken && owner != key: // its sessions would become another project's
		return place, fmt.Errorf("%s is registered as %s; forget that project first", place.Cwd, owner)
	}
	place.Key = key
	_, err = m.attachTo(key, place.Cwd)
	return place, err
}

// attachTo registers a cwd under a key and writes the registry when that changed it.
func (m *Machine) attachTo(key project.Key, cwd string) (bool, error) {
	reg, err := m.registry()
	if err != nil {
		return false, err
	}
	was := reg
	reg, changed := was.Attach(key, cwd)
	if changed {
		reg, _ = was.Register(key, cwd, m.now())
	}
	// A checkout that was moved leaves its old path behind; once it is found again, and has its sessions,
	// nobody needs that.
	var left error
	for _, old := range reg.Cwds(key) {
		if _, err := os.Stat(old); !isMissing(err) || old == cwd {
			continue
		}
		if err := m.bringAlong(key, old, cwd); err != nil {
			left = errors.Join(left, err)
			continue
		}
		var gone bool
		reg, gone = reg.Detach(key, old)
		changed = changed || gone
	}
	if !changed {
		return false, left
	}
	return true, errors.Join(atomicfile.WriteFile(m.Registry, reg.Bytes()), left)
}

// Discover registers every cwd that Claude Code's own store has recorded and that still exists. One that
// cannot be registered is an event, and no error.
func (m *Machine) Discover(ctx context.Context) ([]Event, error) {
	recorded, err := m.Store.Cwds()
	if err != nil {
		return nil, err
	}
	var events []Event
	for _, r := range recorded {
		if info, err := os.Stat(r.Cwd); err != nil || !info.IsDir() {
			continue
		}
		place, changed, err := m.Register(ctx, r.Cwd)
		switch {
		case err != nil:
			events = append(events, Event{Kind: Failed, Path: r.Cwd, Err: fmt.Errorf("registering %s: %w", r.Cwd, err)})
		case changed:
			events = append(events, registered(place.Key, r.Cwd))
		}
		if ctx.Err() != nil {
			return events, ctx.Err()
		}
	}
	return events, nil
}

func registered(key project.Key, cwd string) Event {
	return Event{Kind: Registered, Project: key, Label: project.Labels([]project.Key{key})[key], Path: cwd}
}

// Forget takes a project out of the registry. It deletes nothing else.
func (m *Machine) Forget(key project.Key) error {
	return m.changeRegistry(func(r project.Registry) (project.Registry, bool) { return r.Forget(key) })
}

// ForgetCwd takes one of a project's folders out of the registry. It deletes nothing else.
func (m *Machine) ForgetCwd(key project.Key, cwd string) error {
	return m.changeRegistry(func(r project.Registry) (project.Registry, bool) { return r.Detach(key, cwd) })
}

// KeepLocal sets whether a project stays on this machine only: then it is neither pushed nor pulled.
func (m *Machine) KeepLocal(key project.Key, only bool) error {
	return m.changeRegistry(func(r project.Registry) (project.Registry, bool) { return r.SetLocalOnly(key, only) })
}

func (m *Machine) changeRegistry(change func(project.Registry) (project.Registry, bool)) error {
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

// attach looks for checkouts of the projects that wait for one, and of those whose checkouts are all gone
// (moved, renamed): in the folders under which repositories were found before, and under the roots.
func (m *Machine) attach(ctx context.Context, s Snapshot) ([]Event, error) {
	want, roots := wanted(s, m.Roots)
	if len(want) == 0 {
		return nil, nil
	}
	found, err := project.FindCheckouts(ctx, want, roots)
	if err != nil {
		return nil, err
	}
	var events []Event
	for _, key := range want {
		for _, cwd := range found[key] {
			changed, err := m.attachTo(key, cwd)
			if left := (*LeftError)(nil); errors.As(err, &left) {
				events = append(events, Event{Kind: Failed, Project: key, Path: cwd, Err: err})
			} else if err != nil {
				return events, err
			}
			if changed {
				events = append(events, registered(key, cwd))
			}
		}
	}
	return events, nil
}

// wanted lists the projects without checkout and the folders in which to look for one. It is pure.
func wanted(s Snapshot, roots []string) (keys []project.Key, folders []string) {
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
			// A project below a repository's root: the repository's neighbours are meant, and the repository.
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
