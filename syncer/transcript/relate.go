package transcript

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/internal/rows"
)

// Relation says how our transcript relates to another one, in git's words.
type Relation int

// The relations. Diverged is the only one that needs a person.
const (
	Same     Relation = iota // neither has news for the other
	Ahead                    // we have all of theirs and more
	Behind                   // they have all of ours and more
	Diverged                 // each has conversation that the other lacks
)

// String returns git's word.
func (r Relation) String() string {
	words := [...]string{"same", "ahead", "behind", "diverged"}
	if r < 0 || int(r) >= len(words) {
		return fmt.Sprintf("Relation(%d)", int(r))
	}
	return words[r]
}

// Comparison is the result of Relate: the relation, and where the two transcripts part.
type Comparison struct {
	Relation Relation
	// Rewritten says that the two have different bytes of a row that both have, by its uuid. It is no news for
	// either of them, whatever the relation is.
	Rewritten bool
	// ByBytes says that bytes alone settled the relation: the two are equal, or one is a prefix of the other.
	ByBytes bool
	// Prefix is the length of the common prefix in bytes, cut back to the start of a row.
	Prefix int64
	// Ours and Theirs hold the rows from Prefix on. They are empty if ByBytes.
	Ours, Theirs Side
	// Length is their length in bytes if they are a pack and ByBytes, else 0.
	Length int64
	// More reads the bytes that a pack has and we lack, if we are its prefix; else it is nil.
	More *ccsync.Difference

	greater bool // their bytes behind the prefix are greater than ours
}

// Side is one transcript's rows behind the common prefix.
type Side struct {
	Rows []rows.Row
	// NewRows are the rows that the other side has nowhere. A row is known by its uuid, else by its bytes.
	NewRows []rows.Row
	// NewTurns counts the turns among the NewRows.
	NewTurns int

	parents   []string        // of the Rows: the uuid that each goes on from, "" if it names none
	rewritten []rows.Row      // those that the other side has, by their uuid, with other bytes
	asides    map[string]bool // the uuids of the Rows that are no turns
	ownIDs    map[string]bool // the identities of the NewTurns
	identify  identity
}

// Relate compares our transcript with another one, most often a pack's. It reads each of them once.
//
// Bytes come first: equal is Same, a prefix is Behind or Ahead. Otherwise the turns decide, because Claude Code
// appends other rows when a session is merely looked at, or for a command that says nothing to the model. Such rows
// never make two sides diverge: if the turns are the same and they have rows that we lack, we are Behind.
func Relate(ours Local, theirs Source) (Comparison, error) {
	var c Comparison
	var at int64
	var rest io.Reader
	var err error
	if p, ok := theirs.(comparer); ok {
		c, at, rest, err = packPrefix(ours, p)
	} else {
		c, at, rest, err = commonPrefix(ours, theirs.Open())
	}
	if err != nil || c.ByBytes {
		return c, err
	}
	c.Ours, err = index(io.NewSectionReader(ours, c.Prefix, ours.Size-c.Prefix), c.Prefix, false)
	if err != nil {
		return c, err
	}
	// Their reader stands at the first difference. The bytes between the row's start and there equal ours.
	start := io.NewSectionReader(ours, c.Prefix, at-c.Prefix)
	c.Theirs, err = index(io.MultiReader(start, rest), c.Prefix, true)
	if err != nil {
		return c, err
	}
	return c, c.decide(ours)
}

// A remembered row costs some 300 bytes. Claude Code's shortest rows are longer than 100 bytes, so a file of a
// hundred million empty rows is an attack on the memory.
const (
	manyRows = 50_000
	shortRow = 40
)

// index reads the rows of one side from the common prefix on. If bounded, it refuses a file with more and
// shorter rows than any transcript has.
func index(r io.Reader, offset int64, bounded bool) (Side, error) {
	side := Side{asides: map[string]bool{}}
	s := newRowReader(r)
	for s.Next() {
		row := s.Row()
		row.Offset += offset
		side.Rows, side.parents = append(side.Rows, row), append(side.parents, s.parent())
		if row.Value != "" && !s.isTurn() {
			side.asides[row.Value] = true
		}
		if n := int64(len(side.Rows)); bounded && n > manyRows && row.Offset-offset < n*shortRow {
			return side, &ccsync.FormatError{Reason: "its rows are too many and too short for a transcript"}
		}
	}
	return side, s.Err()
}

