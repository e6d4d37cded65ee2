package apply

import (
	"errors"
	"io"
	"sync/atomic"

	"claude-sync/syncer"
	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/claude"
	"claude-sync/syncer/internal/fingerprint"
	"claude-sync/syncer/internal/stamp"
	"claude-sync/syncer/packs"
)

// fastForward replaces a transcript that is a prefix of the pack's by a copy of it, which the kernel makes or
// shares, and the bytes that the pack has more. It reports whether rows came late, as claude.Store.Replace does.
func (a Applier) fastForward(t *claude.File, pack *packs.Pack, more *ccsync.Difference, early *copying, tap io.Writer) (late bool, err error) {
	if early == nil {
		early = newCopy(a.Store, t)
	}
	defer early.discard()
	d, err := early.wait()
	if err != nil {
		return false, t.Explain(err)
	}
	if _, err := io.CopyN(io.Discard, more.Rest, more.At-more.From); err != nil {
		return false, noEnd(err)
	}
	if _, err := io.Copy(io.MultiWriter(d, tap), more.Rest); err != nil {
		return false, err
	}
	return d.Commit(pack.Exported())
}

// noEnd turns an early end of a pack into an error.
func noEnd(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// copying is a copy of a transcript under way, for a longer one to begin with. Nil is no copy.
type copying struct {
	draft *claude.Draft
	done  chan error // gets the result of the copy, and is closed then
	stop  atomic.Bool
}

// beginCopy starts copying t in the background if t is probably a prefix of the pack, because copying is bound by
// the disk and comparing by the processor. It is probable if the pack was made after t was written last. If it turns
// out to be wrong, the copy is dropped.
func beginCopy(store claude.Store, t *claude.File, v syncer.Version) *copying {
	size := t.All().Size
	if v.State != syncer.Behind || !fingerprint.Pays(size) || v.Size <= size || !v.Exported.After(stamp.Of(t.Info()).Written()) {
		return nil
	}
	return newCopy(store, t)
}

// newCopy starts copying t, as long as t was when it was opened.
func newCopy(store claude.Store, t *claude.File) *copying {
	c := &copying{done: make(chan error, 1)}
	var err error
	if c.draft, err = store.Draft(t); err != nil {
		c.done <- err
		close(c.done)
		return c
	}
	go func() {
		defer close(c.done)
		c.done <- c.draft.CopyOld(c.stop.Load)
	}()
	return c
}

// wait returns the draft when the copy is complete.
func (c *copying) wait() (*claude.Draft, error) { return c.draft, <-c.done }

// discard ends the copy and drops it, unless it has its name already.
func (c *copying) discard() {
	if c == nil {
		return
	}
	c.stop.Store(true)
	<-c.done
	if c.draft != nil {
		_ = c.draft.Discard()
	}
}
