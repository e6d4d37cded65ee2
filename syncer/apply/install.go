package apply

import (
	"context"
	"errors"
	"io"
	"path/filepath"
	"slices"
	"time"

	"claude-sync/syncer"
	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/claude"
	"claude-sync/syncer/installed"
	"claude-sync/syncer/internal/atomicfile"
	"claude-sync/syncer/packs"
	"claude-sync/syncer/transcript"
)

// install writes a transcript that is not here. Of several packs the longest comes first; the others add the rows
// that it lacks, or turn out to be diverged from it. The scan did not read the packs to their ends, so a file that
// turns out to be no pack is reported as a stray and stops nothing.
func (a Applier) install(ctx context.Context, s syncer.Step, tap io.Writer) ([]syncer.Event, error) {
	path, err := a.Store.TranscriptPath(s.Session.Cwd, s.Session.ID)
	if err != nil {
		return nil, err
	}
	s.Session.Path = path
	got, err := a.mergeAll(ctx, s, tap)
	events := slices.Concat(got.forks, unusable(s, got.bad)) // all but Installed
	used := s.Session
	used.Versions = slices.DeleteFunc(slices.Clone(used.Versions), func(v syncer.Version) bool {
		return slices.ContainsFunc(got.bad, func(bad *packError) bool { return bad.Name == v.Name })
	})
	s.From = used.Newest()
	if !got.changed {
		if err == nil && len(events) == 0 {
			err = errors.New("its pack holds no rows")
		}
		return events, err
	}
	if d, failed := claude.Describe(path); failed == nil && s.Session.Title == "" {
		s.Session.Title = d.Title
	}
	events = append(events, s.Event(syncer.Installed))
	if err := errors.Join(err, a.Installed.Add(installed.Sessions{s.Project: []ccsync.SessionID{s.Session.ID}})); err != nil {
		return events, err
	}
	return append(events, conflict(s, got.diverged)...), nil
}

// errNotBatched says that a step has to go the long way, file by file.
var errNotBatched = errors.New("not batched")

// beginInstall writes a transcript that is not here, up to the point at which it gets its name.
//
// Errors: errNotBatched if anything is not as it should be; then install finds out and reports it.
func (a Applier) beginInstall(ctx context.Context, s syncer.Step, ends *transcript.Ends, tap io.Writer) (*pendingFile, error) {
	path, err := a.Store.TranscriptPath(s.Session.Cwd, s.Session.ID)
	if err != nil {
		return nil, errNotBatched
	}
	t, err := claude.OpenOrNew(path)
	if err != nil || t.Exists() {
		t.Close()
		return nil, errNotBatched
	}
	pack, err := a.Packs.Open(ctx, s.Session.Versions[0].Name)
	if err != nil {
		return nil, errNotBatched
	}
	defer pack.Close()
	d, err := a.Store.Draft(t)
	if err != nil {
		return nil, errNotBatched
	}
	arrival, title, err := a.fill(d, pack, ends, tap)
	if err != nil {
		_ = d.Discard()
		return nil, errNotBatched
	}
	d.SyncSoon()
	if s.Session.Title == "" {
		s.Session.Title = title
	}
	return &pendingFile{done: s.Event(syncer.Installed), dir: filepath.Dir(path), close: func() { _ = d.Discard() },
		commit: func(_ context.Context, disk *atomicfile.Batch) error { return d.CommitIn(disk, arrival) }}, nil
}

// fill writes the transcript of a pack into the draft, and returns the time and the title that it is to have.
func (a Applier) fill(d *claude.Draft, pack *packs.Pack, ends *transcript.Ends, tap io.Writer) (arrival time.Time, title string, err error) {
	ends.Reset()
	size, err := pack.CopyTo(d, io.MultiWriter(tap, ends))
	if err == nil && size == 0 {
		err = packs.ErrNoRows
	}
	if err != nil {
		return arrival, "", err
	}
	last, ok := ends.LastTime()
	if !ok {
		arrival, err = d.Arrival(pack.Exported())
		return arrival, ends.Describe().Title, err
	}
	return a.Store.ArrivalTime(last), ends.Describe().Title, nil
}
