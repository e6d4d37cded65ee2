package hang

import (
	"context"
	"errors"
	"io"
	"time"

	"claude-sync/syncer/transport"
)

// Transport returns t so that its calls are counted. The result has every power that package transport names; where t
// lacks one, it does the same more slowly.
func (w *Watch) Transport(t transport.Transport) transport.Transport {
	if w == nil {
		return t
	}
	if f, ok := t.(*transport.Folder); ok {
		t = f.Guarded(w.gone)
	}
	c, ok := t.(transport.Checker)
	if !ok {
		w.at(t.String(), nil)
		return watched{t, w}
	}
	w.at(t.String(), func() {
		_, _ = c.FreeSpace() // no cache of the system answers this one
		_ = c.Marked()
	})
	return watched{t, w}
}

// watched is a Transport whose calls are counted.
type watched struct {
	transport.Transport
	w *Watch
}

// Folders implements transport.Transport.
func (t watched) Folders(ctx context.Context) ([]string, error) {
	if err := t.w.begin(long); err != nil {
		return nil, err
	}
	folders, err := t.Transport.Folders(ctx)
	return folders, t.w.end(long, err)
}

// List implements transport.Transport.
func (t watched) List(ctx context.Context, folder string) ([]transport.File, error) {
	if err := t.w.begin(long); err != nil {
		return nil, err
	}
	files, err := t.Transport.List(ctx, folder)
	for i := range files {
		if errors.Is(files[i].Problem, transport.ErrNotDownloaded) {
			t.w.cloud.Store(files[i].Name, true)
		}
	}
	return files, t.w.end(long, err)
}

// Open implements transport.Transport.
func (t watched) Open(ctx context.Context, name string) (transport.Content, error) {
	k := quick
	if _, far := t.w.cloud.Load(name); far { // to open and to read it has the sync tool download it
		k = long
	}
	if err := t.w.begin(k); err != nil {
		return nil, err
	}
	c, err := t.Transport.Open(ctx, name)
	if gone := t.w.end(k, err); gone != nil {
		if err == nil {
			_ = c.Close()
		}
		return nil, gone
	}
	return &content{c, t.w, k}, nil
}

// Create implements transport.Transport.
func (t watched) Create(ctx context.Context, name string) (transport.Draft, error) {
	if err := t.w.begin(long); err != nil {
		return nil, err
	}
	d, err := t.Transport.Create(ctx, name)
	if gone := t.w.end(long, err); gone != nil {
		if err == nil {
			_ = d.Discard()
		}
		return nil, gone
	}
	return draft{d, t.w}, nil
}

// Sweep implements transport.Sweeper.
func (t watched) Sweep(now time.Time) {
	s, ok := t.Transport.(transport.Sweeper)
	if ok && t.w.begin(long) == nil {
		s.Sweep(now)
		_ = t.w.end(long, nil) // the next call says so
	}
}

// Remove implements transport.Remover.
func (t watched) Remove(ctx context.Context, name string) error {
	r, ok := t.Transport.(transport.Remover)
	if !ok {
		return errors.ErrUnsupported
	}
	if err := t.w.begin(long); err != nil {
		return err
	}
	return t.w.end(long, r.Remove(ctx, name))
}

// SetAside implements transport.Keeper.
func (t watched) SetAside(ctx context.Context, name string) (string, error) {
	k, ok := t.Transport.(transport.Keeper)
	if !ok {
		return "", errors.ErrUnsupported
	}
	if err := t.w.begin(long); err != nil {
		return "", err
	}
	aside, err := k.SetAside(ctx, name)
	return aside, t.w.end(long, err)
}

// Longest implements transport.Limiter.
func (t watched) Longest() int64 {
	l, ok := t.Transport.(transport.Limiter)
	if !ok || t.w.begin(quick) != nil {
		return 0
	}
	longest := l.Longest()
	_ = t.w.end(quick, nil) // the next call says so
	return longest
}

// Prepare implements transport.Preparer.
func (t watched) Prepare() error {
	p, ok := t.Transport.(transport.Preparer)
	if !ok {
		return nil
	}
	if err := t.w.begin(long); err != nil {
		return err
	}
	return t.w.end(long, p.Prepare())
}

