package engine

import (
	"context"
	"slices"

	"claude-sync/syncer"
)

// Resolve ends the divergence of the session that the scope names: it continues with the branch of the machine
// called winner, "" for this one, and every other branch becomes a fork. A session that is behind is updated first.
//
// Errors: *syncer.NoBranchError if winner has no branch of its own; as Pull.
func (m *Machine) Resolve(ctx context.Context, scope syncer.Scope, winner string) ([]syncer.Event, error) {
	unlock, err := m.Lock(ctx, nil)
	if err != nil {
		return nil, err
	}
	defer unlock()
	s, err := m.Look(ctx)
	if err != nil {
		return nil, err
	}
	p, session, err := s.Find(scope.Session, scope.Project)
	if err != nil {
		return nil, err
	}
	var events []syncer.Event
	if session.State == syncer.Behind {
		events = m.applier().Do(ctx, syncer.PlanPull(s, syncer.Scope{Project: p.Key}.Only(session.ID)))
		if s, err = m.Look(ctx); err != nil {
			return events, err
		}
		if p, session, err = s.Find(string(session.ID), p.Key); err != nil {
			return events, err
		}
	}
	if session.State != syncer.Diverged {
		return events, nil
	}
	if winner == m.name() {
		winner = ""
	}
	have := session.From(syncer.Diverged)
	if winner != "" && !slices.Contains(have, winner) {
		return events, &syncer.NoBranchError{Machine: winner, Have: have}
	}
	step := syncer.Step{Action: syncer.Resolve, Project: p.Key, Label: p.Label, Session: session, From: have, Winner: winner}
	if session.Open {
		step.Action = syncer.Hold
	}
	return append(events, m.applier().Do(ctx, []syncer.Step{step})...), nil
}
