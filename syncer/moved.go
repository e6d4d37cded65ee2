package syncer

import (
	"errors"
	"fmt"
	"io"
	"time"

	"claude-sync/syncer/claude"
	"claude-sync/syncer/project"
)

// LeftError says that some sessions of a checkout that is gone could not be brought to the one in its place.
type LeftError struct {
	Cwd string // that is gone
	To  string // the one in its place
	Err error
}

// Error says which checkout's, and why.
func (e *LeftError) Error() string {
	return fmt.Sprintf("some sessions of %s, which is gone, stay there: %v", e.Cwd, e.Err)
}

// Unwrap returns the reasons.
func (e *LeftError) Unwrap() error { return e.Err }

// bringAlong copies the sessions of a checkout that is gone, moved or renamed, to the one that was registered
// in its place: Claude Code looks for them by the folder's path, and would find none. The old ones are left to
// its clean-up.
//
// Errors: *LeftError, after all the others were brought.
func (m *Machine) bringAlong(key project.Key, old, cwd string) error {
	left, err := m.Store.Left(old)
	if err == nil {
		live, blind := m.Store.Live()
		for _, t := range left {
			var one error
			if open, held := m.Store.Held(t, live, m.now()); held || blind != nil {
				one = &HeldError{PID: open.PID}
			} else {
				one = m.bringOne(key, t, cwd)
			}
			if one != nil {
				err = errors.Join(err, fmt.Errorf("%s: %w", t.ID.Short(), one))
			}
		}
	}
	if err != nil {
		return &LeftError{old, cwd, err}
	}
	return nil
}

// bringOne makes the session of the same id in cwd hold every row of t, or begins it. Where the two parted
// there is nobody to ask, because both are this machine's: t's branch becomes a fork.
func (m *Machine) bringOne(key project.Key, t claude.Transcript, cwd string) error {
	path, err := m.Store.TranscriptPath(cwd, t.ID)
	if err != nil || path == t.Path {
		return err
	}
	old, err := openTranscript(t.Path, false)
	if err != nil {
		return err
	}
	defer old.Close()
	now, err := m.openHere(path)
	if err != nil {
		return err
	}
	defer now.Close()
	theirs := branch{Source: old.all(), machine: m.Name}
	if now.file == nil {
		_, err := m.writeTranscript(now, old.info.ModTime(), func(w io.Writer) error {
			_, err := io.Copy(w, theirs.Open())
			return err
		})
		return err
	}
	return m.joinLeft(Step{Project: key, Session: Session{ID: t.ID, Path: path}}, now, theirs, old.info.ModTime())
}

// joinLeft brings a branch of a checkout that is gone, which was written last at the given time, into the session
// that is in its place.
func (m *Machine) joinLeft(s Step, now *transcript, theirs branch, at time.Time) error {
	c, err := Relate(now.all(), theirs.Source)
	if err != nil || c.Relation == Same || c.Relation == Ahead && len(c.Theirs.news) == 0 {
		return err
	}
	winner := OurSide
	switch c.Relation {
	case Behind:
		winner = c.Winner()
	case Diverged:
		if err := m.notHeld(now); err != nil { // before the fork is written, not after
			return err
		}
		theirs.Branch = c.Theirs
		if _, err := m.fork(s, theirs); err != nil {
			return err
		}
	}
	late, err := m.writeTranscript(now, at, func(w io.Writer) error { return Merge(w, now.all(), theirs.Source, c, winner) })
	if late && err == nil && winner == TheirSide {
		_, err = m.overtaken(s, now, theirs)
	}
	return err
}
