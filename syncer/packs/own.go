package packs

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"syscall"

	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/internal/fingerprint"
	"claude-sync/syncer/internal/oserr"
	"claude-sync/syncer/project"
	"claude-sync/syncer/transcript"
	"claude-sync/syncer/transport"
)

// OwnError says that this machine's own pack cannot be replaced because it cannot be read: writing over it might
// lose rows.
type OwnError struct {
	Name string
	Err  error
}

// Error names the pack and the reason.
func (e *OwnError) Error() string { return fmt.Sprintf("this machine's pack %s: %v", e.Name, e.Err) }

// Unwrap returns the reason.
func (e *OwnError) Unwrap() error { return e.Err }

// Hint says what a person can do, "" if the reason may have gone the next time.
func (e *OwnError) Hint() string {
	if !NotAPack(e.Err) && !errors.Is(e.Err, oserr.ErrNotRegular) && !oserr.Unreadable(e.Err) {
		return ""
	}
	return "move " + e.Name + " out of the sync folder, then run claude-sync push again"
}

// TooLongError says that the transport takes no file as long as the pack would be.
type TooLongError struct{ Size, Longest int64 }

// Error names both sizes.
func (e *TooLongError) Error() string {
	const gib = 1 << 30
	return fmt.Sprintf("its pack would have %.1f GiB, and the sync folder's file system takes no file over %.0f GiB", float64(e.Size)/gib, float64(e.Longest)/gib)
}

// Unwrap returns the error of a system that is told to write such a file.
func (e *TooLongError) Unwrap() error { return syscall.EFBIG }

// Own is this machine's pack of one session and, once Write or Grow was called, its replacement. The new pack is
// the union of the old one and a transcript, because not even a transcript that lost rows may take them out of the
// sync folder. A row that was rewritten in the transcript is in the new pack as the transcript has it, and only so.
type Own struct {
	// Old is the pack as it was found, nil if there is none.
	Old *Pack

	set    Set
	header ccsync.Header
	name   string
	draft  transport.Draft
	damage *damage // of the old pack, nil if none was found
	aside  string  // where the damaged file is, once the new one has its name
}

// OpenOwn opens this machine's pack of a session for its replacement by one with the header h. The caller calls
// Discard in the end.
//
// One that is damaged counts for the rows that can be read in it, and the file is set aside when the new one gets its
// name; Old is nil if not even its header can be read.
//
// Errors: *OwnError if there is one that cannot be read, or cannot be set aside.
func (s Set) OpenOwn(ctx context.Context, key project.Key, h ccsync.Header) (*Own, error) {
	o := &Own{set: s, header: h, name: s.Name(key, h.SessionID)}
	var err error
	if o.Old, err = s.Open(ctx, o.name); err == nil || errors.Is(err, fs.ErrNotExist) {
		return o, nil
	}
	if err := o.diagnose(ctx, err); err != nil {
		return nil, err
	}
	return o, nil
}

// Name is the pack's name in the transport.
func (o *Own) Name() string { return o.name }

// Relate compares the transcript with the old pack, see Source. Without one, the transcript is Ahead by bytes.
//
// Errors: *OwnError.
func (o *Own) Relate(ctx context.Context, ours transcript.Local) (transcript.Comparison, error) {
	if o.Old == nil {
		return transcript.Comparison{Relation: transcript.Ahead, ByBytes: true}, nil
	}
	c, err := transcript.Relate(ours, o.Old)
	if err == nil {
		return c, nil
	}
	if err := o.diagnose(ctx, err); err != nil {
		return c, err
	}
	if c, err = transcript.Relate(ours, o.Source()); err != nil {
		return c, &OwnError{Name: o.name, Err: err}
	}
	return c, nil
}

// Write writes the union of the old pack and the transcript, which c compares, ours last. Tap is given every byte
// of the transcript in the new pack.
//
// Errors: *TooLongError.
func (o *Own) Write(ctx context.Context, ours transcript.Local, c transcript.Comparison, tap io.Writer) (err error) {
	if err = o.begin(ctx, ours); err != nil {
		return err
	}
	if c.ByBytes && c.Relation != transcript.Behind { // the transcript begins with all of the old pack
		_, err = o.set.room.Write(o.draft, o.header, ours, ours.Size, tap)
		return err
	}
	winner := transcript.OursWins
	if c.Relation == transcript.Behind {
		winner = c.Winner()
	}
	return encode(o.draft, o.header, func(w io.Writer) error {
		return transcript.Merge(io.MultiWriter(w, tap), ours, o.Source(), c, winner)
	})
}

