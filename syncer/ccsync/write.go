package ccsync

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// footer ends a pack behind its transcript.
const footer = "\"\n}"

// Write writes a pack of the first size bytes of src to w, from offset 0 on, and returns the number of lines. It
// ignores h.LineCount. Unlike an Encoder, it works on several blocks at once. It also writes the transcript to
// tap, in order; an error of tap stops it.
func Write(w io.WriterAt, h Header, src io.ReaderAt, size int64, tap io.Writer) (lines int64, err error) {
	return (*Room)(nil).Write(w, h, src, size, tap)
}

// Write is the function Write with the memory of r.
func (r *Room) Write(w io.WriterAt, h Header, src io.ReaderAt, size int64, tap io.Writer) (lines int64, err error) {
	p := packing{room: r, w: w, src: src, to: size, tap: tap, kernel: r.tables(), wide: wideBlock}
	head := h.render(p.kernel)
	end, err := p.run(packed{at: int64(len(head))})
	if err != nil {
		return 0, err
	}
	h.LineCount = end.Lines()
	_, err = w.WriteAt(h.render(p.kernel), 0)
	return end.Lines(), err
}

// packing escapes src between two offsets.
type packing struct {
	room     *Room
	w        io.WriterAt
	src      io.ReaderAt
	from, to int64
	tap      io.Writer
	kernel   kernel
	wide     int64 // block size
}

// packed is the offset for the next block, and the lines of the blocks before it.
type packed struct {
	at int64
	LineCounter
}

// run packs all blocks, and ends the pack.
func (p *packing) run(start packed) (packed, error) {
	done := newBaton(start)
	err := p.room.relay((p.to-p.from+p.wide-1)/p.wide, func(block int64, b *buffers) error {
		text, err := p.read(block, b)
		if err == nil {
			b.out = p.escape(sized(&b.out, roomFor(len(text)))[:0], text)
		}
		newlines := int64(bytes.Count(text, []byte{'\n'}))
		var at int64
		err = done.turn(block, func(d *packed) error {
			if err != nil || len(text) == 0 {
				return err
			}
			at, d.at = d.at, d.at+int64(len(b.out))
			d.newlines, d.open = d.newlines+newlines, text[len(text)-1] != '\n'
			_, err := p.tap.Write(text)
			return err
		})
		if err == nil && len(text) > 0 {
			_, err = p.w.WriteAt(b.out, at)
		}
		return err
	})
	if err != nil {
		return start, err
	}
	_, err = p.w.WriteAt([]byte(footer), done.state.at)
	return done.state, err
}

// piece is how many bytes a kernel gets at a time. It asks for as much room as if every byte needed an escape.
const piece = 16 << 10

// roomFor returns a buffer size that is enough for most texts of this length.
func roomFor(length int) int64 { return int64(length + length/4 + 6*min(length, piece)) }

// escape escapes a block in pieces.
func (p *packing) escape(dst, text []byte) []byte {
	for len(text) > piece {
		n := cutBack(text, piece)
		dst, text = p.kernel.escape(dst, text[:n]), text[n:]
	}
	return p.kernel.escape(dst, text)
}

// read reads a block. It moves both ends back to the beginning of a UTF-8 sequence, so that none is cut. For
// that it needs three bytes before and behind each end.
func (p *packing) read(block int64, b *buffers) ([]byte, error) {
	const around = utf8.UTFMax - 1
	start := p.from + block*p.wide
	end := min(start+p.wide, p.to)
	first, last := max(start-around, p.from), min(end+around, p.to)
	text := sized(&b.in, last-first)
	if err := readFull(p.src, text, first); err != nil {
		return nil, err
	}
	return text[cutBack(text, int(start-first)):cutBack(text, int(end-first))], nil
}

// readFull fills b from the transcript.
func readFull(r io.ReaderAt, b []byte, off int64) error {
	_, err := io.ReadFull(io.NewSectionReader(r, off, int64(len(b))), b)
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF // the file has become shorter
	}
	if err != nil {
		return fmt.Errorf("reading the transcript: %w", err)
	}
	return nil
}

// cutBack returns at, or the beginning of the valid UTF-8 sequence that at would cut.
func cutBack(text []byte, at int) int {
	for back := 1; back < utf8.UTFMax && back <= at && at < len(text); back++ {
		if !utf8.RuneStart(text[at-back]) {
			continue
		}
		if _, n := utf8.DecodeRune(text[at-back:]); n > back {
			return at - back
		}
		break
	}
	return at
}
