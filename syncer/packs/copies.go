package packs

import (
	"context"
	"errors"
	"io"
	"strings"
	"time"

	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/internal/oserr"
	"claude-sync/syncer/project"
	"claude-sync/syncer/transcript"
	"claude-sync/syncer/transport"
)

// NamesCopy reports whether name is one that sync tools give to a conflicted copy of the pack called own: in the same
// folder, with something before or behind the pack's own name. A name that differs from the pack's only in case may be
// the pack itself.
func NamesCopy(name, own string) bool {
	i := strings.LastIndexByte(own, '/') + 1
	base, in := strings.CutPrefix(name, own[:i])
	return in && !strings.EqualFold(name, own) && !strings.Contains(base, "/") &&
		strings.Contains(base, strings.TrimSuffix(own[i:], transport.Extension))
}

// Copy is a sync tool's conflicted copy of this machine's own pack of a session, compared with the pack. Only the
// machine that wrote the pack opens one.
type Copy struct {
	// Pack is the copy.
	*Pack
	// Comparison is that of the own pack, as ours, with the copy.
	transcript.Comparison

	set        Set
	own        *Pack
	ownName    string
	name       string
	transcript transcript.Local // in the own pack
}

// OpenCopy opens a conflicted copy of this machine's own pack of a session, and compares the two. The caller closes it.
//
// Errors: one that wraps fs.ErrNotExist if there is no own pack, or no copy any more; those of Open.
func (s Set) OpenCopy(ctx context.Context, key project.Key, id ccsync.SessionID, name string) (_ *Copy, err error) {
	c := &Copy{set: s, ownName: s.Name(key, id), name: name}
	defer func() {
		if err != nil {
			c.Close()
		}
	}()
	if c.own, err = s.Open(ctx, c.ownName); err != nil {
		return nil, err
	}
	if c.Pack, err = s.Open(ctx, name); err != nil {
		return nil, err
	}
	size, err := io.Copy(io.Discard, c.own.Body())
	if err != nil {
		return nil, err
	}
	c.transcript = transcript.Local{ReaderAt: &rewinder{open: c.own.Open}, Size: size}
	c.Comparison, err = transcript.Relate(c.transcript, inOrder{c.Pack})
	return c, err
}

// inOrder has a pack compared from the first byte to the last, which is what a rewinder is good at.
type inOrder struct{ transcript.Source }

// Close closes both packs.
func (c *Copy) Close() {
	_ = c.own.Close()
	_ = c.Pack.Close()
}

// HasNews reports whether a row of the copy stands nowhere in the own pack.
func (c *Copy) HasNews() bool {
	return c.Relation == transcript.Behind || c.Relation == transcript.Diverged || len(c.Theirs.NewRows) > 0
}

// Unite replaces the own pack by its union with the copy, at the time now. The own pack's rows come last.
//
// Errors: *OwnError if the own pack has changed.
func (c *Copy) Unite(ctx context.Context, now time.Time) error {
	h := c.own.Header
	h.ExportedAt = now.UnixMilli()
	own := &Own{Old: c.own, set: c.set, header: h, name: c.ownName}
	defer own.Discard()
	var err error
	if own.draft, err = c.set.Transport.Create(ctx, own.name); err != nil {
		return err
	}
	err = encode(own.draft, h, func(w io.Writer) error {
		return transcript.Merge(w, c.transcript, inOrder{c.Pack}, c.Comparison, transcript.OursWins)
	})
	if err != nil {
		return err
	}
	return own.Commit(ctx)
}

// Remove closes and removes the copy, if both it and the own pack still are as they were compared. It reports false if
// they are not, if the copy has news, or if the transport removes no files.
//
// RACE: between the check and the removal a sync tool may bring another file of this name. It makes a new name for each
// copy, so that is no copy with news; but a machine whose name is this one's with an end to it may write its first pack
// of the session in these microseconds, under the name that OneDrive has given to the copy.
func (c *Copy) Remove(ctx context.Context) (bool, error) {
	to, ok := c.set.Transport.(transport.Remover)
	if !ok || c.HasNews() || c.still(ctx, c.ownName, c.own) != nil || c.still(ctx, c.name, c.Pack) != nil {
		return false, nil
	}
	c.Close()
	err := to.Remove(ctx, c.name)
	return err == nil, err
}

// still returns an error if a pack is not the one any more that was read.
func (c *Copy) still(ctx context.Context, name string, was *Pack) error {
	now, err := c.set.Open(ctx, name)
	if err != nil {
		return err
	}
	defer now.Close()
	if now.Header != was.Header || now.Size() != was.Size() {
		return oserr.ErrChanged
	}
	return nil
}

// rewinder reads at any place of what can only be read from its beginning. It is fast for a caller who reads onwards.
type rewinder struct {
	open func() io.Reader
	r    io.Reader
	at   int64 // where r stands
}

// ReadAt implements io.ReaderAt, for one goroutine.
func (w *rewinder) ReadAt(b []byte, off int64) (int, error) {
	if w.r == nil || off < w.at {
		w.r, w.at = w.open(), 0
	}
	skipped, err := io.CopyN(io.Discard, w.r, off-w.at)
	w.at += skipped
	if err != nil {
		return 0, err
	}
	n, err := io.ReadFull(w.r, b)
	w.at += int64(n)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = io.EOF
	}
	return n, err
}
