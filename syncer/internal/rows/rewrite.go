package rows

import (
	"bytes"
	"io"
)

// Rewriter copies a transcript. In every row it replaces the value of some top-level members if the value is
// exactly old. old and new have the same length: so no offset moves, and rows are rewritten as they stream by.
type Rewriter struct {
	w        io.Writer
	p        parser
	old, new []byte
	buf      []byte // held back from the beginning of a value that is not yet complete
	base     int64  // stream offset of buf[0]
}

// NewRewriter returns a Rewriter that writes to w, and replaces old by new in the members names. old and new
// must have the same length.
func NewRewriter(w io.Writer, old, new string, names ...string) *Rewriter {
	r := &Rewriter{w: w, old: []byte(old), new: []byte(new)}
	r.p = newParser(names, func(v value) {
		if v.whole && bytes.Equal(v.text, r.old) {
			copy(r.buf[v.start-r.base:], r.new)
		}
	})
	return r
}

// Write rewrites the next part of the transcript.
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
	// Not len(b) with the error: io.CopyN drops the error of a complete write.
	if err := r.flush(r.p.pending()); err != nil {
		return 0, err
	}
	return len(b), nil
}

// flush writes the bytes before the offset, which cannot change any more; all of them if it is -1.
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

// Close writes the bytes that were held back. It does not close the underlying writer.
func (r *Rewriter) Close() error { return r.flush(-1) }
