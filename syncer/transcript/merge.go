package transcript

import (
	"io"

	"claude-sync/syncer/internal/rows"
)

// Winner says with whose branch a session continues.
type Winner int

// The winners.
const (
	OursWins Winner = iota
	TheirsWins
)

// Winner returns the side with whose branch the session continues if no person has to choose: the side with
// more conversation; if the conversation is the same, the side whose bytes behind the common prefix are
// greater, so that every machine makes the same file.
func (c Comparison) Winner() Winner {
	theirs := c.greater
	switch {
	case c.ByBytes:
		theirs = c.Relation == Behind
	case c.Ours.NewTurns != c.Theirs.NewTurns:
		theirs = c.Theirs.NewTurns > c.Ours.NewTurns
	}
	if theirs {
		return TheirsWins
	}
	return OursWins
}

// Merge writes the union of both transcripts to w: the common prefix, the loser's rows that the winner lacks,
// and the winner's rows, each byte for byte. The winner comes last because Claude Code follows the last
// last-prompt row of a file. Rows are told apart by their exact bytes, so Merge keeps even a row that somebody
// rewrote under the same uuid.
//
// It reads both sides again; c must be the result of Relate for exactly these two.
func Merge(w io.Writer, ours Local, theirs Source, c Comparison, winner Winner) error {
	if c.ByBytes {
		return copyLonger(w, ours, theirs, c)
	}
	var title titleMerge
	w = io.MultiWriter(w, &title.out)
	if _, err := io.Copy(io.MultiWriter(w, &title.base), io.NewSectionReader(ours, 0, c.Prefix)); err != nil {
		return err
	}
	first, last := theirs.Open(), ours.Open()
	news, rest := c.Theirs.NewRows, c.Ours.Rows
	if winner == TheirsWins {
		first, last, news, rest = last, first, c.Ours.NewRows, c.Theirs.Rows
	}
	if err := copyRows(w, io.TeeReader(first, &title.loser), news, true); err != nil {
		return err
	}
	end := newlineEnd{w: w}
	if err := copyRows(&end, io.TeeReader(last, &title.winner), rest, false); err != nil {
		return err
	}
	return title.finish(&end)
}

// copyLonger writes the longer one of two transcripts if one is a prefix of the other.
func copyLonger(w io.Writer, ours Local, theirs Source, c Comparison) error {
	var from Source = ours
	if c.Relation == Behind {
		from = theirs
	}
	_, err := io.Copy(w, from.Open())
	return err
}

// copyRows writes the rows that stand in r in this order. It reads r to the end, because only there a pack shows
// that it is whole. A row without a newline gets one if another row follows.
func copyRows(w io.Writer, r io.Reader, keep []rows.Row, more bool) error {
	var at int64
	end := newlineEnd{w: w}
	for _, row := range keep {
		if _, err := io.CopyN(io.Discard, r, row.Offset-at); err != nil {
			return unexpected(err)
		}
		if err := end.separate(); err != nil {
			return err
		}
		if _, err := io.CopyN(&end, r, row.Size); err != nil {
			return unexpected(err)
		}
		at = row.Offset + row.Size
	}
	if more {
		if err := end.separate(); err != nil {
			return err
		}
	}
	_, err := io.Copy(io.Discard, r)
	return err
}

// newlineEnd knows whether the text that was written to it ends in the middle of a row.
type newlineEnd struct {
	w    io.Writer
	open bool
}

// Write implements io.Writer.
func (e *newlineEnd) Write(b []byte) (int, error) {
	if len(b) > 0 {
		e.open = b[len(b)-1] != '\n'
	}
	return e.w.Write(b)
}

// separate ends the row that is open.
func (e *newlineEnd) separate() error {
	if !e.open {
		return nil
	}
	_, err := e.Write([]byte{'\n'})
	return err
}
