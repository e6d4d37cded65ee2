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

	parents   []string            // of the Rows: the uuid that each goes on from, "" if it names none
	rewritten []rows.Row          // those that the other side has, by their uuid, with other bytes
	ids       map[string]standing // of the Rows' uuids, and of the identities of the NewTurns
	identify  identity
}

// standing is what is known of an id.
type standing uint8

const (
	noTurn  standing = 1 << iota // a row of it is no turn
	newTurn                      // it is one of the NewTurns
)

// isAside reports whether a row with the id is no turn.
func (s *Side) isAside(id string) bool { return s.ids[id]&noTurn != 0 }

// isNew reports whether the id is one of the NewTurns.
func (s *Side) isNew(id string) bool { return s.ids[id]&newTurn != 0 }

func (s *Side) has(id string) bool {
	_, ok := s.ids[id]
	return ok
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
	side := Side{ids: map[string]standing{}}
	s := newRowReader(r)
	last := ""
	for s.Next() {
		row, parent := s.Row(), s.parent()
		row.Offset += offset
		if parent == last { // most often; then the two share one text
			parent = last
		}
		side.Rows, side.parents = append(side.Rows, row), append(side.parents, parent)
		if row.Value != "" {
			last = row.Value
			is := side.ids[last]
			if !s.isTurn() {
				is |= noTurn
			}
			side.ids[last] = is
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
	have, theirs := c.Ours.sums(), c.Theirs.sums()
	prefix, err := c.inPrefix(ours.Open(), have, theirs)
	if err != nil {
		return err
	}
	id := byUUID
	if !prefix.conversation && !hasUUID(c.Ours) && !hasUUID(c.Theirs) {
		id = bySum
	}
	c.Ours.compare(&c.Theirs, theirs, id, prefix)
	c.Theirs.compare(&c.Ours, have, id, prefix)
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

// sums is a set of rows, by their bytes.
type sums map[[32]byte]struct{}

func (s sums) has(sum [32]byte) bool {
	_, ok := s[sum]
	return ok
}

func (s *Side) sums() sums {
	all := make(sums, len(s.Rows))
	for i := range s.Rows {
		all[s.Rows[i].Sum] = struct{}{}
	}
	return all
}

// prefixRows says which of the rows behind the common prefix also stand in it.
type prefixRows struct {
	sums         sums
	uuids        map[string]bool
	conversation bool // the prefix has a conversation row
}

func (c *Comparison) inPrefix(r io.Reader, ours, theirs sums) (prefixRows, error) {
	found := prefixRows{sums: sums{}, uuids: map[string]bool{}}
	s := rows.NewScanner(io.LimitReader(r, c.Prefix), "uuid")
	for s.Next() {
		row := s.Row()
		found.conversation = found.conversation || row.Value != ""
		if ours.has(row.Sum) || theirs.has(row.Sum) {
			found.sums[row.Sum] = struct{}{}
		}
		if row.Value != "" && (c.Ours.has(row.Value) || c.Theirs.has(row.Value)) {
			found.uuids[row.Value] = true
		}
	}
	return found, s.Err()
}

func hasUUID(s Side) bool {
	return slices.ContainsFunc(s.Rows, func(r rows.Row) bool { return r.Value != "" })
}

// compare finds what the other side, which has the rows theirs, lacks of the rows.
func (s *Side) compare(other *Side, theirs sums, id identity, prefix prefixRows) {
	s.identify = id
	isNew := func(r *rows.Row) bool {
		return !theirs.has(r.Sum) && !prefix.sums.has(r.Sum) && (r.Value == "" || !other.has(r.Value) && !prefix.uuids[r.Value])
	}
	n := 0
	for i := range s.Rows {
		switch r := &s.Rows[i]; {
		case isNew(r):
			n++
			if name := id(*r); name != "" && s.ids[name] == 0 {
				s.ids[name] = newTurn
				s.NewTurns++
			}
		case !theirs.has(r.Sum) && !prefix.sums.has(r.Sum):
			s.rewritten = append(s.rewritten, *r)
		}
	}
	if n == len(s.Rows) { // two long branches have only news: they are not kept twice
		s.NewRows = s.Rows
		return
	}
	s.NewRows = make([]rows.Row, 0, n)
	for i := range s.Rows {
		if r := &s.Rows[i]; isNew(r) {
			s.NewRows = append(s.NewRows, *r)
		}
	}
}

// unexpected turns an early end into an error: the source is not the one that was indexed.
func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return fmt.Errorf("the transcript became shorter while it was read: %w", io.ErrUnexpectedEOF)
	}
	return err
}
