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
	s.Session.Path = path
	got, err := m.takeAll(ctx, s, measure)
	events := slices.Concat(got.forks, s.untaken(got.bad)) // all but Installed
	s.From = newest(slices.DeleteFunc(slices.Clone(s.Session.Versions), func(v Version) bool {
		return slices.ContainsFunc(got.bad, func(bad *packError) bool { return bad.Name == v.Name })
	}))
	if !got.changed {
		if err == nil && len(events) == 0 {
			err = errors.New("its pack holds no rows")
		}
		return events, err
	}
	if d, failed := claude.Describe(path); failed == nil && s.Session.Title == "" {
		s.Session.Title = d.Title
	}
	events = append(events, s.event(Installed))
	if err := errors.Join(err, m.remember(map[project.Key][]ccsync.SessionID{s.Project: {s.Session.ID}})); err != nil {
		return events, err
	}
	return append(events, s.conflict(got.diverged)...), nil
}
