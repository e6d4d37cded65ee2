package engine

import (
	"cmp"
	"context"
	"errors"
	"path/filepath"
	"slices"
	"time"

	"claude-sync/syncer"
	"claude-sync/syncer/installed"
	"claude-sync/syncer/internal/atomicfile"
	"claude-sync/syncer/project"
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
	s, events, err := m.lookAndTidy(ctx, scan.Options{Brief: true, Pull: &scope, Fetch: m.fetch()})
	if err != nil {
		return events, err
	}
	if scope, err = resolveScope(s, scope); err != nil {
		return events, err
	}
	archive := m.inArchive(s, scope) // before this pull is recorded
	done := withoutRefused(m.applier().Do(ctx, syncer.PlanPull(s, scope)), events)
	m.sweep(s, done)
	for _, stray := range s.Strays {
		done = append(done, stray.Event())
	}
	done = append(done, archive...)
	return append(events, done...), installed.Record(m.Installed).Add(s.Unrecorded)
}

// fetch has a pull bring contents that are only in the cloud.
func (m *Machine) fetch() *scan.Fetch {
	return &scan.Fetch{Patience: cmp.Or(m.Patience, 30*time.Second), Progress: func(label string, bytes int64) {
		if m.Progress != nil {
			m.Progress(syncer.Progress{Step: 1, Steps: 1, Label: label, Bytes: bytes})
		}
	}}
}

// withoutRefused leaves out that a project waits for a checkout, if before says that git refuses the one it has.
func withoutRefused(done, before []syncer.Event) []syncer.Event {
	return slices.DeleteFunc(done, func(e syncer.Event) bool {
		return e.Kind == syncer.WaitingFor && slices.ContainsFunc(before, func(b syncer.Event) bool {
			var refused *project.RefusedError
			return b.Project == e.Project && errors.As(b.Err, &refused)
		})
	})
}

// PlanPull returns the steps that a pull would take now, and the events that it would report beside them: checkouts
// that it would register, and strays. It changes nothing, and registers nothing.
func (m *Machine) PlanPull(ctx context.Context, scope syncer.Scope) ([]syncer.Step, []syncer.Event, error) {
	if err := m.meet(ctx); err != nil {
		return nil, nil, err
	}
	reg, err := m.registry()
	if err != nil {
		return nil, nil, err
	}
	s, err := m.scanWith(ctx, reg, scan.Options{})
	if err != nil {
		return nil, nil, err
	}
	found, events, err := m.find(ctx, s)
	if err != nil {
		return nil, nil, err
	}
	reg, changed := reg.Change(func(d *project.Draft) {
		for _, c := range found {
			if d.Attach(c.key, c.cwd) {
				events = append(events, registered(c.key, c.cwd))
			}
		}
	})
	if changed {
		if s, err = m.scanWith(ctx, reg, scan.Options{}); err != nil {
			return nil, nil, err
		}
	}
	if scope, err = resolveScope(s, scope); err != nil {
		return nil, nil, err
	}
	for _, stray := range s.Strays {
		events = append(events, stray.Event())
	}
	return syncer.PlanPull(s, scope), append(events, m.inArchive(s, scope)...), nil
}

// inArchive tells of archived sessions if this machine has no record of ever having had one.
func (m *Machine) inArchive(s syncer.Snapshot, scope syncer.Scope) []syncer.Event {
	events := s.ArchivedHere(scope)
	if len(events) == 0 {
		return nil
	}
	if had, err := installed.Record(m.Installed).Load(); err != nil || len(had) > 0 {
		return nil
	}
	return events
}

// resolveScope completes the beginning of a session's id.
func resolveScope(s syncer.Snapshot, scope syncer.Scope) (syncer.Scope, error) {
	if scope.Session == "" {
		return scope, nil
	}
	_, session, err := s.Find(scope.Session, scope.Project)
	return scope.Only(session.ID), err
}

// sweep removes temporary files of killed processes from the folders of these projects, from the sync folder and
// from our own folders. It does so only after something was written, so that a pull without work writes nothing.
func (m *Machine) sweep(s syncer.Snapshot, done []syncer.Event) {
	wrote := slices.ContainsFunc(done, func(e syncer.Event) bool {
		return e.Kind == syncer.Installed || e.Kind == syncer.Updated || e.Kind == syncer.Forked || e.Kind == syncer.Pushed || e.Kind == syncer.Mended
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
