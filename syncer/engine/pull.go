package engine

import (
	"context"
	"path/filepath"
	"slices"

	"claude-sync/syncer"
	"claude-sync/syncer/installed"
	"claude-sync/syncer/internal/atomicfile"
	"claude-sync/syncer/scan"
	"claude-sync/syncer/transport"
)

// Pull installs the sessions that are only elsewhere and updates those that are behind, in every project that has a
// checkout here. It first looks for checkouts of projects that have none.
//
// The returned error is about the whole pull. What happened to single sessions, good and bad, are events.
//
// Errors: *syncer.NoSessionError and *syncer.AmbiguousError for the scope's session; those of Look.
func (m *Machine) Pull(ctx context.Context, scope syncer.Scope) ([]syncer.Event, error) {
	unlock, err := m.Lock(ctx, nil)
	if err != nil {
		return nil, err
	}
	defer unlock()
	events, err := m.settle(ctx)
	if err != nil {
		return events, err
	}
	s, found, err := m.lookAndRegister(ctx, scan.Options{Brief: true, Pull: &scope})
	if events = append(events, found...); err != nil {
		return events, err
	}
	if scope, err = resolveScope(s, scope); err != nil {
		return events, err
	}
	done := m.applier().Do(ctx, syncer.PlanPull(s, scope))
	m.sweep(s, done)
	for _, stray := range s.Strays {
		done = append(done, stray.Event())
	}
	return append(events, done...), installed.Record(m.Installed).Add(s.Unrecorded)
}

// PlanPull returns the steps that a pull would take now. It changes nothing, and registers nothing.
func (m *Machine) PlanPull(ctx context.Context, scope syncer.Scope) ([]syncer.Step, error) {
	s, err := m.Look(ctx)
	if err != nil {
		return nil, err
	}
	if scope, err = resolveScope(s, scope); err != nil {
		return nil, err
	}
	return syncer.PlanPull(s, scope), nil
}

// resolveScope completes the beginning of a session's id.
func resolveScope(s syncer.Snapshot, scope syncer.Scope) (syncer.Scope, error) {
	if scope.Session == "" {
		return scope, nil
	}
	_, session, err := s.Find(scope.Session, scope.Project)
	return scope.Only(session.ID), err
}

// lookAndRegister looks, registers checkouts of waiting projects if it finds any, and then looks again.
func (m *Machine) lookAndRegister(ctx context.Context, o scan.Options) (syncer.Snapshot, []syncer.Event, error) {
	s, err := m.scan(ctx, o)
	if err != nil {
		return s, nil, err
	}
	events, err := m.registerFound(ctx, s)
	if err != nil || len(events) == 0 {
		return s, events, err
	}
	s, err = m.scan(ctx, o)
	return s, events, err
}

// sweep removes temporary files of killed processes from the folders of these projects, from the sync folder and
// from our own folders. It does so only after something was written, so that a pull without work writes nothing.
func (m *Machine) sweep(s syncer.Snapshot, done []syncer.Event) {
	wrote := slices.ContainsFunc(done, func(e syncer.Event) bool {
		return e.Kind == syncer.Installed || e.Kind == syncer.Updated || e.Kind == syncer.Forked || e.Kind == syncer.Pushed
	})
	if !wrote {
		return
	}
	if t, ok := m.Transport.(transport.Sweeper); ok {
		t.Sweep(m.now())
	}
	for _, path := range []string{m.Registry, m.Installed, m.Cache} {
		if path != "" {
			atomicfile.Sweep(filepath.Dir(path), m.now())
		}
	}
	for _, p := range s.Projects {
		for _, c := range p.Cwds {
			if dir, err := m.Store.ProjectDir(c.Path); err == nil {
				atomicfile.Sweep(dir, m.now())
			}
		}
	}
}
