package ccsync

import (
	"bytes"
	"errors"
	"io"
	"unicode/utf8"
)

// ErrNotExtendable says that a pack cannot be extended in place.
var ErrNotExtendable = errors.New("the pack cannot be extended")

// Extend turns a copy of the pack into the pack of a longer transcript. w is the copy, made by the caller. The
// new transcript is the first size bytes of src, and its first from bytes are the old transcript. Extend
// writes only the new part of the transcript, the end of the pack, and the header. See Write for tap.
//
// Errors: ErrNotExtendable if this package would have written the pack differently, or if h is longer than the
// old header with its padding.
func (p *Pack) Extend(w io.WriterAt, h Header, src io.ReaderAt, from, size int64, tap io.Writer) (lines int64, err error) {
	k := p.room.tables()
	old, head := p.head(k, p.Header), p.head(k, h)
	at := p.size - int64(len(footer))
	if old == nil || head == nil || from < 1 || from > size || at < p.body {
		return 0, ErrNotExtendable
	}
	for _, known := range []struct {
		at   int64
		text []byte
	}{{0, old}, {at, []byte(footer)}} {
		there := make([]byte, len(known.text))
		if err := readFull(p.src, there, known.at); err != nil {
			return 0, err
		}
		if !bytes.Equal(there, known.text) {
			return 0, ErrNotExtendable
		}
	}
	var last [1]byte
	if err := readFull(src, last[:], from-1); err != nil {
		return 0, err
	}
	if last[0] >= utf8.RuneSelf {
		return 0, ErrNotExtendable // a UTF-8 sequence may be cut here
	}
	start := packed{at: at, LineCounter: LineCounter{newlines: p.Header.LineCount}}
	if last[0] != '\n' {
		start.newlines, start.open = start.newlines-1, true
	}
	rest := packing{room: p.room, w: w, src: src, from: from, to: size, tap: tap, kernel: k, wide: wideBlock}
	end, err := rest.run(start)
	if err != nil {
		return 0, err
	}
	h.LineCount = end.Lines()
	_, err = w.WriteAt(p.head(k, h), 0)
	return end.Lines(), err
}

// head returns the header h for a pack whose transcript begins where that of p does; nil if h is too long for that.
// Older versions did not pad their headers. Their packs grow in their own form, because a pack in the new form would
// be another one to a block-level sync client, which would send all of it.
func (p *Pack) head(k kernel, h Header) []byte {
	if p.body > maxHead {
		return nil
	}
	text, _ := h.unpadded(k)
	return pad(text, int(p.body))
}
