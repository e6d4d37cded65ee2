package syncer

import (
	"fmt"
	"io"

	"claude-sync/syncer/internal/rows"
)

// Side is one of the two transcripts of a comparison.
type Side int

// The sides.
const (
	OurSide Side = iota
	TheirSide
)

// Winner returns the side whose branch the session goes on with where no person has to choose: the one
// with more conversation, and where the conversation is the same, the one whose bytes behind the common
// prefix are greater, so that every machine makes the same file.
func (c Comparison) Winner() Side {
	theirs := c.greater
	switch {
	case c.byBytes:
		theirs = c.Relation == Behind
	case c.Ours.New != c.Theirs.New:
		theirs = c.Theirs.New > c.Ours.New
	}
	if theirs {
		return TheirSide
	}
	return OurSide
}

// Merge writes the union of both transcripts to w: the common prefix, the loser's rows that the winner
// lacks, and the winner's rows, each byte for byte. The winner comes last because Claude Code goes on
// with the last last-prompt row of a file. Rows are told apart by their exact bytes, so not even a row
// that somebody else rewrote under the same uuid is dropped.
//
// It reads both sides again; c must be what Relate said of exactly these two.
func Merge(w io.Writer, ours Local, theirs Source, c Comparison, winner Side) error {
	if c.byBytes {
		return mergeBeginning(w, ours, theirs, c)
	}
	var title titleMerge
	w = io.MultiWriter(w, &title.out)
	if _, err := io.Copy(io.MultiWriter(w, &title.base), io.NewSectionReader(ours, 0, c.Prefix)); err != nil {
		return err
	}
	first, last := theirs.Open(), ours.Open()
	news, rest := c.Theirs.news, c.Ours.Rows
	if winner == TheirSide {
		first, last, news, rest = last, first, c.Ours.news, c.Theirs.Rows
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

// mergeBeginning writes the longer one of two transcripts of which one is the beginning of the other.
func mergeBeginning(w io.Writer, ours Local, theirs Source, c Comparison) error {
	if c.Relation != Behind {
		_, err := io.Copy(w, ours.Open())
		return err
	}
	_, err := io.Copy(w, theirs.Open())
	return err
}

// copyRows writes the rows, which stand in r in this order, and reads r to its end, where a pack shows
// that it is whole. A row without its newline gets one when another is going to follow.
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

// unexpected turns an early end into an error: the source is not the one that was indexed.
func unexpected(err error) error {
	if err == io.EOF {
		return fmt.Errorf("the transcript became shorter while it was read: %w", io.ErrUnexpectedEOF)
	}
	return err
}

// newlineEnd remembers whether what was written ends in the middle of a row.
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

func (e *newlineEnd) separate() error {
	if !e.open {
		return nil
	}
	_, err := e.Write([]byte{'\n'})
	return err
}
