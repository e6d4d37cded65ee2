package engine

import (
	"context"
	"slices"

	"claude-sync/syncer"
	"claude-sync/syncer/project"
	"claude-sync/syncer/scan"
)

// LookToPush is Look for a push: before, it does what needs no one to ask for it, see Tidy.
func (m *Machine) LookToPush(ctx context.Context) (syncer.Snapshot, []syncer.Event, error) {
	unlock, err := m.Lock(ctx, nil)
	if err != nil {
		return syncer.Snapshot{}, nil, err
	}
	defer unlock()
	return m.lookAndTidy(ctx, scan.Options{})
}

// Tidy does what needs no one to ask for it: it registers the folders in which Claude Code ran since the last time, and
// the checkouts of projects that wait for one; it asks git again about checkouts whose configuration changed; and it
// brings sessions whose folders are gone to their main work tree. S is a snapshot that the caller has just taken. The
// events say what changed and what failed; sessions that were brought are no event. It reports whether another look
// would find something else.
func (m *Machine) Tidy(ctx context.Context, s syncer.Snapshot) (changed bool, events []syncer.Event, err error) {
	unlock, err := m.Lock(ctx, nil)
	if err != nil {
		return false, nil, err
	}
	defer unlock()
	events, err = m.registerNew(ctx, s)
	if err != nil {
		return false, events, err
	}
	found, refused, err := m.registerFound(ctx, s)
	events = append(events, found...)
	changed = len(events) > 0
	events = append(events, refused...)
	if err != nil {
		return changed, events, err
	}
	steps := syncer.PlanTidy(s)
	if len(steps) > 0 {
		events = append(events, m.applier().Do(ctx, steps)...)
	}
	return changed || len(steps) > 0, events, ctx.Err()
}

// NeedsTidying reports whether Tidy would find anything to do in a snapshot, git's configuration aside.
func NeedsTidying(s syncer.Snapshot) bool {
	return len(s.NewFolders()) > 0 || len(syncer.PlanTidy(s)) > 0
}

// lookAndTidy looks, tidies up, and looks again if that changed anything.
func (m *Machine) lookAndTidy(ctx context.Context, o scan.Options) (syncer.Snapshot, []syncer.Event, error) {
	events, err := m.recheck(ctx)
	if err != nil {
		return syncer.Snapshot{}, events, err
	}
	settled, err := m.settle(ctx)
	if events = append(events, settled...); err != nil {
		return syncer.Snapshot{}, events, err
	}
	var s syncer.Snapshot
	for range 2 { // a folder that was registered may hold sessions of one that is gone
		var err error
		if s, err = m.scanMet(ctx, o); err != nil {
			return s, events, err
		}
		changed, more, err := m.Tidy(ctx, s)
		events = appendNew(events, more)
		if err != nil || !changed {
			return s, events, err
		}
	}
	s, err = m.scanMet(ctx, o)
	return s, events, err
}

// appendNew adds the events that are not there yet: what cannot be changed is found at every look.
func appendNew(events, more []syncer.Event) []syncer.Event {
	for _, e := range more {
		if !slices.ContainsFunc(events, func(o syncer.Event) bool {
			return e.Kind == o.Kind && e.Project == o.Project && e.Session == o.Session && e.Path == o.Path
		}) {
			events = append(events, e)
		}
	}
	return events
}

// recheck asks git again about the registered checkouts whose configuration changed, and follows a repository that
// moved to another host or got its first remote. A checkout that git refuses is an event.
func (m *Machine) recheck(ctx context.Context) ([]syncer.Event, error) {
	reg, err := m.registry()
	if err != nil {
		return nil, err
	}
	changes := project.Recheck(ctx, reg)
	if err := ctx.Err(); err != nil || len(changes) == 0 {
		return nil, err
	}
	var events []syncer.Event
	err = m.changeRegistry(func(r project.Registry) (project.Registry, bool) {
		return r.Change(func(d *project.Draft) {
			for _, c := range changes {
				switch {
				case c.Err != nil && c.Gone:
					continue // of a folder that is gone nobody is told
				case c.Err != nil:
					events = append(events, syncer.Event{Kind: syncer.Failed, Project: c.Was, Label: c.Was.Name(), Path: c.Cwd, Err: c.Err})
					continue
				}
				if d.Move(c.Cwd, c.Key) && !c.Gone {
					events = append(events, registered(c.Key, c.Cwd))
				}
				d.Checked(c.Cwd, c.Checkout)
			}
		})
	})
	return events, err
}

// registerNew registers the new folders. A folder that cannot be registered is an event, and no error.
func (m *Machine) registerNew(ctx context.Context, s syncer.Snapshot) ([]syncer.Event, error) {
	cwds := s.NewFolders()
	if len(cwds) == 0 {
		return nil, nil
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
