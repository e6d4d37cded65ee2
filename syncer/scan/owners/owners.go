// Package owners tells to which of several projects a session belongs: to one only, even if its transcripts lie in the
// folders of several.
//
// It knows nothing of either but that they are told apart; who is asked in a dispute decides. A Map is read by several
// goroutines at once, but not while it changes.
package owners

import (
	"bytes"
	"maps"
	"slices"

	"github.com/google/uuid"
)

// Map maps the sessions that are here to their projects.
type Map[P any] struct {
	first   map[uuid.UUID]*P
	several map[uuid.UUID][]*P // of the sessions in several projects' folders; empty once Settle was called
	given   map[uuid.UUID]*P
}

// New returns a map with room for n sessions.
func New[P any](n int) *Map[P] {
	return &Map[P]{make(map[uuid.UUID]*P, n), map[uuid.UUID][]*P{}, map[uuid.UUID]*P{}}
}

// Add says that a session lies in a project's folder.
func (m *Map[P]) Add(p *P, session uuid.UUID) {
	first := m.first[session]
	switch all := m.several[session]; {
	case first == nil:
		m.first[session] = p
	case first == p || slices.Contains(all, p):
	case all == nil:
		m.several[session] = []*P{first, p}
	default:
		m.several[session] = append(all, p)
	}
}

// Shared is a session that lay in several projects' folders.
type Shared[P any] struct {
	Session uuid.UUID
	Owner   *P
	Others  []*P
}

// Settle leaves each session one owner, which pick chooses from several. It returns the sessions that had several, by
// their ids.
func (m *Map[P]) Settle(pick func(uuid.UUID, []*P) *P) (twice []Shared[P]) {
	for _, id := range slices.SortedFunc(maps.Keys(m.several), func(a, b uuid.UUID) int { return bytes.Compare(a[:], b[:]) }) {
		owner := pick(id, m.several[id])
		others := slices.DeleteFunc(m.several[id], func(p *P) bool { return p == owner })
		twice = append(twice, Shared[P]{id, owner, others})
		m.first[id], m.several[id] = owner, nil
	}
	return twice
}

// Disputed reports whether any session lay in several projects' folders, or was moved.
func (m *Map[P]) Disputed() bool { return len(m.several) > 0 }

// Elsewhere reports whether a session that lies in a folder of p belongs to another project.
func (m *Map[P]) Elsewhere(p *P, session uuid.UUID) bool {
	_, shared := m.several[session]
	return shared && m.first[session] != p
}

// Of returns the project of a session, nil if the session is not here and was given to none.
func (m *Map[P]) Of(session uuid.UUID) *P {
	if p := m.first[session]; p != nil {
		return p
	}
	return m.given[session]
}

// Move makes a project the owner of a session that lies in another one's folder.
func (m *Map[P]) Move(session uuid.UUID, to *P) {
	if _, here := m.first[session]; here {
		m.first[session], m.several[session] = to, nil
	}
}

// Give makes a project the owner of a session that is not here.
func (m *Map[P]) Give(session uuid.UUID, p *P) { m.given[session] = p }
