package engine

import (
	"context"
	"slices"

	"claude-sync/syncer"
	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/claude"
	"claude-sync/syncer/scan"
	"claude-sync/syncer/transcript"
)

// Push writes this machine's packs of every session of which no pack has all rows.
//
// Errors: as Pull.
func (m *Machine) Push(ctx context.Context, scope syncer.Scope) ([]syncer.Event, error) {
	unlock, err := m.Lock(ctx, nil)
	if err != nil {
		return nil, err
	}
	defer unlock()
	// A brief look does if the scope names no session, which may be one that does not matter.
	s, events, err := m.lookAndTidy(ctx, scan.Options{Brief: scope.Session == ""})
	if err != nil {
		return events, err
	}
	done, err := m.pushLooked(ctx, s, scope)
	return append(events, done...), err
}

// PushFrom is Push on a snapshot that the caller has just taken.
func (m *Machine) PushFrom(ctx context.Context, s syncer.Snapshot, scope syncer.Scope) ([]syncer.Event, error) {
	unlock, err := m.Lock(ctx, nil)
	if err != nil {
		return nil, err
	}
	defer unlock()
	events, err := m.settle(ctx)
	if err != nil {
		return nil, err
	}
	if s.Machine != m.name() { // a machine file has come since the look: which packs are ours is to be seen anew
		if s, err = m.scan(ctx, scan.Options{Brief: scope.Session == ""}); err != nil {
			return events, err
		}
	}
	done, err := m.pushLooked(ctx, s, scope)
	return append(events, done...), err
}

// pushLooked is the writing part of a push, after settle.
func (m *Machine) pushLooked(ctx context.Context, s syncer.Snapshot, scope syncer.Scope) ([]syncer.Event, error) {
	scope, err := resolveScope(s, scope)
	if err != nil {
		return nil, err
	}
	events := m.applier().Do(ctx, syncer.PlanPush(s, scope))
	m.sweep(s, events)
	forks := forksOf(events)
	if len(forks) == 0 && (!scope.Overwrite || scope.Session == "") {
		return events, nil
	}
	more, err := m.pushForks(ctx, forks, scope)
	return append(events, more...), err
}

// pushForks pushes the forks that a push made. If the push was for one session with Overwrite, it also pushes that
// session's forks from a run that was killed before it came to them.
func (m *Machine) pushForks(ctx context.Context, forks []ccsync.SessionID, scope syncer.Scope) ([]syncer.Event, error) {
	s, err := m.LookBrief(ctx, 0)
	if err != nil {
		return nil, err
	}
	var events []syncer.Event
	for _, step := range syncer.PlanPush(s, syncer.Scope{}) {
		fork := slices.Contains(forks, step.Session.ID)
		if !fork && scope.Overwrite && scope.Session != "" && step.Action == syncer.Push {
			if fork, err = isFork(step.Session, ccsync.SessionID(scope.Session)); err != nil {
				return events, err
			}
		}
		if fork {
			events = append(events, m.applier().Do(ctx, []syncer.Step{step})...)
		}
	}
	return events, nil
}

// isFork reports whether a session is a fork of another one.
func isFork(s syncer.Session, of ccsync.SessionID) (bool, error) {
	t, err := claude.OpenFile(s.Path, false)
	if err != nil {
		return false, err
	}
	defer t.Close()
	return transcript.IsFork(t.Whole(), s.ID, of)
}

func forksOf(events []syncer.Event) []ccsync.SessionID {
	var ids []ccsync.SessionID
	for _, e := range events {
		if e.Kind == syncer.Forked {
			ids = append(ids, e.Session)
		}
	}
	return ids
}
