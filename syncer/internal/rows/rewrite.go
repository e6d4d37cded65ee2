package rows

import (
	"bytes"
	"io"
)

// Rewriter copies a transcript and replaces, in every row, the value of some top-level members where
// it is exactly old. Old and new are of equal length, so no offset moves and a row can be rewritten
// while it streams by.
type Rewriter struct {
	w        io.Writer
	p        parser
	old, new []byte
	buf      []byte // held back, because a value in it is not read to its end
	base     int64  // stream offset of buf[0]
}

// NewRewriter writes to w; it replaces old by new, which are of the same length, in the members called
// names.
func NewRewriter(w io.Writer, old, new string, names ...string) *Rewriter {
	r := &Rewriter{w: w, old: []byte(old), new: []byte(new)}
	r.p = newParser(names, func(v value) {
		if v.whole && bytes.Equal(v.text, r.old) {
			copy(r.buf[v.start-r.base:], r.new)
		}
	})
	return r
}

// Write takes the next part of the transcript.
func (r *Rewriter) Write(b []byte) (int, error) {
	r.buf = append(r.buf, b...)
	for rest := b; len(rest) > 0; {
		i := bytes.IndexByte(rest, '\n')
		if i < 0 {
			r.p.feed(rest)
			break
		}
		r.p.feed(rest[:i+1])
		r.p.reset()
		rest = rest[i+1:]
	}
	// io.CopyN takes a write that is complete for one without an error.
	if err := r.flush(r.p.pending()); err != nil {
		return 0, err
	}
	return len(b), nil
}

// flush writes what cannot change any more: everything before the value that is being read.
func (r *Rewriter) flush(before int64) error {
	n := len(r.buf)
	if before >= 0 {
		n = int(before - r.base)
	}
	if _, err := r.w.Write(r.buf[:n]); err != nil {
		return err
	}
	r.buf = append(r.buf[:0], r.buf[n:]...)
	r.base += int64(n)
	return nil
}

// Close writes what was held back. It does not close the writer below.
func (r *Rewriter) Close() error { return r.flush(-1) }