// Marked implements transport.Checker.
func (t watched) Marked() bool {
	c, ok := t.Transport.(transport.Checker)
	if !ok {
		return true
	}
	if t.w.begin(quick) != nil {
		return false
	}
	marked := c.Marked()
	return t.w.end(quick, nil) == nil && marked
}

// Writable implements transport.Checker.
func (t watched) Writable() error {
	c, ok := t.Transport.(transport.Checker)
	if !ok {
		return nil
	}
	if err := t.w.begin(long); err != nil {
		return err
	}
	return t.w.end(long, c.Writable())
}

// FreeSpace implements transport.Checker.
func (t watched) FreeSpace() (int64, error) {
	c, ok := t.Transport.(transport.Checker)
	if !ok {
		return 0, errors.ErrUnsupported
	}
	if err := t.w.begin(quick); err != nil {
		return 0, err
	}
	free, err := c.FreeSpace()
	return free, t.w.end(quick, err)
}

// content is a Content whose reads are counted. A pointer to it lies in an interface without a copy.
type content struct {
	transport.Content
	w *Watch
	k kind
}

// ReadAt implements transport.Content.
func (c *content) ReadAt(b []byte, off int64) (int, error) {
	if err := c.w.begin(c.k); err != nil {
		return 0, err
	}
	n, err := c.Content.ReadAt(b, off)
	return n, c.w.end(c.k, err)
}

// Close implements transport.Content. It is never refused: the file is open.
func (c *content) Close() error {
	c.w.enter(quick)
	return c.w.end(quick, c.Content.Close())
}

// draft is a Draft whose calls are counted, with the powers of a Batcher and a Copier.
type draft struct {
	transport.Draft
	w *Watch
}

var (
	_ transport.Batcher = draft{}
	_ transport.Copier  = draft{}
)

// Write implements transport.Draft.
func (d draft) Write(b []byte) (int, error) {
	if err := d.w.begin(long); err != nil {
		return 0, err
	}
	n, err := d.Draft.Write(b)
	return n, d.w.end(long, err)
}

// WriteAt implements transport.Draft.
func (d draft) WriteAt(b []byte, off int64) (int, error) {
	if err := d.w.begin(long); err != nil {
		return 0, err
	}
	n, err := d.Draft.WriteAt(b, off)
	return n, d.w.end(long, err)
}

// Commit implements transport.Draft.
func (d draft) Commit() error {
	if err := d.w.begin(long); err != nil {
		return err
	}
	return d.w.end(long, d.Draft.Commit())
}

// Discard implements transport.Draft. It is never refused: it takes the draft away.
func (d draft) Discard() error {
	d.w.enter(long)
	return d.w.end(long, d.Draft.Discard())
}

// SyncSoon implements transport.Batcher. Without that power, Commit does it all.
func (d draft) SyncSoon() {
	b, ok := d.Draft.(transport.Batcher)
	if ok && d.w.begin(long) == nil {
		b.SyncSoon()
		_ = d.w.end(long, nil) // Commit says so
	}
}

// Dir implements transport.Batcher.
func (d draft) Dir() string {
	if b, ok := d.Draft.(transport.Batcher); ok {
		return b.Dir()
	}
	return ""
}

// CommitIn implements transport.Batcher.
func (d draft) CommitIn(batch transport.Batch) error {
	b, ok := d.Draft.(transport.Batcher)
	if !ok {
		return d.Commit()
	}
	if err := d.w.begin(long); err != nil {
		return err
	}
	return d.w.end(long, b.CommitIn(counted{batch, d.w}))
}

// counted is a Batch whose functions are counted when they run.
type counted struct {
	transport.Batch
	w *Watch
}

// Add implements transport.Batch.
func (c counted) Add(dir string, sync func() error) {
	c.Batch.Add(dir, func() error {
		if err := c.w.begin(long); err != nil {
			return err
		}
		return c.w.end(long, sync())
	})
}

// CopyFrom implements transport.Copier.
func (d draft) CopyFrom(c transport.Content) error {
	if own, ok := c.(*content); ok {
		c = own.Content // a file system shares the bytes of files that it knows
	}
	if err := d.w.begin(long); err != nil {
		return err
	}
	if to, ok := d.Draft.(transport.Copier); ok {
		return d.w.end(long, to.CopyFrom(c))
	}
	_, err := io.Copy(d.Draft, io.NewSectionReader(c, 0, c.Size()))
	return d.w.end(long, err)
}
