package ccsync

import (
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"maps"
	"strings"
)

// maxHead bounds the bytes before the transcript, and those after it, so that a hostile file cannot fill the
// memory. A megabyte is generous: paths have at most 32,767 units on any system.
const maxHead = 1 << 20

// Pack is a pack for reading. Open has checked its Header; reading checks the transcript.
type Pack struct {
	Header Header
	room   *Room
	src    io.ReaderAt
	size   int64
	body   int64           // offset of the transcript's first byte
	ahead  map[string]bool // the members before the transcript
}

// Open reads the header of the pack in src, which is size bytes long. It stops at the start of the
// transcript, except if required members stand behind the transcript.
//
// Errors: ErrTruncated, *VersionError, *FormatError, *ReadError.
func Open(src io.ReaderAt, size int64) (*Pack, error) { return (*Room)(nil).Open(src, size) }

// Open is the function Open. Work on the pack in blocks uses the memory of r.
func (r *Room) Open(src io.ReaderAt, size int64) (*Pack, error) {
	p := &Pack{room: r, src: src, size: size}
	m := members{seen: map[string]bool{}}
	d := p.decoder(0, "")
	t, err := d.Token()
	if err != nil {
		return nil, p.explain(err, 0)
	}
	if t != json.Delim('{') {
		return nil, malformed("it is not a JSON object")
	}
	found, err := m.until(d, "jsonl")
	if err != nil {
		return nil, p.explain(err, 0)
	}
	if !found {
		if _, err := d.Token(); err != nil {
			return nil, p.explain(err, 0)
		}
		return nil, malformed("member %q is missing", cmp.Or(m.missing(), "jsonl"))
	}
	if p.body, err = p.openQuote(d.InputOffset()); err != nil {
		return nil, err
	}
	m.seen["jsonl"] = true
	p.ahead = maps.Clone(m.seen)
	if m.missing() != "" {
		if err := p.readBehind(&m); err != nil {
			return nil, err
		}
	}
	p.Header = m.header
	return p, nil
}

// readBehind skips the transcript and reads the members behind it.
func (p *Pack) readBehind(m *members) error {
	b := p.newBody()
	if _, err := io.Copy(io.Discard, untilQuote{b}); err != nil {
		return err
	}
	if err := p.readTail(m, b.at); err != nil {
		return err
	}
	if name := m.missing(); name != "" {
		return malformed("member %q is missing", name)
	}
	return nil
}

// readTail reads the file from the transcript's closing quote, at off, to the end.
func (p *Pack) readTail(m *members, off int64) error {
	// A decoder cannot start in the middle of an object, so it gets a made-up beginning.
	if p.size-off > maxHead {
		return malformed("more than %d bytes follow the transcript", maxHead)
	}
	d := p.decoder(off+1, `{"":null`)
	for range 3 {
		if _, err := d.Token(); err != nil {
			return p.explain(err, off)
		}
	}
	if _, err := m.until(d, ""); err != nil {
		return p.explain(err, off)
	}
	if _, err := d.Token(); err != nil {
		return p.explain(err, off)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return malformed("something follows the end of the pack")
	}
	return nil
}

// until reads members up to the name stop, and leaves that member's value to the caller. It returns false if
// the object ends first.
func (m *members) until(d *json.Decoder, stop string) (bool, error) {
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return false, err
		}
		name, _ := t.(string)
		if name == stop && stop != "" {
			return true, nil
		}
		if err := m.read(name, d); err != nil {
			return false, err
		}
	}
	return false, nil
}

func (p *Pack) decoder(off int64, start string) *json.Decoder {
	section := io.NewSectionReader(p.src, off, min(maxHead, max(0, p.size-off)))
	d := json.NewDecoder(io.MultiReader(strings.NewReader(start), section))
	d.UseNumber()
	return d
}

// explain turns a decoder's error at or after off into one of this package.
func (p *Pack) explain(err error, off int64) error {
	var syntax *json.SyntaxError
	var version *VersionError
	var format *FormatError
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		if p.size-off > maxHead {
			return malformed("more than %d bytes beside the transcript", maxHead)
		}
		return ErrTruncated
	case errors.As(err, &syntax):
		return malformed("%s", clip(syntax.Error()))
	case errors.As(err, &version), errors.As(err, &format):
		return err
	default:
		return &ReadError{Err: bare(err)}
	}
}

// openQuote returns the offset behind the transcript's opening quote. The member's name ends at off.
func (p *Pack) openQuote(off int64) (int64, error) {
	var b [headRoom]byte // enough for our padding
	colon := false
	for {
		n, err := p.src.ReadAt(b[:min(int64(len(b)), max(0, p.size-off))], off)
		for i, c := range b[:n] {
			switch {
			case c == ' ' || c == '\n' || c == '\t' || c == '\r':
			case c == ':' && !colon:
				colon = true
			case c == '"' && colon:
				return off + int64(i) + 1, nil
			default:
				return 0, malformed("member %q is not a string", "jsonl")
			}
		}
		off += int64(n)
		if n == 0 {
			return 0, p.readError(err)
		}
	}
}

func (p *Pack) readError(err error) error {
	if err == nil || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return ErrTruncated
	}
	return &ReadError{Err: bare(err)}
}

// bare leaves out the path, because whoever shows the error names the pack.
func bare(err error) error {
	if path := (*fs.PathError)(nil); errors.As(err, &path) {
		return path.Err
	}
	return err
}
