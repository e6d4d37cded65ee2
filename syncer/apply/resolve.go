package apply

import (
	"context"
	"io"
	"slices"

	"claude-sync/syncer"
	"claude-sync/syncer/transcript"
)

// resolve ends a divergence: the session continues with the winner's branch, and each other branch becomes a fork.
// Every stage leaves the transcript whole, and each fork is durable before the merge that needs it; so a resolve
// that was stopped is simply begun again.
func (a Applier) resolve(ctx context.Context, s syncer.Step, tap io.Writer) ([]syncer.Event, error) {
	var events []syncer.Event
	for _, v := range winnerFirst(s) {
		winner := transcript.OursWins
		if s.Winner != "" && v.Machine == s.Winner {
			winner = transcript.TheirsWins
		}
		got, err := a.mergePack(ctx, s, v, &winner, tap)
		for _, e := range got.forks {
			again := func(other syncer.Event) bool { return other.Session == e.Session } // a copy of the same pack
			if !slices.ContainsFunc(events, again) {
				events = append(events, e)
			}
		}
		if err != nil {
			return events, err
		}
	}
	return append(events, s.Event(syncer.Resolved)), nil
}

// winnerFirst orders the packs so that the winner's branch is merged first, and all others lose against it. Packs of
// which the transcript has every row are left out.
func winnerFirst(s syncer.Step) []syncer.Version {
	versions := slices.DeleteFunc(s.Session.LongestFirst(), func(v syncer.Version) bool { return v.Complete || v.Damaged })
	rank := func(v syncer.Version) int {
		if v.Machine == s.Winner {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(versions, func(a, b syncer.Version) int { return rank(a) - rank(b) })
	return versions
}
