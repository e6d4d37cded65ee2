package syncer

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"

	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/internal/rows"
)

// Relation says how this machine's transcript stands to a pack, in git's words.
type Relation int

// The relations. Diverged is the only one that needs a person.
const (
	Same       Relation = iota // nothing to do
	Ahead                      // we have all of theirs and more
	Behind                     // they have all of ours and more
	Diverged                   // each has conversation the other lacks
	LocalOnly                  // there is no pack
	RemoteOnly                 // there is no transcript here
	Archived                   // there was one here, and Claude Code's retention took it
)

// String returns the word that people see.
func (r Relation) String() string {
	words := [...]string{"same", "ahead", "behind", "diverged", "local only", "remote only", "archived"}
	if r < 0 || int(r) >= len(words) {
		return fmt.Sprintf("Relation(%d)", int(r))
	}
	return words[r]
}

// Source is a transcript that can be read from its first byte as often as need be.
type Source interface {
	// Open returns a reader of the whole transcript. A read error other than io.EOF says that nothing of
	// it may be used.
	Open() io.Reader
}

// Local is a transcript on disk, or the beginning of one.
type Local struct {
	io.ReaderAt
	Size int64 // bytes
}

// Open implements Source.
func (l Local) Open() io.Reader { return io.NewSectionReader(l.ReaderAt, 0, l.Size) }

// Comparison is what Relate found: the relation, and where the two part.
type Comparison struct {
	Relation Relation
	// Prefix is how many bytes both begin with, cut back to the start of a row.
	Prefix int64
	// Ours and Theirs hold the rows from Prefix on. They are empty when bytes alone settled it: then one
	// side is the beginning of the other.
	Ours, Theirs Branch

	byBytes bool  // one is a beginning of the other, or they are equal
	length  int64 // of theirs, when that is a pack's and byBytes
	// more reads what theirs has more, when that is a pack's, and ours is its beginning.
	more    *ccsync.Difference
	greater bool // their bytes behind the prefix are the greater ones
}

// Branch is one side's rows behind the common prefix.
type Branch struct {
	Rows []rows.Row
	// New counts the conversation rows that the other side lacks.
	New int

	own  map[string]bool // what identifies the New rows
	id   identity
	news []rows.Row // rows whose bytes the other side has nowhere
}

// Relate compares a transcript with another one, most often a pack's. It reads each side once, in
// constant memory up to the first difference; from there on it keeps some hundred bytes a row.
//
// Bytes come first: equal is Same, a beginning is Behind or Ahead. Otherwise the conversation rows (those
// with a uuid) decide, because Claude Code appends rows of its own when a session is merely looked at.
// Such metadata rows never make two sides diverge: where the conversation is the same and they have rows
// we lack, we are Behind.
func Relate(ours Local, theirs Source) (Comparison, error) {
	var c Comparison
	var at int64
	var rest io.Reader
	var err error
	if p, ok := theirs.(packSource); ok {
		c, at, rest, err = p.commonPrefix(ours)
	} else {
		c, at, rest, err = commonPrefix(ours, theirs.Open())
	}
	if err != nil || c.byBytes {
		return c, err
	}
	c.Ours, err = index(io.NewSectionReader(ours, c.Prefix, ours.Size-c.Prefix), c.Prefix, false)
	if err != nil {
		return c, err
	}
	// Their reader stands behind the first difference; what lies between the row's start and there is
	// equal to ours.
	start := io.NewSectionReader(ours, c.Prefix, at-c.Prefix)
	c.Theirs, err = index(io.MultiReader(start, rest), c.Prefix, true)
	if err != nil {
		return c, err
	}
	return c, c.decide(ours)
}

// commonPrefix compares byte by byte. When that does not settle the relation, at is the offset of the
// first difference and rest reads theirs on from there.
func commonPrefix(ours Local, theirs io.Reader) (c Comparison, at int64, rest io.Reader, err error) {
	block := min(64<<10, ours.Size+1) // most sessions differ in length by little, many are short
	a, b := make([]byte, block), make([]byte, block)
	for {
		n, readErr := io.ReadFull(theirs, b)
		if readErr != nil && !errors.Is(readErr, io.EOF) && !errors.Is(readErr, io.ErrUnexpectedEOF) {
			return c, 0, nil, readErr
		}
		m, err := io.ReadFull(io.NewSectionReader(ours, at, min(block, ours.Size-at)), a[:min(block, ours.Size-at)])
		if err != nil && !errors.Is(err, io.EOF) {
			return c, 0, nil, fmt.Errorf("reading the transcript: %w", err)
		}
		same := equalPrefix(a[:m], b[:n])
		if i := bytes.LastIndexByte(a[:same], '\n'); i >= 0 {
			c.Prefix = at + int64(i) + 1
		}
		switch {
		case same == n && same == m && readErr == nil:
			at += int64(same) // more on both sides
			continue
		case same < n && same < m:
			c.greater = b[same] > a[same]
			return c, at + int64(same), io.MultiReader(bytes.NewReader(b[same:n]), theirs), nil
		}
		c.byBytes = true
		c.Relation, err = c.lengths(ours.Size-at-int64(same), n > same || readErr == nil, theirs)
		return c, 0, nil, err
	}
}