// begin makes the draft, unless a pack of the transcript is longer than the transport can take: that would show only after
// gigabytes were written. No pack is shorter than its transcript.
//
// Errors: *TooLongError.
func (o *Own) begin(ctx context.Context, ours transcript.Local) (err error) {
	if l, ok := o.set.Transport.(transport.Limiter); ok {
		if longest := l.Longest(); longest > 0 && ours.Size >= longest {
			return &TooLongError{Size: ours.Size, Longest: longest}
		}
	}
	o.draft, err = o.set.Transport.Create(ctx, o.name)
	return err
}

// Grow makes the new pack from a copy of the old one and the bytes that the transcript has more, if was is the
// fingerprint of the transcript in the old pack. No row of the old pack can get lost, because all of its text
// stays. It reports false if the pack has to be made by Write: above all if the transcript does not begin with the
// bytes of was.
func (o *Own) Grow(ctx context.Context, ours transcript.Local, was fingerprint.Fingerprint, tap io.Writer) (grown bool, err error) {
	if err = o.begin(ctx, ours); err != nil {
		return false, err
	}
	if grown, err = o.extend(ours, was, tap); grown {
		return true, nil
	}
	if damaged(err) {
		err = nil // Relate reads the pack
	}
	err = errors.Join(err, o.draft.Discard())
	o.draft = nil
	return false, err
}

func (o *Own) extend(ours transcript.Local, was fingerprint.Fingerprint, tap io.Writer) (bool, error) {
	to, ok := o.draft.(transport.Copier)
	if !ok || was.Size == 0 || ours.Size < was.Size {
		return false, nil
	}
	// Copying is bound by the disk and hashing by the processor, so both go at once.
	copied := make(chan error, 1)
	go func() { copied <- to.CopyFrom(o.Old.file) }()
	all, err := fingerprint.Hash(ours, was.Size)
	if err := errors.Join(err, <-copied); err != nil {
		return false, err
	}
	if all != was.All {
		return false, nil
	}
	_, err = o.Old.Extend(o.draft, o.header, ours, was.Size, ours.Size, tap)
	if errors.Is(err, ccsync.ErrNotExtendable) {
		return false, nil
	}
	return err == nil, err
}

// Commit gives the new pack its name, if the old one is still as it was read.
func (o *Own) Commit(ctx context.Context) error {
	if err := o.ready(ctx); err != nil {
		return err
	}
	return o.draft.Commit()
}

// Batch begins to make the new pack durable, for a batch of files that share the disk's work. It returns nil if the
// transport has no batches; then Commit does it all.
func (o *Own) Batch() *Batched {
	d, ok := o.draft.(transport.Batcher)
	if !ok {
		return nil
	}
	d.SyncSoon()
	return &Batched{own: o, draft: d}
}

// Batched is a new pack in a batch.
type Batched struct {
	own   *Own
	draft transport.Batcher
}

// Dir is the folder whose names the batch makes durable.
func (b *Batched) Dir() string { return b.draft.Dir() }

// Commit is Own.Commit, except that the name becomes durable only with the batch.
func (b *Batched) Commit(ctx context.Context, disk transport.Batch) error {
	if err := b.own.ready(ctx); err != nil {
		return err
	}
	return b.draft.CommitIn(disk)
}

// ready checks that the old pack is still the one that was read, and closes it if this system replaces no file
// that is open.
//
// RACE: between this and Commit a sync tool may bring another version of our own pack, which happens only if two
// machines have one name. The sync tool then keeps that version as a conflicted copy, which is read as one more
// pack.
func (o *Own) ready(ctx context.Context) error {
	if o.damage != nil {
		return o.setAside(ctx)
	}
	now, err := o.set.Open(ctx, o.name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // gone meanwhile: ours loses nothing
	}
	if err != nil {
		return &OwnError{Name: o.name, Err: err}
	}
	defer now.Close()
	if o.Old == nil || now.Header != o.Old.Header || now.Size() != o.Old.Size() {
		return &OwnError{Name: o.name, Err: oserr.ErrChanged}
	}
	if !oserr.ReplaceOpen {
		_ = o.Old.Close()
	}
	return nil
}

// Discard closes the old pack, and drops the new one if it has no name yet.
func (o *Own) Discard() {
	_ = o.Old.Close()
	if o.draft != nil {
		_ = o.draft.Discard()
	}
}

// encode writes a pack of the rows that fill writes.
func encode(w transport.Draft, h ccsync.Header, fill func(io.Writer) error) error {
	e, err := ccsync.NewEncoder(w, h)
	if err != nil {
		return err
	}
	buffered := bufio.NewWriterSize(e, 256<<10)
	if err := fill(buffered); err != nil {
		return err
	}
	if err := buffered.Flush(); err != nil {
		return err
	}
	lines, err := e.Close()
	if err != nil {
		return err
	}
	return ccsync.PatchLineCount(w, h, lines)
}
