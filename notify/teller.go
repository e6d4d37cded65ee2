package notify

import (
	"bytes"
	"context"

	"claude-sync/syncer"
)

// Teller tells a person what a look or a piece of work has brought, once. It is used by one goroutine.
type Teller struct {
	desktop *Desktop
	save    func([]byte) error
	quiet   func() bool
	told    Told
	saved   []byte
	before  *syncer.Snapshot
}

// NewTeller goes on from what was told before, as save was given it; save keeps it for the next start.
// While quiet says so, nothing is shown, and what would have been counts as told.
func NewTeller(o Options, told []byte, save func([]byte) error, quiet func() bool) *Teller {
	t := &Teller{desktop: New(o), save: save, quiet: quiet, saved: told}
	// What cannot be read is told once more, which is better than never.
	t.told, _ = ParseTold(told)
	return t
}

// Tell decides on a scene, whose Before it knows, and shows what deserves it. Without After and without
// Unavailable the scene is of work, after which nobody has looked yet.
func (t *Teller) Tell(ctx context.Context, s Scene) {
	s.Before = t.before
	if s.After != nil {
		t.before = s.After
	} else if s.Unavailable == "" {
		s.After = t.before
	}
	notes, told := Decide(t.told, s)
	t.told = told
	for _, n := range notes {
		t.show(ctx, n)
	}
	// A mark that cannot be kept is told again after the next start; nothing else comes of it.
	if b := told.Bytes(); !bytes.Equal(b, t.saved) && t.save(b) == nil {
		t.saved = b
	}
}

// Say shows one sentence in answer to something a person did.
func (t *Teller) Say(ctx context.Context, text string) {
	t.show(ctx, Note{ID: "say", Title: "claude-sync", Body: text})
}

func (t *Teller) show(ctx context.Context, n Note) {
	if !t.quiet() {
		_ = t.desktop.Show(ctx, n) // only a closed desktop refuses, and then nobody looks any more
	}
}

// Close ends the delivery.
func (t *Teller) Close() { t.desktop.Close() }
