package apply

import (
	"cmp"
	"errors"
	"io"
	"path/filepath"
	"slices"

	"claude-sync/syncer"
	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/claude"
	"claude-sync/syncer/internal/rows"
	"claude-sync/syncer/packs"
	"claude-sync/syncer/transcript"
)

// keepLoser keeps the losing side of a divergence as a fork. Before, it checks that the session is not held: then
// there will be no merge, and a fork would be too early.
func (a Applier) keepLoser(s syncer.Step, t *claude.File, pack *packs.Pack, machine string, c transcript.Comparison, winner transcript.Winner) ([]syncer.Event, error) {
	if err := a.Store.CheckNotHeld(t); err != nil {
		return nil, err
	}
	loser := transcript.Branch{Source: t.All(), Side: c.Ours, Machine: a.Packs.Machine}
	if winner == transcript.OursWins {
		loser = transcript.Branch{Source: pack, Side: c.Theirs, Machine: machine}
	}
	return a.keepFork(s, loser)
}

// keepOvertaken keeps a pack's branch as a fork if rows that Claude Code appended in the moment of the replacement
// came to stand behind it: they continue the transcript as it was, t, and so does the session. That needs no turn; a
// row of a command is enough.
func (a Applier) keepOvertaken(s syncer.Step, t *claude.File, theirs transcript.Branch) ([]syncer.Event, error) {
	c, err := transcript.Relate(t.All(), theirs.Source)
	late := slices.ContainsFunc(c.Ours.NewRows, func(r rows.Row) bool { return r.Value != "" })
	if err != nil || c.Relation != transcript.Diverged && (!late || c.Theirs.NewTurns == 0) {
		return nil, err
	}
	theirs.Side = c.Theirs
	return a.keepFork(s, theirs)
}

// keepFork keeps a losing branch as a session of its own beside the session's transcript, and reports it. It does nothing if
// there is no branch to keep, see transcript.Branch.Fork.
func (a Applier) keepFork(s syncer.Step, b transcript.Branch) ([]syncer.Event, error) {
	fork, err := b.Fork()
	if err != nil || fork == nil {
		return nil, err
	}
	e := s.Event(syncer.Forked)
	e.From = []string{b.Machine}
	folder := filepath.Dir(cmp.Or(s.Beside, s.Session.Path))
	for id := range fork.IDs(s.Session.ID) {
		kept, err := a.writeFork(s.Session.ID, fork, filepath.Join(folder, string(id)+".jsonl"), id)
		if e.Session, e.Title = id, fork.Title; kept || err != nil {
			return []syncer.Event{e}, err
		}
	}
	return nil, errors.New("other sessions have all the ids that its fork may have")
}

// writeFork writes the fork of a session to path, under an id. It reports false if another conversation has that id.
func (a Applier) writeFork(of ccsync.SessionID, fork *transcript.Fork, path string, id ccsync.SessionID) (kept bool, err error) {
	t, err := claude.OpenOrNew(path)
	if err != nil {
		return false, err
	}
	defer t.Close()
	d, err := a.Store.Draft(t)
	if err != nil {
		return false, err
	}
	defer d.Discard()
	if err := fork.Write(d, of, id); err != nil {
		return false, err
	}
	if t.Exists() {
		return a.joinFork(t, d)
	}
	_, err = d.Commit(a.Now())
	return err == nil, err
}

// joinFork meets a transcript that has the fork's id already. A transcript that has all of the branch is left as it
// is: the user may have continued it. One that is a part of the branch gets the rest. It reports false if neither
// has all of the other: Claude Code made the file anew, or somebody planted it.
func (a Applier) joinFork(t *claude.File, fork *claude.Draft) (bool, error) {
	size, err := fork.Size()
	if err != nil {
		return false, err
	}
	fresh := transcript.Local{ReaderAt: fork, Size: size}
	c, err := transcript.Relate(t.All(), fresh)
	if err != nil || c.Relation == transcript.Diverged {
		return false, err
	}
	if c.Relation == transcript.Behind && (c.ByBytes || c.Theirs.NewTurns > 0) {
		_, err = a.Store.Replace(t, a.Now(), func(w io.Writer) error {
			return transcript.Merge(w, t.All(), fresh, c, transcript.OursWins)
		})
	}
	return true, err
}
