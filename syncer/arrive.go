package syncer

import (
	"context"
	"errors"
	"io"
	"slices"

	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/claude"
	"claude-sync/syncer/project"
)

// install writes a transcript that is not here. Of several packs the longest comes first; the others add
// what it lacks, or turn out to be diverged from it. Nobody has read the packs to their ends yet; one that
// turns out to be none is reported as a stray and stops nothing.
func (m *Machine) install(ctx context.Context, s Step, measure io.Writer) ([]Event, error) {
	path, err := m.Store.TranscriptPath(s.Session.Cwd, s.Session.ID)
	if err != nil {
		return nil, err
	}
	var strays []Event
	var diverged []string
	arrived := false
	for len(s.Session.Versions) > 0 {
		var changed bool
		changed, diverged, err = m.takeAll(ctx, path, s.Session, measure)
		arrived = arrived || changed
		var bad *packError
		if !errors.As(err, &bad) || !bad.broken() {
			break
		}
		strays = append(strays, Event{Kind: Strayed, Path: Stray{Name: bad.Name}.Shown(), Err: bad.err})
		s.Session.Versions = slices.DeleteFunc(slices.Clone(s.Session.Versions), func(v Version) bool { return v.Name == bad.Name })
		err = nil
	}
	if !arrived {
		if err == nil && len(strays) == 0 {
			err = errors.New("its pack holds no rows")
		}
		return strays, err
	}
	if d, failed := claude.Describe(path); failed == nil && s.Session.Title == "" {
		s.Session.Title = d.Title
	}
	events := append(strays, s.event(Installed))
	if err := errors.Join(err, m.remember(map[project.Key][]ccsync.SessionID{s.Project: {s.Session.ID}})); err != nil {
		return events, err
	}
	return append(events, s.conflict(diverged)...), nil
}
