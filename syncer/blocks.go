package syncer

import (
	"errors"
	"fmt"
	"io"
	"sync/atomic"
	"time"

	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/claude"
	"claude-sync/syncer/internal/atomicfile"
	"claude-sync/syncer/internal/stamp"
)

// commonPrefix is commonPrefix for a pack, whose blocks are unescaped and compared several at once. When
// bytes do not settle the relation, rest reads theirs on from the first difference, at.
func (p packSource) commonPrefix(ours Local) (c Comparison, at int64, rest io.Reader, err error) {
	length, d, err := p.Compare(ours, ours.Size)
	if err != nil {
		return c, 0, nil, err
	}
	if length >= 0 {
		c.byBytes, c.length, c.more = true, length, d
		switch {
		case ours.Size > length:
			c.Relation = Ahead
		case ours.Size < length:
			c.Relation = Behind
		}
		c.Prefix, err = lastNewline(ours, min(length, ours.Size))
		return c, 0, nil, err
	}
	var first [1]byte
	if _, err := ours.ReadAt(first[:], d.At); err != nil && !errors.Is(err, io.EOF) {
		return c, 0, nil, err
	}
	c.greater = d.Theirs > first[0]
	if c.Prefix, err = lastNewline(ours, d.At); err != nil {
		return c, 0, nil, err
	}
	_, err = io.CopyN(io.Discard, d.Rest, d.At-d.From)
	return c, d.At, d.Rest, unexpected(err)
}

// errNoRows says that a pack has an empty transcript, which nobody wants to be installed.
var errNoRows = errors.New("it holds no rows")

// unpack writes a transcript of which there is none yet.
func (m *Machine) unpack(t *transcript, p packSource, measure io.Writer) (bool, error) {
	_, err := m.writeTranscript(t, time.UnixMilli(p.Header.ExportedAt), func(w io.Writer) error {
		at, ok := w.(io.WriterAt)
		if !ok {
			_, err := io.Copy(io.MultiWriter(w, measure), p.Open())
			return err
		}
		size, err := p.CopyTo(at, measure)
		if err == nil && size == 0 {
			err = errNoRows
		}
		return err
	})
	if errors.Is(err, errNoRows) {
		return false, nil
	}
	return err == nil, err
}

// forward writes a transcript that is the beginning of what a pack holds: a copy of it, which the kernel
// makes or shares, and what the pack has more. It reports whether rows came late, as writeTranscript does.
func (m *Machine) forward(t *transcript, p packSource, more *ccsync.Difference, early *copying, measure io.Writer) (late bool, err error) {
	if early == nil {
		early = newCopy(t)
	}
	defer early.discard()
	f, err := early.file()
	if err != nil {
		return false, t.why(err)
	}
	if _, err := io.CopyN(io.Discard, more.Rest, more.At-more.From); err != nil {
		return false, unexpected(err)
	}
	if _, err := io.Copy(io.MultiWriter(f, measure), more.Rest); err != nil {
		return false, err
	}
	return m.replace(t, f, time.UnixMilli(p.Header.ExportedAt))
}

// copying is a copy of a transcript on its way, for a longer one to begin with. Nil is none.
type copying struct {
	f    *atomicfile.File
	done chan error // what came of it; closed then
	stop atomic.Bool
}

// beginCopy begins a copy of t where t most likely is the beginning of what a pack holds, to go on while the
// two are being compared: the one keeps the disk busy, the other the processor. It is likely where the pack
// was made after t was written last. Where it turns out not to be so, the copy was in vain.
func beginCopy(t *transcript, v Version) *copying {
	size := t.info.Size()
	if v.Relation != Behind || size < testWorthIt || v.Size <= size || !v.Exported.After(stamp.Of(t.info).Written()) {
		return nil
	}
	return newCopy(t)
}

// newCopy begins a copy of t, as long as t is taken to be.
func newCopy(t *transcript) *copying {
	c := &copying{done: make(chan error, 1)}
	var err error
	if c.f, err = atomicfile.Create(t.path, 0o600); err == nil {
		_, err = t.file.Seek(0, io.SeekStart)
	}
	if err != nil {
		c.done <- err
		close(c.done)
		return c
	}
	go func() {
		defer close(c.done)
		c.done <- c.run(t)
	}()
	return c
}

// run copies part by part, to be stopped between two of them.
func (c *copying) run(t *transcript) error {
	const part = 32 << 20
	for left := t.info.Size(); left > 0 && !c.stop.Load(); left -= part {
		if err := c.f.CopyFrom(t.file, min(left, part)); err != nil {
			return err
		}
	}
	return nil
}

// file waits for the copy.
func (c *copying) file() (*atomicfile.File, error) { return c.f, <-c.done }

// discard ends the copy and drops it, unless it has got its name.
func (c *copying) discard() {
	if c == nil {
		return
	}
	c.stop.Store(true)
	<-c.done
	if c.f != nil {
		c.f.Discard()
	}
}

// describePack reads a pack to its end, and its title.
func describePack(p packSource) (claude.Description, error) {
	var ends claude.Ends
	_, err := p.CopyTo(nowhere{}, &ends)
	return ends.Describe(), err
}

// nowhere is written what only has to be seen.
type nowhere struct{}

// WriteAt implements io.WriterAt.
func (nowhere) WriteAt(b []byte, _ int64) (int, error) { return len(b), nil }

// packError says which of a session's packs cannot be taken, for a reason of its own.
type packError struct {
	Version
	err error
}

// Error names the machine and gives the reason.
func (e *packError) Error() string { return fmt.Sprintf("pack from %s: %v", e.Machine, e.err) }

// Unwrap returns the reason.
func (e *packError) Unwrap() error { return e.err }

// blame returns the error as the pack's, where it is for the pack that it could not be taken; nil where it is
// for something here.
func blame(v Version, err error) *packError {
	var bad *packError
	var read *ccsync.ReadError
	if !errors.As(err, &bad) && (noPack(err) || errors.As(err, &read)) {
		bad = &packError{v, err}
	}
	return bad
}

func noPack(err error) bool {
	var format *ccsync.FormatError
	var version *ccsync.VersionError
	return errors.Is(err, ccsync.ErrTruncated) || errors.As(err, &format) || errors.As(err, &version)
}