// decide finds the relation from the rows of both sides. A row that also stands in the common prefix (Claude
// Code appends its metadata again and again) is no news, so the prefix is read once more.
func (c *Comparison) decide(ours Local) error {
	prefix, err := c.inPrefix(ours.Open())
	if err != nil {
		return err
	}
	id := byUUID
	if !prefix.conversation && !hasUUID(c.Ours) && !hasUUID(c.Theirs) {
		id = bySum
	}
	c.Ours.compare(c.Theirs, id, prefix)
	c.Theirs.compare(c.Ours, id, prefix)
	c.Rewritten = len(c.Ours.rewritten)+len(c.Theirs.rewritten) > 0
	c.Relation = relationOf(c.Ours, c.Theirs)
	return nil
}

// relationOf decides from the news of both sides.
func relationOf(ours, theirs Side) Relation {
	switch {
	case ours.NewTurns > 0 && theirs.NewTurns > 0:
		return Diverged
	case theirs.NewTurns > 0 || ours.NewTurns == 0 && len(theirs.NewRows) > 0:
		return Behind
	case ours.NewTurns > 0 || len(ours.NewRows) > 0:
		return Ahead
	}
	return Same
}

// identity names the conversation row that a row is; "" for a metadata row.
type identity func(rows.Row) string

func byUUID(r rows.Row) string { return r.Value }

// bySum serves transcripts in which no row has a readable uuid: then every row counts as a turn, by its bytes.
func bySum(r rows.Row) string { return string(r.Sum[:]) }

// prefixRows says which of the rows behind the common prefix also stand in it.
type prefixRows struct {
	sums         map[[32]byte]bool
	uuids        map[string]bool
	conversation bool // the prefix has a conversation row
}

func (c *Comparison) inPrefix(r io.Reader) (prefixRows, error) {
	wanted := prefixRows{sums: map[[32]byte]bool{}, uuids: map[string]bool{}}
	for _, side := range []Side{c.Ours, c.Theirs} {
		for _, row := range side.Rows {
			wanted.sums[row.Sum], wanted.uuids[row.Value] = true, true
		}
	}
	found := prefixRows{sums: map[[32]byte]bool{}, uuids: map[string]bool{}}
	s := rows.NewScanner(io.LimitReader(r, c.Prefix), "uuid")
	for s.Next() {
		row := s.Row()
		found.conversation = found.conversation || row.Value != ""
		if wanted.sums[row.Sum] {
			found.sums[row.Sum] = true
		}
		if row.Value != "" && wanted.uuids[row.Value] {
			found.uuids[row.Value] = true
		}
	}
	return found, s.Err()
}

func hasUUID(s Side) bool {
	return slices.ContainsFunc(s.Rows, func(r rows.Row) bool { return r.Value != "" })
}

// compare finds what the other side lacks of the rows.
func (s *Side) compare(other Side, id identity, prefix prefixRows) {
	sums, uuids := make(map[[32]byte]bool, len(other.Rows)), make(map[string]bool, len(other.Rows))
	for _, r := range other.Rows {
		sums[r.Sum], uuids[r.Value] = true, true
	}
	s.ownIDs, s.identify = map[string]bool{}, id
	for _, r := range s.Rows {
		switch {
		case sums[r.Sum] || prefix.sums[r.Sum]:
		case r.Value != "" && (uuids[r.Value] || prefix.uuids[r.Value]):
			s.rewritten = append(s.rewritten, r)
		default:
			s.NewRows = append(s.NewRows, r)
			if name := id(r); name != "" && !s.asides[name] {
				s.ownIDs[name] = true
			}
		}
	}
	s.NewTurns = len(s.ownIDs)
}

// unexpected turns an early end into an error: the source is not the one that was indexed.
func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return fmt.Errorf("the transcript became shorter while it was read: %w", io.ErrUnexpectedEOF)
	}
	return err
}
