package apply

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"slices"

	"claude-sync/syncer"
	"claude-sync/syncer/claude"
	"claude-sync/syncer/packs"
	"claude-sync/syncer/transcript"
	"claude-sync/syncer/words"
)

// merged is the result of merging packs into a transcript.
type merged struct {
	changed  bool           // the transcript
	from     []string       // the machines whose packs had news
	diverged []string       // the machines whose packs a person has to decide about
	forks    []syncer.Event // of branches with which the session does not continue
	bad      []*packError   // of packs that cannot be used
}

// mergeAll merges a session's packs into its transcript, the longest first. One pack may settle the divergence of
// another, so the diverged ones are tried again as long as others are merged.
func (a Applier) mergeAll(ctx context.Context, s syncer.Step, tap io.Writer) (merged, error) {
	var all merged
	left := slices.DeleteFunc(s.Session.LongestFirst(), func(v syncer.Version) bool { return v.Complete || v.Damaged })
	for {
		var again []syncer.Version
		progress := false
		for _, v := range left {
			one, err := a.mergePack(ctx, s, v, nil, tap)
			progress, all.changed = progress || one.changed, all.changed || one.changed
			if one.changed {
				all.from = append(all.from, v.Machine)
			}
			all.forks = append(all.forks, one.forks...)
			switch {
			case errors.Is(err, errDiverged) && v.Own: // the next push settles it
			case errors.Is(err, errDiverged):
				again = append(again, v)
			case err != nil:
				bad := asPackError(v, err)
				if bad == nil || ctx.Err() != nil {
					return all, err
				}
				all.bad = append(all.bad, bad)
			}
		}
		if !progress || len(again) == 0 {
			for _, v := range again {
				all.diverged = append(all.diverged, v.Machine)
			}
			all.from, all.diverged = words.Names(all.from), words.Names(all.diverged)
			return all, nil
		}
		left = again
	}
}

// errDiverged says that a pack cannot be merged in without a person's choice.
var errDiverged = errors.New("it was continued on both machines")

// mergePack makes the session's transcript hold every row of one pack. A diverged pack is merged only if choice says
// whose branch continues; then the loser is kept as a fork first.
func (a Applier) mergePack(ctx context.Context, s syncer.Step, v syncer.Version, choice *transcript.Winner, tap io.Writer) (merged, error) {
	pack, err := a.Packs.Open(ctx, v.Name)
	if err != nil {
		return merged{}, &packError{v, err}
	}
	defer pack.Close()
	t, err := claude.OpenOrNew(s.Session.Path)
	if err != nil {
		return merged{}, err
	}
	defer t.Close()
	switch {
	case !t.Exists() && choice != nil:
		return merged{}, &claude.ReadError{Path: t.Path(), Err: fs.ErrNotExist}
	case !t.Exists():
		changed, err := a.unpack(t, pack, tap)
		return merged{changed: changed}, err
	}
	early := beginCopy(a.Store, t, v)
	defer early.discard()
	c, err := transcript.Relate(t.All(), pack)
	if err != nil {
		return merged{}, t.Explain(err)
	}
	winner := c.Winner()
	var got merged
	switch {
	case c.Relation == transcript.Diverged && choice == nil:
		return merged{}, errDiverged
	case c.Relation == transcript.Diverged:
		winner = *choice
		if got.forks, err = a.keepLoser(s, t, pack, v.Machine, c, winner); err != nil {
			return got, err
		}
	case c.Relation != transcript.Behind:
		return merged{}, nil
	}
	// From here on, the transcript is behind, or its fork or theirs is durable.
	late, err := a.mergeInto(t, pack, c, winner, early, tap)
	got.changed = err == nil
	if late && err == nil {
		var forks []syncer.Event
		forks, err = a.keepOvertaken(s, t, transcript.Branch{Source: pack, Machine: v.Machine})
		got.forks = append(got.forks, forks...)
	}
	return got, err
}

// mergeInto replaces a transcript by its union with a pack. It reports whether rows came late, as
// claude.Store.Replace does.
func (a Applier) mergeInto(t *claude.File, pack *packs.Pack, c transcript.Comparison, winner transcript.Winner, early *copying, tap io.Writer) (late bool, err error) {
	if c.More != nil {
		return a.fastForward(t, pack, c.More, early, tap)
	}
	early.discard()
	return a.Store.Replace(t, pack.Exported(), func(w io.Writer) error {
		return transcript.Merge(io.MultiWriter(w, tap), t.All(), pack, c, winner)
	})
}

// unpack writes a transcript that is not here yet. It reports false if the pack holds no rows.
func (a Applier) unpack(t *claude.File, pack *packs.Pack, tap io.Writer) (bool, error) {
	d, err := a.Store.Draft(t)
	if err != nil {
		return false, err
	}
	defer d.Discard()
	size, err := pack.CopyTo(d, tap)
	if err != nil {
		return false, t.Explain(err)
	}
	if size == 0 {
		return false, nil
	}
	_, err = d.Commit(pack.Exported())
	return err == nil, err
}
