package apply

import (
	"context"
	"io"
	"slices"

	"claude-sync/syncer"
)

// update merges every pack into the transcript that has all of our conversation. It reports those that turn out to be
// diverged.
func (a Applier) update(ctx context.Context, s syncer.Step, tap io.Writer) ([]syncer.Event, error) {
	got, err := a.mergeAll(ctx, s, tap)
	var events []syncer.Event
	if got.changed {
		e := s.Event(syncer.Updated)
		e.From = got.from
		events = append(events, e)
	}
	return slices.Concat(events, got.forks, unusable(s, got.bad), conflict(s, got.diverged)), err
}
