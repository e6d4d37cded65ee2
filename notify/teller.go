package notify

import (
	"bytes"
	"context"

	"claude-sync/syncer"
)

// Teller notifies a person of the results of looks and work, once each. One goroutine uses it.
type Teller struct {
	desktop  *Desktop
	save     func([]byte) error
	muted    func() bool
	notified Notified
	saved    []byte
	before   *syncer.Snapshot
}

// NewTeller starts with the bytes that an earlier Teller gave to save. It gives its own to save after each change.
// While muted returns true, it shows nothing, and remembers everything as shown.
func NewTeller(o Options, notified []byte, save func([]byte) error, muted func() bool) *Teller {
	t := &Teller{desktop: New(o), save: save, muted: muted, saved: notified}
	// After an error a person is notified once more, which is better than never.
	t.notified, _ = ParseNotified(notified)
	return t
}

// Tell decides on a scene and shows the notes. It sets the scene's Before itself. A scene without After and
// without Unavailable is the end of work, before the next look.
func (t *Teller) Tell(ctx context.Context, s Scene) {
	s.Before = t.before
	if s.After != nil {
		t.before = s.After
	} else if s.Unavailable == "" {
		s.After = t.before
	}
	notes, notified := Decide(t.notified, s)
	t.notified = notified
	for _, n := range notes {
		t.show(ctx, n)
	}
	// After an error of save the next start notifies once more, and nothing worse.
	if b := notified.Bytes(); !bytes.Equal(b, t.saved) && t.save(b) == nil {
		t.saved = b
	}
}

// Say shows one sentence in answer to something that a person did.
func (t *Teller) Say(ctx context.Context, text string) {
	t.show(ctx, Note{ID: "say", Title: "claude-sync", Body: text})
}

func (t *Teller) show(ctx context.Context, n Note) {
	if !t.muted() {
		_ = t.desktop.Show(ctx, n) // an error means that the program is ending
	}
}

// Close ends the delivery.
func (t *Teller) Close() { t.desktop.Close() }
