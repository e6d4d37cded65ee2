package ccsync

import (
	"bytes"
	"fmt"
	"io"
)

// blockSize is big enough to make system calls cheap, and small enough for a core's cache.
const blockSize = 64 << 10

// Encoder writes one pack. The caller writes the transcript to it.
type Encoder struct {
	w       io.Writer
	out     []byte
	carry   []byte // the start of a UTF-8 sequence that the next Write continues
	counter LineCounter
	kernel  kernel
}

// NewEncoder writes h to w and returns the writer for the transcript. The caller must call Close, which does
// not close w. If h.LineCount is not yet right, the caller sets it afterwards by PatchLineCount.
func NewEncoder(w io.Writer, h Header) (*Encoder, error) {
	e := &Encoder{w: w, kernel: newKernel()}
	if _, err := w.Write(h.render(e.kernel)); err != nil {
		return nil, fmt.Errorf("writing the pack's header: %w", err)
	}
	return e, nil
}

// Write adds p to the transcript.
func (e *Encoder) Write(p []byte) (int, error) {
	e.counter.Write(p)
	for rest := p; len(rest) > 0; {
		block := rest[:min(len(rest), blockSize)]
		rest = rest[len(block):]
		if err := e.block(block, false); err != nil {
			return 0, err
		}
	}
	return len(p), nil
}

func (e *Encoder) block(b []byte, final bool) error {
	if len(e.carry) > 0 {
		b = append(e.carry, b...)
		e.carry = nil
	}
	if !final {
		whole := len(b) - openSequence(b)
		b, e.carry = b[:whole], bytes.Clone(b[whole:])
	}
	e.out = e.kernel.escape(e.out[:0], b)
	_, err := e.w.Write(e.out)
	return err
}

// Close ends the pack and returns the number of its lines.
func (e *Encoder) Close() (lines int64, err error) {
	if err := e.block(nil, true); err != nil {
		return 0, err
	}
	_, err = io.WriteString(e.w, footer)
	return e.counter.Lines(), err
}

// LineCounter counts the lines written to it. A last line without a newline counts.
type LineCounter struct {
	newlines int64
	open     bool
}

// Write counts the lines in p. It never fails.
func (c *LineCounter) Write(p []byte) (int, error) {
	if len(p) > 0 {
		c.newlines += int64(bytes.Count(p, []byte{'\n'}))
		c.open = p[len(p)-1] != '\n'
	}
	return len(p), nil
}

// Lines returns the number of lines so far.
func (c *LineCounter) Lines() int64 {
	if c.open {
		return c.newlines + 1
	}
	return c.newlines
}
