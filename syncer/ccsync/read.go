package ccsync

import (
	"bytes"
	"errors"
	"io"
)

// errClosed stops the blocks behind the closing quote, errDiffers those behind the first difference.
var (
	errClosed  = errors.New("closed")
	errDiffers = errors.New("differs")
)

// CopyTo writes the pack's transcript to w, from offset 0 on, and returns its length. The whole pack is valid
// only if CopyTo returns no error. Unlike Body, it works on several blocks at once. It also writes the
// transcript to tap, in order; an error of tap stops it.
func (p *Pack) CopyTo(w io.WriterAt, tap io.Writer) (size int64, err error) {
	u := p.unpacking(tap, func(t *unpacked, text []byte, _ *buffers) error {
		_, err := w.WriteAt(text, t.size)
		return err
	})
	return u.run()
}

// Difference is the first difference between a pack's transcript and another one, which has another byte there
// or ends there.
type Difference struct {
	At     int64 // the number of equal bytes before it
	Theirs byte  // the pack's byte at At
	// Rest reads the pack's transcript from offset From on. From is not behind At.
	Rest *Body
	From int64
}

// Compare compares the pack's transcript with the first size bytes of ours, several blocks at once. At the first
// different byte it stops and returns length -1. Otherwise the whole pack is valid, and length is that of the
// pack's transcript. The Difference is nil if the pack's transcript equals ours or is a prefix of it.
func (p *Pack) Compare(ours io.ReaderAt, size int64) (length int64, d *Difference, err error) {
	found := newBaton(&Difference{At: -1})
	note := func(t *unpacked, at int64, theirs byte) {
		found.mu.Lock()
		defer found.mu.Unlock()
		if f := found.state; f.At < 0 || at < f.At {
			*f = Difference{At: at, Theirs: theirs, From: t.size, Rest: p.newBody()}
			f.Rest.next, f.Rest.counter = t.start, t.LineCounter
		}
	}
	u := p.unpacking(io.Discard, func(t *unpacked, text []byte, b *buffers) error {
		theirs := text[:min(int64(len(text)), max(0, size-t.size))]
		room := sized(&b.other, int64(len(theirs)))
		if err := readFull(ours, room, t.size); err != nil {
			return err
		}
		if !bytes.Equal(theirs, room) {
			i := 0
			for theirs[i] == room[i] {
				i++
			}
			note(t, t.size+int64(i), theirs[i])
			return errDiffers
		}
		if t.size <= size && len(theirs) < len(text) {
			note(t, size, text[len(theirs)])
		}
		return nil
	})
	length, err = u.run()
	if errors.Is(err, errDiffers) {
		return -1, found.state, nil
	}
	if err != nil || found.state.At < 0 {
		return length, nil, err
	}
	return length, found.state, nil
}

// unpacking unescapes a pack's transcript, and calls use with each block's text.
type unpacking struct {
	*Pack
	kernel kernel
	wide   int64 // the blocks' size
	tap    io.Writer
	use    func(before *unpacked, text []byte, b *buffers) error
	cuts   *baton[int64] // where the next block begins, so that no escape is cut
	texts  *baton[unpacked]
}

// unpacked is the state before a block.
type unpacked struct {
	start  int64 // where the block begins in the pack
	size   int64 // of the text before it
	closed bool
	at     int64 // of the closing quote
	LineCounter
}

func (p *Pack) unpacking(tap io.Writer, use func(*unpacked, []byte, *buffers) error) *unpacking {
	return &unpacking{Pack: p, kernel: p.room.tables(), wide: wideBlock, tap: tap, use: use, cuts: newBaton(p.body), texts: newBaton(unpacked{})}
}

func (u *unpacking) run() (size int64, err error) {
	err = u.room.relay(max(1, (u.size-u.body+u.wide-1)/u.wide), u.block)
	if err != nil && !errors.Is(err, errClosed) {
		return 0, err
	}
	end := u.texts.state
	if !end.closed {
		return 0, ErrTruncated
	}
	return end.size, u.verify(end.at, end.LineCounter)
}

// block reads, unescapes and hands over one block.
func (u *unpacking) block(block int64, b *buffers) error {
	in, start, err := u.read(block, b)
	var taken int
	var closed bool
	if err == nil {
		b.out, taken, closed, err = u.kernel.unescape(b.out[:0], in)
	}
	if err == nil && !closed && taken < len(in) {
		if err = ErrTruncated; start+int64(len(in)) < u.size {
			err = malformed("the transcript holds the broken escape %.6q", in[taken:])
		}
	}
	newlines := int64(bytes.Count(b.out, []byte{'\n'}))
	var before unpacked
	err = u.texts.turn(block, func(t *unpacked) error {
		switch {
		case t.closed:
			return errClosed
		case err != nil:
			return err
		}
		before = *t
		before.start = start
		t.size += int64(len(b.out))
		t.closed, t.at = closed, start+int64(taken)
		if len(b.out) == 0 {
			return nil
		}
		t.newlines, t.open = t.newlines+newlines, b.out[len(b.out)-1] != '\n'
		_, err := u.tap.Write(b.out)
		return err
	})
	if err != nil {
		return err
	}
	return u.use(&before, b.out, b)
}

// read reads a block. It begins where the block before was cut, and is cut itself before an escape that may
// continue in the next block.
func (u *unpacking) read(block int64, b *buffers) (in []byte, start int64, err error) {
	first := u.body + block*u.wide
	end := min(first+u.wide, u.size)
	first = max(first-longestEscape, u.body)
	in = sized(&b.in, end-first)
	if _, err = io.ReadFull(io.NewSectionReader(u.src, first, end-first), in); err != nil {
		err = u.readError(err)
	}
	err = u.cuts.turn(block, func(cut *int64) error {
		if err != nil {
			return err
		}
		in, start = in[*cut-first:], *cut
		if end < u.size {
			in = in[:len(in)-openEscape(in)]
		}
		*cut += int64(len(in))
		return nil
	})
	if err != nil {
		// The caller still takes this block's turn with the texts.
		return nil, 0, err
	}
	return in, start, nil
}

// openEscape returns how many bytes at the end of b begin an escape or surrogate pair that may continue behind
// b. b itself does not begin within an escape.
func openEscape(b []byte) int {
	i := max(0, len(b)-longestEscape)
	run := 0
	for run < i && b[i-1-run] == '\\' {
		run++
	}
	// There may be the rest of a \uXXXX here: digits, which begin no escape.
	i += run & 1
	for i < len(b) {
		rest := b[i:]
		switch {
		case rest[0] != '\\':
			i++
		case len(rest) == 1, rest[1] == 'u' && len(rest) < 6:
			return len(rest)
		case rest[1] != 'u':
			i += 2
		case len(rest) < longestEscape && firstHalf(rest) && couldPair(rest[6:]):
			return len(rest)
		default:
			i += 6
		}
	}
	return 0
}

// firstHalf reports whether the \uXXXX at the start of b is the first one of a surrogate pair.
func firstHalf(b []byte) bool {
	return b[2]|0x20 == 'd' && (b[3] == '8' || b[3] == '9' || b[3]|0x20 == 'a' || b[3]|0x20 == 'b')
}
