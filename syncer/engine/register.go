package engine

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

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
	events, err := m.attach(ctx, checkoutAt(place))
	return place, events, err
}

// RegisterAs registers cwd as a folder of the project key. Without a remote, a folder is known only by its name, which may
// be another on each machine, so that the person's word is enough.
//
// Errors: *syncer.OtherProjectError if the folder's remote says otherwise, or if it is registered as something else; Join
// does it all the same. Those of project.Locate.
func (m *Machine) RegisterAs(ctx context.Context, key project.Key, cwd string) (project.Place, []syncer.Event, error) {
	return m.registerAs(ctx, key, cwd, false)
}

// Join is RegisterAs for a person who says that the folder's project and the project key are one. The two keys name one
// project from now on, here and, by the machine file, on the other machines.
func (m *Machine) Join(ctx context.Context, key project.Key, cwd string) (project.Place, []syncer.Event, error) {
	return m.registerAs(ctx, key, cwd, true)
}

func (m *Machine) registerAs(ctx context.Context, key project.Key, cwd string, join bool) (project.Place, []syncer.Event, error) {
	unlock, err := m.Lock(ctx, nil)
	if err != nil {
		return project.Place{}, nil, err
	}
	defer unlock()
	place, err := project.Locate(ctx, cwd)
	if err != nil {
		return place, nil, err
	}
	_ = m.meet(ctx) // another machine may have joined the two; without the sync folder, only what is known here counts
	reg, err := m.registry()
	if err != nil {
		return place, nil, err
	}
	if is := otherProject(reg, place, key); is != "" {
		if !join {
			return place, nil, &syncer.OtherProjectError{Cwd: place.Cwd, Is: is, Wanted: key}
		}
		alias := func(r project.Registry) (project.Registry, bool) {
			return r.Change(func(d *project.Draft) {
				d.Alias(is, key)
				for _, other := range r.Cwds(is) { // also one that is gone: it would go on as another project's
					if other != place.Cwd { // attach moves that one, and says so
						d.Move(other, key)
					}
				}
			})
		}
		if err := m.changeRegistry(alias); err != nil {
			return place, nil, err
		}
	}
	place.Key = key
	events, err := m.attach(ctx, checkoutAt(place))
	return place, events, err
}

// otherProject is the project of a folder if it is not key, "" if the folder may become one of key's.
func otherProject(reg project.Registry, place project.Place, key project.Key) project.Key {
	owner, taken := reg.KeyOf(place.Cwd)
	switch {
	case reg.Same(place.Key, key):
	case !place.Key.ByName() || !key.ByName():
		return place.Key
	case taken && !reg.Same(owner, key): // its sessions would become another project's
		return owner
	}
	return ""
}

// RegisterWas registers cwd, and was, a folder that is gone, as its former path: the sessions of that are brought to cwd.
func (m *Machine) RegisterWas(ctx context.Context, cwd, was string) (project.Place, []syncer.Event, error) {
	unlock, err := m.Lock(ctx, nil)
	if err != nil {
		return project.Place{}, nil, err
	}
	defer unlock()
	if was, err = filepath.Abs(was); err != nil {
		return project.Place{}, nil, err
	}
	if _, err := os.Stat(was); !oserr.Missing(err) {
		return project.Place{}, nil, fmt.Errorf("%s is there: only a folder that is gone can have become another one", was)
	}
	place, events, err := m.Register(ctx, cwd)
	if err != nil {
		return place, events, err
	}
	// If it was registered for another project, as before a move to another host, that is this project's former key.
	take := func(d *project.Draft) { _ = d.Move(was, place.Key) || d.Attach(place.Key, was) }
	if err := m.changeRegistry(func(r project.Registry) (project.Registry, bool) { return r.Change(take) }); err != nil {
		return place, events, err
	}
	more, err := m.attach(ctx, checkoutAt(place))
	return place, append(events, more...), err
}

// checkout is a folder that is to be registered for a project.
type checkout struct {
	key  project.Key
	cwd  string
	said project.Checkout // what git said of it; empty if it was not asked
}

func checkoutAt(p project.Place) checkout { return checkout{p.Key, p.Cwd, p.Checkout} }

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
			if d.Move(c.cwd, c.key) || d.Attach(c.key, c.cwd) {
				d.Register(c.key, c.cwd, m.now())
				events = append(events, registered(c.key, c.cwd))
			}
			if c.said != (project.Checkout{}) {
				d.Checked(c.cwd, c.said)
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
	events, found := m.located(reg, cwds, project.LocateAll(ctx, cwds))
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	done, err := m.attach(ctx, found...)
	return append(events, done...), err
}

// located are the checkouts that git found, and events for the folders that it could not tell.
func (m *Machine) located(reg project.Registry, cwds []string, all []project.Located) (events []syncer.Event, found []checkout) {
	for i, at := range all {
		if at.Err != nil {
			events = append(events, syncer.Event{Kind: syncer.Failed, Path: cwds[i], Err: fmt.Errorf("registering %s: %w", cwds[i], at.Err)})
			continue
		}
		at.Place.Key = reg.KeyAt(at.Place)
		found = append(found, checkoutAt(at.Place))
	}
	return events, found
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
// (moved, renamed), and registers them. It looks beside the known repositories and under the roots. The second result
// has an event for each project of which git refuses the only checkout.
func (m *Machine) registerFound(ctx context.Context, s syncer.Snapshot) (done, refused []syncer.Event, err error) {
	all, refused, err := m.find(ctx, s)
	if err != nil || len(all) == 0 {
		return nil, refused, err
	}
	done, err = m.attach(ctx, all...)
	return done, refused, err
}

// find is the looking part of registerFound.
func (m *Machine) find(ctx context.Context, s syncer.Snapshot) (all []checkout, refused []syncer.Event, err error) {
	want, roots := s.WithoutCheckout(m.Roots)
	if len(want) == 0 {
		return nil, nil, nil
	}
	found, err := project.FindCheckouts(ctx, want, roots)
	if err != nil {
		return nil, nil, err
	}
	for _, key := range want {
		if err := found.Refused[key]; err != nil {
			refused = append(refused, syncer.Event{Kind: syncer.Failed, Project: key, Label: project.Labels(want)[key], Path: err.Dir, Err: err})
		}
	}
	for _, key := range want {
		for _, cwd := range found.Checkouts[key] {
			all = append(all, checkout{key: key, cwd: cwd})
		}
	}
	return all, refused, nil
}
