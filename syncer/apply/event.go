package apply

import (
	"errors"
	"fmt"

	"claude-sync/syncer"
	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/claude"
	"claude-sync/syncer/packs"
)

// failed is the event of a step that ended with err.
func failed(s syncer.Step, err error) syncer.Event { return asFailure(s.Event(syncer.Failed), err) }

// asFailure turns an event into the one of its failure. A session that Claude Code opened meanwhile is held, not
// failed.
func asFailure(e syncer.Event, err error) syncer.Event {
	e.Kind = syncer.Failed
	var held *claude.HeldError
	if errors.As(err, &held) {
		e.Kind, e.PID = syncer.Held, held.PID
		return e
	}
	e.Err = err
	return e
}

// conflict reports machines whose packs turned out to be diverged: the scan did not compare them, or others were merged
// in before.
func conflict(s syncer.Step, machines []string) []syncer.Event {
	if len(machines) == 0 {
		return nil
	}
	e := s.Event(syncer.Conflicted)
	e.From = machines
	return []syncer.Event{e}
}

// unusable reports packs that could not be merged in. A file that is not a valid pack becomes a stray, as in a scan.
// A pack that cannot be read is a failure.
func unusable(s syncer.Step, bad []*packError) []syncer.Event {
	var events []syncer.Event
	for _, p := range bad {
		if packs.NotAPack(p) {
			events = append(events, syncer.Stray{Name: p.Name, Reason: p.err}.Event())
		} else {
			events = append(events, failed(s, p))
		}
	}
	return events
}

// packError says which of a session's packs cannot be used, for a reason that lies in the pack.
type packError struct {
	syncer.Version
	err error
}

// Error names the machine and gives the reason.
func (e *packError) Error() string { return fmt.Sprintf("pack from %s: %v", e.Machine, e.err) }

// Unwrap returns the reason.
func (e *packError) Unwrap() error { return e.err }

// asPackError returns the error as the pack's if the reason lies in the pack, and nil if it lies here.
func asPackError(v syncer.Version, err error) *packError {
	var bad *packError
	var read *ccsync.ReadError
	if !errors.As(err, &bad) && (packs.NotAPack(err) || errors.As(err, &read)) {
		bad = &packError{v, err}
	}
	return bad
}
