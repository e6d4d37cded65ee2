// Package packs is the packs in a transport: their names, how one is opened, and how this machine's own pack of a
// session is replaced by the union of itself and a transcript.
//
// A machine writes its own packs only, and never takes a row out of one. It removes only conflicted copies of its own
// packs, and only once the pack has every row of the copy. The package knows transcripts as readers;
// it does not promise that a pack of another machine is whole before it was read to the end, and it never touches
// Claude Code's files.
package packs

import (
	"context"
	"errors"
	"io"
	"time"

	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/internal/fingerprint"
	"claude-sync/syncer/project"
	"claude-sync/syncer/transcript"
	"claude-sync/syncer/transport"
)

// Set is all packs of a transport, seen from one machine.
type Set struct {
	Transport transport.Transport
	Machine   string // this machine's name

	room *ccsync.Room // buffers, reused from pack to pack; nil for none
}

// ForRun returns the set for one run over many sessions, which reuses its buffers.
func (s Set) ForRun() Set {
	s.room = &ccsync.Room{}
	return s
}

// contents is what a reader of any schema offers. Package ccsync has the contracts.
type contents interface {
	Body() *ccsync.Body
	Readable() (size int64, damage error)
	CopyTo(w io.WriterAt, tap io.Writer) (size int64, err error)
	Compare(ours io.ReaderAt, size int64) (length int64, d *ccsync.Difference, err error)
	Extend(w io.WriterAt, h ccsync.Header, src io.ReaderAt, from, size int64, tap io.Writer) (lines int64, err error)
}

// Pack is one open pack. As a transcript.Source it is the transcript in it.
type Pack struct {
	contents
	Header ccsync.Header

	file transport.Content
}

// Open implements transcript.Source.
func (p *Pack) Open() io.Reader { return p.Body() }

// Close closes the file. The pack cannot be read afterwards.
func (p *Pack) Close() error {
	if p == nil {
		return nil
	}
	return p.file.Close()
}

// Size is the size of the file in bytes.
func (p *Pack) Size() int64 { return p.file.Size() }

// Exported returns the time at which the pack was made, at most the last that every format can write.
func (p *Pack) Exported() time.Time { return Exported(p.Header) }

// Exported returns the time at which a pack with this header was made, at most the last that every format can write.
func Exported(h ccsync.Header) time.Time {
	return time.UnixMilli(min(h.ExportedAt, time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC).UnixMilli()))
}

// Open opens the pack called name. The caller closes it.
//
// Errors: those of the transport's Open and of ccsync.Open. See NotAPack.
func (s Set) Open(ctx context.Context, name string) (*Pack, error) {
	c, err := s.Transport.Open(ctx, name)
	if err != nil {
		return nil, err
	}
	p, err := s.room.Open(c, c.Size())
	if err != nil {
		c.Close()
		return nil, err
	}
	return &Pack{contents: p, Header: p.Header, file: c}, nil
}

// Header reads the header of a pack.
func (s Set) Header(ctx context.Context, name string) (ccsync.Header, error) {
	p, err := s.Open(ctx, name)
	if err != nil {
		return ccsync.Header{}, err
	}
	return p.Header, p.Close()
}

// ErrNoRows says that a pack has an empty transcript, which is not worth installing.
var ErrNoRows = errors.New("it holds no rows")

// Describe reads a pack to its end, which proves that it is whole, and describes the transcript in it.
//
// Errors: ErrNoRows; those of Open.
func (s Set) Describe(ctx context.Context, name string) (transcript.Description, error) {
	p, err := s.Open(ctx, name)
	if err != nil {
		return transcript.Description{}, err
	}
	defer p.Close()
	return p.Describe()
}

// Describe is Set.Describe of an open pack.
func (p *Pack) Describe() (transcript.Description, error) {
	var ends transcript.Ends
	_, err := p.CopyTo(discard{}, &ends)
	if err == nil && p.Header.LineCount == 0 {
		err = ErrNoRows
	}
	return ends.Describe(), err
}

// discard is an io.WriterAt that keeps nothing.
type discard struct{}

// WriteAt implements io.WriterAt.
func (discard) WriteAt(b []byte, _ int64) (int, error) { return len(b), nil }

// Relate compares a transcript with a pack. If the pack holds the transcript's beginning and that is long enough, it
// also returns the fingerprint of that beginning: with it, a transcript that has only grown need not be compared again.
func (s Set) Relate(ctx context.Context, ours transcript.Local, name string) (transcript.Comparison, fingerprint.Fingerprint, error) {
	p, err := s.Open(ctx, name)
	if err != nil {
		return transcript.Comparison{}, fingerprint.Fingerprint{}, err
	}
	defer p.Close()
	return p.Relate(ours)
}

// Relate is Set.Relate with an open pack.
func (p *Pack) Relate(ours transcript.Local) (c transcript.Comparison, base fingerprint.Fingerprint, err error) {
	c, err = transcript.Relate(ours, p)
	if err != nil || !c.ByBytes || c.Relation == transcript.Behind || !fingerprint.Pays(c.Length) {
		return c, base, err
	}
	base, err = fingerprint.Of(ours, c.Length)
	return c, base, err
}

// Name is the name of this machine's pack of a session.
func (s Set) Name(key project.Key, id ccsync.SessionID) string {
	return key.Dir() + "/" + string(id) + "-" + transport.FileName(s.Machine) + transport.Extension
}

// NotAPack reports whether err says that a file is not a whole pack of a known schema. Any other error may have
// gone the next time.
func NotAPack(err error) bool {
	var format *ccsync.FormatError
	var version *ccsync.VersionError
	return errors.Is(err, ccsync.ErrTruncated) || errors.As(err, &format) || errors.As(err, &version)
}
