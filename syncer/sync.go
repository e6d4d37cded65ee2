package syncer

import (
	"context"
	"path/filepath"
	"slices"

	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/internal/atomicfile"
	"claude-sync/syncer/transport"
)

// Pull installs what is only elsewhere and updates what is behind, in every project that has a checkout
// here. Projects that have none are looked for first. The returned error is of the whole pull; what
// happened to single sessions, good and bad, are events.
func (m *Machine) Pull(ctx context.Context, scope Scope) ([]Event, error) {
	s, events, err := m.lookAround(ctx, look{brief: true, pull: &scope})
	if err != nil {
		return events, err
	}
	done := m.carryOut(ctx, PlanPull(s, scope))
	m.sweep(s, done)
	return slices.Concat(events, done, strayed(s)), m.remember(s.came)
}

// sweep removes what killed processes left behind in the folders of these projects, in the sync folder and
// in our own. It is done after something was written, so that a pull without work stays one.
func (m *Machine) sweep(s Snapshot, done []Event) {
	wrote := slices.ContainsFunc(done, func(e Event) bool {
		return e.Kind == Installed || e.Kind == Updated || e.Kind == Forked || e.Kind == Pushed
	})
	if !wrote {
		return
	}
	if t, ok := m.Transport.(transport.Sweeper); ok {
		t.Sweep(m.now())
	}
	for _, path := range []string{m.Registry, m.State, m.Compared} {
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

// LookAround is a Look that first registers checkouts of waiting projects where it finds them.
func (m *Machine) LookAround(ctx context.Context) (Snapshot, []Event, error) {
	return m.lookAround(ctx, look{})
}

func (m *Machine) lookAround(ctx context.Context, how look) (Snapshot, []Event, error) {
	s, err := m.look(ctx, how)
	if err != nil {
		return s, nil, err
	}
	events, err := m.attach(ctx, s)
	if err != nil || len(events) == 0 {
		return s, events, err
	}
	s, err = m.look(ctx, how)
	return s, events, err
}

// strayed reports the files in the sync folder that are no packs.
func strayed(s Snapshot) []Event {
	var events []Event
	for _, stray := range s.Strays {
		events = append(events, Event{Kind: Strayed, Path: stray.Shown(), Err: stray.Reason})
	}
	return events
}

// Push writes this machine's packs of every session of which no pack has all rows.
func (m *Machine) Push(ctx context.Context, scope Scope) ([]Event, error) {
	s, err := m.Glance(ctx, 0)
	if err != nil {
		return nil, err
	}
	return m.PushSeen(ctx, s, scope)
}

// PushSeen is Push for a caller who has just looked, and s is what it saw.
func (m *Machine) PushSeen(ctx context.Context, s Snapshot, scope Scope) ([]Event, error) {
	events := m.carryOut(ctx, PlanPush(s, scope))
	m.sweep(s, events)
	// The forks go along: those that this push made, and, where they would not go anyway, those of one that
	// was killed before it came to them.
	forks := forksOf(events)
	if len(forks) == 0 && (!scope.Overwrite || scope.Session == "") {
		return events, nil
	}
	s, err := m.Glance(ctx, 0)
	if err != nil {
		return events, err
	}
	for _, step := range PlanPush(s, Scope{}) {
		fork := slices.Contains(forks, step.Session.ID)
		if !fork && scope.Overwrite && scope.Session != "" && step.Action == Push {
			if fork, err = isFork(step.Session.Path, step.Session.ID, scope.Session); err != nil {
				return events, err
			}
		}
		if fork {
			events = append(events, m.carryOut(ctx, []Step{step})...)
		}
	}
	return events, nil
}

func forksOf(events []Event) []ccsync.SessionID {
	var ids []ccsync.SessionID
	for _, e := range events {
		if e.Kind == Forked {
			ids = append(ids, e.Session)
		}
	}
	return ids
}

// Settle ends the divergence of one session: it goes on with the branch of the machine called winner,
// "" for this one, and every other branch becomes a fork. A session that is behind is updated first.
func (m *Machine) Settle(ctx context.Context, id ccsync.SessionID, winner string) ([]Event, error) {
	s, err := m.Look(ctx)
	if err != nil {
		return nil, err
	}
	p, session, err := s.Find(string(id))
	if err != nil {
		return nil, err
	}
	var events []Event
	if session.Relation == Behind {
		events = m.carryOut(ctx, PlanPull(s, Scope{Session: id}))
		if s, err = m.Look(ctx); err != nil {
			return events, err
		}
		if p, session, err = s.Find(string(id)); err != nil {
			return events, err
		}
	}
	if session.Relation != Diverged {
		return events, nil
	}
	if winner == m.Name {
		winner = ""
	}
	if have := session.From(Diverged); winner != "" && !slices.Contains(have, winner) {
		return events, &NoBranchError{Machine: winner, Have: have}
	}
	step := Step{Action: Resolve, Project: p.Key, Label: p.Label, Session: session, From: session.From(Diverged), Winner: winner}
	if session.Held != nil {
		step.Action = Hold
	}
	return append(events, m.carryOut(ctx, []Step{step})...), nil
}
