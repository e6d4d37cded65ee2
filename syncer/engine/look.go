package engine

import (
	"context"

	"claude-sync/syncer"
	"claude-sync/syncer/scan"
)

// Look reads what is: transcripts, packs, and how they relate. It changes nothing, except the cache that saves the
// next look the reading of unchanged files.
//
// Errors: *transport.UnavailableError if the sync folder cannot be seen; that the registry is broken. One bad
// transcript or pack is no error: it is a Session with a Problem, or a Stray.
func (m *Machine) Look(ctx context.Context) (syncer.Snapshot, error) {
	return m.scan(ctx, scan.Options{})
}

// LookBrief is Look with a small result: it drops the sessions that need no action, except the newest few of each
// project.
func (m *Machine) LookBrief(ctx context.Context, newest int) (syncer.Snapshot, error) {
	return m.scan(ctx, scan.Options{Brief: true, Newest: newest})
}

// LookLocal is Look without the sync folder: the sessions of this machine, related to nothing.
func (m *Machine) LookLocal(ctx context.Context) (syncer.Snapshot, error) {
	return m.scan(ctx, scan.Options{LocalOnly: true})
}

// LookLines is Look with the number of lines of every session. Transcripts that changed are read whole for it.
func (m *Machine) LookLines(ctx context.Context) (syncer.Snapshot, error) {
	return m.scan(ctx, scan.Options{Lines: true})
}