// lengths decides where all that both have is equal. Theirs is read to its end, because only there a pack
// shows that it is whole.
func (c *Comparison) lengths(oursLeft int64, theirsLeft bool, theirs io.Reader) (Relation, error) {
	n, err := io.Copy(io.Discard, theirs)
	theirsLeft = n > 0 || theirsLeft
	switch {
	case err != nil:
		return Same, err
	case oursLeft > 0:
		return Ahead, nil
	case theirsLeft:
		return Behind, nil
	}
	return Same, nil
}

func equalPrefix(a, b []byte) int {
	n := min(len(a), len(b))
	if bytes.Equal(a[:n], b[:n]) {
		return n
	}
	for i := range n {
		if a[i] != b[i] {
			return i
		}
	}
	return n
}

// A row that is remembered costs some 300 bytes. Claude Code's shortest rows are longer than 100; a file
// of a hundred million empty ones is an attack on the memory.
const (
	manyRows = 50_000
	shortRow = 40
)

// index reads the rows of one side from the common prefix on; bounded refuses what no transcript is.
func index(r io.Reader, offset int64, bounded bool) (Branch, error) {
	var b Branch
	s := rows.NewScanner(r, "uuid")
	for s.Next() {
		row := s.Row()
		row.Offset += offset
		b.Rows = append(b.Rows, row)
		if n := int64(len(b.Rows)); bounded && n > manyRows && row.Offset-offset < n*shortRow {
			return b, &ccsync.FormatError{Reason: "its rows are too many and too short for a transcript"}
		}
	}
	return b, s.Err()
}

// decide finds the relation from the rows of both branches. A row that also stands in the common prefix
// (Claude Code appends its metadata again and again) is nobody's news, so the prefix is read once more.
func (c *Comparison) decide(ours Local) error {
	known, err := c.inPrefix(ours.Open())
	if err != nil {
		return err
	}
	c.Ours.news, c.Theirs.news = c.Ours.without(c.Theirs, known), c.Theirs.without(c.Ours, known)
	id := byUUID
	if !known.conversation && !hasUUID(c.Ours) && !hasUUID(c.Theirs) {
		id = bySum
	}
	c.Ours.count(c.Theirs, id, known)
	c.Theirs.count(c.Ours, id, known)
	switch {
	case c.Ours.New > 0 && c.Theirs.New > 0:
		c.Relation = Diverged
	case c.Theirs.New > 0 || c.Ours.New == 0 && len(c.Theirs.news) > 0:
		c.Relation = Behind
	case c.Ours.New > 0 || len(c.Ours.news) > 0:
		c.Relation = Ahead
	}
	return nil
}

// identity names the conversation a row belongs to; "" for a metadata row.
type identity func(rows.Row) string

func byUUID(r rows.Row) string { return r.Value }

// bySum serves transcripts in which no row has a readable uuid: every row counts, by its bytes.
func bySum(r rows.Row) string { return string(r.Sum[:]) }

// prefixRows tells which of the rows behind the common prefix stand in it already.
type prefixRows struct {
	sums         map[[32]byte]bool
	uuids        map[string]bool
	conversation bool // the prefix has a conversation row
}

func (c *Comparison) inPrefix(r io.Reader) (prefixRows, error) {
	asked := prefixRows{sums: map[[32]byte]bool{}, uuids: map[string]bool{}}
	for _, b := range []Branch{c.Ours, c.Theirs} {
		for _, row := range b.Rows {
			asked.sums[row.Sum], asked.uuids[row.Value] = true, true
		}
	}
	found := prefixRows{sums: map[[32]byte]bool{}, uuids: map[string]bool{}}
	s := rows.NewScanner(io.LimitReader(r, c.Prefix), "uuid")
	for s.Next() {
		row := s.Row()
		found.conversation = found.conversation || row.Value != ""
		if asked.sums[row.Sum] {
			found.sums[row.Sum] = true
		}
		if row.Value != "" && asked.uuids[row.Value] {
			found.uuids[row.Value] = true
		}
	}
	return found, s.Err()
}

func hasUUID(b Branch) bool {
	return slices.ContainsFunc(b.Rows, func(r rows.Row) bool { return r.Value != "" })
}

// without returns the rows whose bytes stand neither in other nor in the common prefix.
func (b Branch) without(other Branch, known prefixRows) []rows.Row {
	has := make(map[[32]byte]bool, len(other.Rows))
	for _, r := range other.Rows {
		has[r.Sum] = true
	}
	var news []rows.Row
	for _, r := range b.Rows {
		if !has[r.Sum] && !known.sums[r.Sum] {
			news = append(news, r)
		}
	}
	return news
}

// count sets New and own.
func (b *Branch) count(other Branch, id identity, known prefixRows) {
	has := make(map[string]bool, len(other.Rows))
	for _, r := range other.Rows {
		has[id(r)] = true
	}
	b.own, b.id = map[string]bool{}, id
	for _, r := range b.Rows {
		name := id(r)
		if name == "" || has[name] || known.uuids[name] || name != r.Value && known.sums[r.Sum] {
			continue
		}
		b.New++
		b.own[name] = true
	}
}
