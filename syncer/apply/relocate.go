package apply

import (
	"errors"
	"fmt"
	"io"
	"time"

	"claude-sync/syncer"
	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/claude"
	"claude-sync/syncer/installed"
	"claude-sync/syncer/project"
	"claude-sync/syncer/transcript"
)

// Relocate copies the sessions of a checkout that is gone, moved or renamed, to the one that was registered in its
// place: Claude Code looks for them by the folder's path, and would find none. The old ones are left to its clean-up.
//
// Errors: *syncer.LeftError, after all other sessions were copied.
func (a Applier) Relocate(key project.Key, old, cwd string) error {
	left, err := a.Store.Left(old)
	if err == nil {
		live, liveErr := a.Store.Live()
		for _, t := range left {
			var one error
			if open, held := a.Store.Held(t, live, a.Now()); held || liveErr != nil {
				one = &claude.HeldError{PID: open.PID}
			} else {
				one = a.relocateOne(key, t, cwd)
			}
			if one == nil {
				one = a.Installed.Add(installed.Sessions{key: []ccsync.SessionID{t.ID}})
			}
			if one != nil {
				err = errors.Join(err, fmt.Errorf("%s: %w", t.ID.Short(), one))
			}
		}
	}
	if err != nil {
		return &syncer.LeftError{Cwd: old, To: cwd, Err: err}
	}
	return nil
}

// relocateStep brings one session whose folder is gone to the checkout s.To. A session that is open is left for later.
func (a Applier) relocateStep(s syncer.Step) error {
	live, err := a.Store.Live()
	if err != nil {
		return nil // some session is open, and it may be this one
	}
	t := claude.Transcript{ID: s.Session.ID, Path: s.Session.Path, Size: s.Session.Size, ModTime: s.Session.Modified}
	if _, held := a.Store.Held(t, live, a.Now()); held {
		return nil
	}
	if err := a.relocateOne(s.Project, t, s.To); err != nil {
		return &syncer.LeftError{Cwd: s.Session.Cwd, To: s.To, Err: fmt.Errorf("%s: %w", s.Session.ID.Short(), err)}
	}
	return a.Installed.Add(installed.Sessions{s.Project: []ccsync.SessionID{s.Session.ID}})
}

// relocateOne makes the session of the same id in cwd hold every row of t, or begins it. If the two parted, t's
// branch becomes a fork: both are this machine's, so there is no other person to ask.
func (a Applier) relocateOne(key project.Key, t claude.Transcript, cwd string) error {
	path, err := a.Store.TranscriptPath(cwd, t.ID)
	if err != nil || path == t.Path {
		return err
	}
	old, err := claude.OpenFile(t.Path, false)
	if err != nil {
		return err
	}
	defer old.Close()
	now, err := claude.OpenOrNew(path)
	if err != nil {
		return err
	}
	defer now.Close()
	theirs := transcript.Branch{Source: old.All(), Machine: a.Packs.Machine}
	if !now.Exists() {
		_, err := a.Store.Replace(now, old.ModTime(), func(w io.Writer) error {
			_, err := io.Copy(w, theirs.Open())
			return err
		})
		return err
	}
	return a.joinOld(syncer.Step{Project: key, Session: syncer.Session{ID: t.ID, Path: path}}, now, theirs, old.ModTime())
}

// joinOld merges a branch of a checkout that is gone, which was written last at the given time, into the session in
// its place.
func (a Applier) joinOld(s syncer.Step, now *claude.File, theirs transcript.Branch, at time.Time) error {
	c, err := transcript.Relate(now.All(), theirs.Source)
	if err != nil || c.Relation == transcript.Same || c.Relation == transcript.Ahead && len(c.Theirs.NewRows) == 0 {
		return err
	}
	winner := transcript.OursWins
	switch c.Relation {
	case transcript.Behind:
		winner = c.Winner()
	case transcript.Diverged:
		if err := a.Store.CheckNotHeld(now); err != nil { // before the fork is written, not after
			return err
		}
		theirs.Side = c.Theirs
		if _, err := a.keepFork(s, theirs); err != nil {
			return err
		}
	}
	late, err := a.Store.Replace(now, at, func(w io.Writer) error { return transcript.Merge(w, now.All(), theirs.Source, c, winner) })
	if late && err == nil && winner == transcript.TheirsWins {
		_, err = a.keepOvertaken(s, now, theirs)
	}
	return err
}
