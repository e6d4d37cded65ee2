package packs

import (
	"context"
	"errors"
	"io"

	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/internal/oserr"
	"claude-sync/syncer/transcript"
	"claude-sync/syncer/transport"
)

// DamagedError says that this machine's own pack is damaged, and that a push of its session mends it.
type DamagedError struct{ Err error }

// Error says so, with the reason.
func (e *DamagedError) Error() string { return "this machine's own pack is damaged: " + e.Err.Error() }

// Unwrap returns the reason.
func (e *DamagedError) Unwrap() error { return e.Err }

// Hint says what a person can do.
func (*DamagedError) Hint() string { return "claude-sync push --all mends it" }

// What is wrong with a damaged pack, where a reader of packs would guess that it is still arriving.
var (
	errEmpty = errors.New("the file is empty")
	errZeros = errors.New("the file is full of zeros")
	errTorn  = errors.New("the file ends in the middle")
)

// Damage returns what err says about this machine's own pack, whose file has size bytes, if a push can mend it, else
// nil. A pack of another schema is not damaged, and neither is one that this user may not read.
func (s Set) Damage(size int64, err error) *DamagedError {
	_, keeps := s.Transport.(transport.Keeper)
	switch {
	case !damaged(err) || !keeps && size > 0:
		return nil
	case size == 0:
		return &DamagedError{errEmpty}
	}
	return &DamagedError{reason(err)}
}

// damaged reports whether an error, if it is a pack's, says that its file is damaged.
func damaged(err error) bool {
	var version *ccsync.VersionError
	return NotAPack(err) && !errors.As(err, &version) || oserr.Unreadable(err)
}

func reason(err error) error {
	if errors.Is(err, ccsync.ErrTruncated) {
		return errTorn
	}
	return err
}

// damage is what was found out about a damaged pack.
type damage struct {
	why      string
	err      error
	readable int64 // bytes of its transcript, to the end of a row
	nothing  bool  // there is nothing in the file that could be lost
}

// same reports whether nothing changed between two looks at a damaged pack.
func (d *damage) same(now *damage) bool {
	return now != nil && d.why == now.why && d.readable == now.readable && d.nothing == now.nothing
}

// examine finds out what is left of a pack of this machine: p, or the file called name, which could not be opened as
// a pack because of err. It returns nil if the pack is whole, or if it is not damage that keeps it from being read.
func (s Set) examine(ctx context.Context, name string, p *Pack, err error) *damage {
	d := &damage{}
	if p != nil {
		d.readable, err = p.Readable()
	}
	if !damaged(err) {
		return nil
	}
	d.err = reason(err)
	if p == nil {
		d.look(ctx, s.Transport, name)
	}
	d.why = d.err.Error()
	return d
}

// look finds out whether a file, which is no pack, is empty or full of zeros, as a crash leaves it.
func (d *damage) look(ctx context.Context, t transport.Transport, name string) {
	c, err := t.Open(ctx, name)
	if err != nil {
		return
	}
	defer c.Close()
	n, err := io.Copy(zeros{}, io.NewSectionReader(c, 0, c.Size()))
	switch d.nothing = err == nil && n == c.Size(); {
	case d.nothing && n == 0:
		d.err = errEmpty
	case d.nothing:
		d.err = errZeros
	}
}

// errContent says that a byte was not zero.
var errContent = errors.New("not zero")

// zeros is an io.Writer that takes only zeros.
type zeros struct{}

// Write implements io.Writer.
func (zeros) Write(b []byte) (int, error) {
	for i, c := range b {
		if c != 0 {
			return i, errContent
		}
	}
	return len(b), nil
}

// salvage is the rows of a damaged pack that stand before the damage, as a transcript.
type salvage struct {
	pack *Pack
	size int64
}

// Open implements transcript.Source.
func (s salvage) Open() io.Reader { return io.LimitReader(s.pack.Body(), s.size) }

// Source is the transcript in the old pack; of a damaged one, the rows that can be read. Relate must have been called.
func (o *Own) Source() transcript.Source {
	if o.damage != nil {
		return salvage{o.Old, o.damage.readable}
	}
	return o.Old
}

// Damaged reports whether the old pack is damaged, so that it has to be written anew whatever the transcript has.
func (o *Own) Damaged() bool { return o.damage != nil }

// Mended returns what was wrong with the old pack, nil if nothing was, and, once the new one has its name, the name
// that the damaged file has now. That is empty if there was nothing in it.
func (o *Own) Mended() (aside string, damage error) {
	if o.damage == nil {
		return "", nil
	}
	return o.aside, o.damage.err
}

// diagnose turns an error of the old pack into its damage.
//
// Errors: *OwnError if it is no damage, or none that can be mended.
func (o *Own) diagnose(ctx context.Context, err error) error {
	d := o.set.examine(ctx, o.name, o.Old, err)
	if d != nil {
		if _, keeps := o.set.Transport.(transport.Keeper); keeps || d.nothing {
			o.damage = d
			return nil
		}
	}
	return &OwnError{Name: o.name, Err: err}
}

// setAside gives the damaged file another name, if it still is as it was found.
//
// RACE: as ready. If the process is killed before the new pack has its name, the damaged file still has its old name,
// too, and the next push begins anew. Only a file that could neither have two names nor be copied is then under the
// other name alone.
func (o *Own) setAside(ctx context.Context) error {
	p, err := o.set.Open(ctx, o.name)
	if oserr.Missing(err) {
		return nil
	}
	now := o.set.examine(ctx, o.name, p, err)
	_ = p.Close()
	if !o.damage.same(now) {
		return &OwnError{Name: o.name, Err: oserr.ErrChanged}
	}
	if !oserr.ReplaceOpen {
		_ = o.Old.Close()
	}
	keeper, keeps := o.set.Transport.(transport.Keeper)
	if o.damage.nothing || !keeps {
		return nil
	}
	aside, err := keeper.SetAside(ctx, o.name)
	if err != nil && !oserr.Missing(err) {
		return &OwnError{Name: o.name, Err: err}
	}
	o.aside = aside
	return nil
}
