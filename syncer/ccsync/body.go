package ccsync

import (
	"bytes"
	"errors"
	"io"
	"maps"
)

// Body reads a pack's transcript and unescapes it. It returns io.EOF only if the whole pack is valid, to the
// file's last byte. After any other error the caller must discard everything it has read, except for rows that
// stand before the damage: see Pack.Readable.
type Body struct {
	pack    *Pack
	in      []byte // read, and not yet unescaped
	inBuf   []byte
	out     []byte // unescaped, and not yet returned
	outBuf  []byte
	next    int64 // file offset behind in
	at      int64 // file offset of the closing quote, once closed
	closed  bool
	err     error
	counter LineCounter
	kernel  kernel
}

// Body returns a reader of the transcript. A pack may have several, also at the same time.
func (p *Pack) Body() *Body { return p.newBody() }

func (p *Pack) newBody() *Body {
	return &Body{pack: p, next: p.body, inBuf: make([]byte, 0, min(blockSize, p.size-p.body+longestEscape)), kernel: newKernel()}
}

// Read returns the next bytes of the transcript.
func (b *Body) Read(dst []byte) (int, error) {
	for len(b.out) == 0 {
		if b.err != nil {
			return 0, b.err
		}
		if b.closed {
			if b.err = b.pack.verify(b.at, b.counter); b.err == nil {
				b.err = io.EOF
			}
			continue
		}
		b.err = b.fill()
	}
	n := copy(dst, b.out)
	b.out = b.out[n:]
	return n, nil
}

// fill reads and unescapes the next block.
func (b *Body) fill() error {
	kept := copy(b.inBuf[:cap(b.inBuf)], b.in)
	room := b.inBuf[kept:cap(b.inBuf)]
	n, err := b.pack.src.ReadAt(room[:min(int64(len(room)), max(0, b.pack.size-b.next))], b.next)
	if n == 0 {
		return b.pack.readError(err)
	}
	b.next += int64(n)
	b.in = b.inBuf[:kept+n]
	out, taken, closed, err := b.kernel.unescape(b.outBuf[:0], b.in)
	b.out, b.outBuf, b.in = out, out, b.in[taken:] // Read returns what stands before an error
	b.counter.Write(out)
	if closed {
		b.closed, b.at = true, b.next-int64(len(b.in))
	}
	return err
}

// Readable returns how many bytes of the transcript can be read before the place where the pack is damaged, cut
// back to the end of a row, and what is wrong there. If the pack is whole, damage is nil, and size is that of the
// transcript.
func (p *Pack) Readable() (size int64, damage error) {
	b := p.newBody()
	var at int64
	block := make([]byte, blockSize)
	for {
		n, err := b.Read(block)
		if i := bytes.LastIndexByte(block[:n], '\n'); i >= 0 {
			size = at + int64(i) + 1
		}
		at += int64(n)
		switch {
		case errors.Is(err, io.EOF):
			return at, nil
		case err != nil:
			return size, err
		}
	}
}

// verify checks the rest of the JSON, behind the closing quote at off, and the number of lines.
func (p *Pack) verify(off int64, counted LineCounter) error {
	m := members{seen: maps.Clone(p.ahead)}
	if err := p.readTail(&m, off); err != nil {
		return err
	}
	lines, said := counted.Lines(), p.Header.LineCount
	if said != lines && said != lines+1 {
		return malformed("lineCount says %d, the transcript has %d lines", said, lines)
	}
	return nil
}

// untilQuote reads a body up to its closing quote, and does not verify the rest.
type untilQuote struct{ b *Body }

func (u untilQuote) Read(dst []byte) (int, error) {
	// Read alone would verify the rest as soon as a block ends at the quote.
	for len(u.b.out) == 0 && u.b.err == nil {
		if u.b.closed {
			return 0, io.EOF
		}
		u.b.err = u.b.fill()
	}
	return u.b.Read(dst)
}
