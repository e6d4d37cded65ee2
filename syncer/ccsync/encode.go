package ccsync

import (
	"bytes"
	"fmt"
	"io"
)

// blockSize is how much of a transcript is looked at in one go: enough to make system calls cheap,
// little enough to stay in a core's cache.
const blockSize = 64 << 10

// Encoder writes one pack: what is written to it is the transcript.
type Encoder struct {
	w       io.Writer
	out     []byte
	carry   []byte // the start of a UTF-8 sequence that the next Write goes on with
	counter LineCounter
	kernel  kernel
}

// NewEncoder writes h to w and returns the writer for the transcript. Close must be called; it does not
// close w. h.LineCount must be right, or be mended afterwards with PatchLineCount.
func NewEncoder(w io.Writer, h Header) (*Encoder, error) {
	e := &Encoder{w: w, kernel: newKernel()}
	head, _ := h.render(e.kernel)
	if _, err := w.Write(head); err != nil {
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

// Close ends the pack and returns the number of lines that were written into it.
func (e *Encoder) Close() (lines int64, err error) {
	if err := e.block(nil, true); err != nil {
		return 0, err
	}
	_, err = io.WriteString(e.w, footer)
	return e.counter.Lines(), err
}

// LineCounter counts the lines of what is written to it; an end without newline counts as a line.
type LineCounter struct {
	newlines int64
	open     bool
}

// Write counts; it never fails.
func (c *LineCounter) Write(p []byte) (int, error) {
	if len(p) > 0 {
		c.newlines += int64(bytes.Count(p, []byte{'\n'}))
		c.open = p[len(p)-1] != '\n'
	}
	return len(p), nil
}

// Lines returns how many lines there were.
func (c *LineCounter) Lines() int64 {
	if c.open {
		return c.newlines + 1
	}
	return c.newlines
}
