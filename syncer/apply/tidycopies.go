package apply

import (
	"context"
	"errors"

	"claude-sync/syncer"
	"claude-sync/syncer/packs"
	"claude-sync/syncer/transcript"
)

// tidyCopies removes the conflicted copies of this machine's own pack of a session. A copy that has rows which the pack
// lacks is united with the pack first; then the pack is read again, and the copy goes only if that has every row of it.
//
// A copy is left for the next push, without a word, if it or the pack is not there as the scan saw it: then the pack's
// own step or the scan's stray says why. So is one that cannot be removed: it has no news, and does no harm.
func (a Applier) tidyCopies(ctx context.Context, s syncer.Step) (events []syncer.Event, err error) {
	done := s.Event(syncer.Tidied)
	for _, v := range s.Session.Versions {
		if !v.Copy {
			continue
		}
		united, forks, err := a.unite(ctx, s, v)
		if events = append(events, forks...); err != nil {
			return events, err
		}
		if united && a.remove(ctx, s, v) {
			done.Count++
		}
	}
	if done.Count > 0 {
		events = append(events, done)
	}
	return events, nil
}

// unite makes the own pack hold every row of a copy. It reports false if it does not and cannot. If the two parted, the
// copy's branch is kept as a fork first, as with the own pack: this machine wrote both, so there is no other person to
// ask. A fork needs a folder, which a session that is not here has not.
func (a Applier) unite(ctx context.Context, s syncer.Step, v syncer.Version) (united bool, forks []syncer.Event, err error) {
	c, err := a.Packs.OpenCopy(ctx, s.Project, s.Session.ID, v.Name)
	if err != nil {
		return false, nil, ctx.Err()
	}
	defer c.Close()
	if !c.HasNews() {
		return true, nil, nil
	}
	if c.Relation == transcript.Diverged {
		if s.Session.Path == "" {
			return false, nil, nil
		}
		if forks, err = a.keepFork(s, transcript.Branch{Source: c.Pack, Side: c.Theirs, Machine: a.Packs.Machine}); err != nil {
			return false, nil, err
		}
	}
	var changed *packs.OwnError
	if err = c.Unite(ctx, a.Now()); errors.As(err, &changed) {
		return false, forks, nil
	}
	return err == nil, forks, err
}

// remove removes a copy that has no news, and reports whether it did.
func (a Applier) remove(ctx context.Context, s syncer.Step, v syncer.Version) bool {
	c, err := a.Packs.OpenCopy(ctx, s.Project, s.Session.ID, v.Name)
	if err != nil {
		return false
	}
	defer c.Close()
	removed, err := c.Remove(ctx)
	return removed && err == nil
}
