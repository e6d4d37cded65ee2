package transcript

import (
	"cmp"
	"io"
	"slices"

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
// more new turns; if neither has any, the side whose bytes behind the common prefix are greater, so that every
// machine makes the same file.
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

// Merge writes the union of both transcripts to w: the common prefix, the loser's rows that the winner lacks, and
// the winner's rows. The winner comes last because Claude Code follows the last last-prompt row of a file. Each row
// is written byte for byte, and one that both sides have, with different bytes, as ours: whoever wins, nothing that
// was rewritten here comes back.
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
	news, rest := c.Theirs.NewRows, selection{rows: c.Ours.Rows}
	if winner == TheirsWins {
		first, last = last, first
		news, rest = c.underTheirs(ours)
	}
	if err := copyRows(w, io.TeeReader(first, &title.loser), selection{rows: news}, true); err != nil {
		return err
	}
	end := newlineEnd{w: w}
	if err := copyRows(&end, io.TeeReader(last, &title.winner), rest, false); err != nil {
		return err
	}
	return title.finish(&end)
}

// selection is rows of one transcript, some of them replaced by rows of another.
type selection struct {
	rows    []rows.Row
	instead map[int64][]rows.Row // by the offset of the row that is replaced
	from    io.ReaderAt          // where they are
}

// underTheirs divides our rows for a merge that theirs wins: ours of a row that both have takes the place of theirs,
// and the other ones that they lack come first.
func (c Comparison) underTheirs(ours Local) (first []rows.Row, rest selection) {
	forms := map[string][]rows.Row{} // of the rows that they have with other bytes, by the uuid
	for _, row := range c.Ours.rewritten {
		forms[row.Value] = append(forms[row.Value], row)
	}
	rest = selection{c.Theirs.Rows, map[int64][]rows.Row{}, ours}
	for _, row := range c.Theirs.rewritten {
		rest.instead[row.Offset] = forms[row.Value]
		delete(forms, row.Value)
	}
	first = slices.Clone(c.Ours.NewRows)
	for _, left := range forms { // theirs stands in the common prefix, or they have this form too
		first = append(first, left...)
	}
	slices.SortFunc(first, func(a, b rows.Row) int { return cmp.Compare(a.Offset, b.Offset) })
	return first, rest
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

// copyRows writes the selected rows of r in their order. It reads r to the end, because only there a pack shows
// that it is whole. A row without a newline gets one if another row follows.
func copyRows(w io.Writer, r io.Reader, keep selection, more bool) error {
	var at int64
	end := newlineEnd{w: w}
	write := func(r io.Reader, row rows.Row) error {
		if err := end.separate(); err != nil {
			return err
		}
		_, err := io.CopyN(&end, r, row.Size)
		return unexpected(err)
	}
	for _, row := range keep.rows {
		if forms, replaced := keep.instead[row.Offset]; replaced {
			for _, form := range forms {
				if err := write(io.NewSectionReader(keep.from, form.Offset, form.Size), form); err != nil {
					return err
				}
			}
			continue
		}
		if _, err := io.CopyN(io.Discard, r, row.Offset-at); err != nil {
			return unexpected(err)
		}
		if err := write(r, row); err != nil {
			return err
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
