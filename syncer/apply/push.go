package apply

import (
	"cmp"
	"context"
	"io"
	"time"

	"claude-sync/syncer"
	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/claude"
	"claude-sync/syncer/internal/fingerprint"
	"claude-sync/syncer/packs"
	"claude-sync/syncer/project"
	"claude-sync/syncer/transcript"
	"claude-sync/syncer/words"
)

// push writes this machine's pack of a session.
func (a Applier) push(ctx context.Context, s syncer.Step, tap io.Writer) ([]syncer.Event, error) {
	own, forks, err := a.beginPush(ctx, s, tap)
	if own == nil {
		return forks, err
	}
	defer own.Discard()
	if err := own.Commit(ctx); err != nil {
		return forks, err
	}
	return append(forks, pushed(s.Event(syncer.Pushed), own)), nil
}

// pushed turns the event of a pack that has its name into that of its mending, if it took the place of a damaged one.
func pushed(e syncer.Event, own *packs.Own) syncer.Event {
	if aside, damage := own.Mended(); damage != nil {
		e.Kind, e.Path, e.Err = syncer.Mended, words.Path(aside), damage
	}
	return e
}

// beginPush writes this machine's pack of a session up to the point at which it gets its name. The pack is nil if
// there is nothing to write: the transcript has no whole row yet, or the pack there is whole and has all of its rows,
// as they are.
//
// If the pack there parted from the transcript (a backup was restored, Claude Code made the file anew), its branch
// is kept as a fork first: it is this machine's own, so there is no other person to ask.
func (a Applier) beginPush(ctx context.Context, s syncer.Step, tap io.Writer) (_ *packs.Own, forks []syncer.Event, err error) {
	t, err := claude.OpenFile(s.Session.Path, s.Session.Open)
	if err != nil {
		return nil, nil, err
	}
	defer t.Close()
	ours := t.Whole()
	if ours.Size == 0 {
		return nil, nil, nil
	}
	key := cmp.Or(s.Key, s.Project)
	own, err := a.Packs.OpenOwn(ctx, key, Header(key, s.Session, a.Packs.Machine, a.Now()))
	if err != nil {
		return nil, nil, err
	}
	begun := false
	defer func() {
		if !begun {
			own.Discard()
		}
	}()
	if base := baseOf(s.Session, own); base.Size > 0 {
		if begun, err = own.Grow(ctx, ours, base, tap); begun || err != nil {
			return keep(own, begun), nil, err
		}
	}
	c, err := own.Relate(ctx, ours)
	if err != nil {
		return nil, nil, err
	}
	switch {
	case (c.Relation == transcript.Same || c.Relation == transcript.Behind) && !c.Rewritten && !own.Damaged():
		return nil, nil, nil
	case c.Relation == transcript.Diverged:
		if forks, err = a.keepFork(s, transcript.Branch{Source: own.Source(), Side: c.Theirs, Machine: a.Packs.Machine}); err != nil {
			return nil, nil, err
		}
	}
	err = own.Write(ctx, ours, c, tap)
	begun = err == nil
	return keep(own, begun), forks, err
}

// keep returns own if it is begun, else nil.
func keep(own *packs.Own, begun bool) *packs.Own {
	if !begun {
		return nil
	}
	return own
}

// baseOf is the fingerprint of the transcript of which the own pack was made, if the pack is still the one that the
// scan compared; else it is empty.
func baseOf(s syncer.Session, own *packs.Own) (none fingerprint.Fingerprint) {
	if own.Old == nil {
		return none
	}
	for _, v := range s.Versions {
		if v.Name == own.Name() && v.Size == own.Old.Size() && v.Lines == own.Old.Header.LineCount && v.Exported.Equal(own.Old.Exported()) {
			return v.Base
		}
	}
	return none
}

// Header is the header of a pack of a session, made now by this machine. Its count of lines is open.
func Header(key project.Key, s syncer.Session, machine string, now time.Time) ccsync.Header {
	return ccsync.Header{SessionID: s.ID, ProjectKey: string(key), OriginalCwd: s.Cwd, MachineName: machine, ExportedAt: now.UnixMilli()}
}
