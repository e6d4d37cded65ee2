package scan

import (
	"bytes"
	"maps"
	"slices"

	"claude-sync/syncer/ccsync"

	"github.com/google/uuid"
)

// owners maps the sessions that are here to their projects. A session belongs to one project only, even if its
// transcripts lie in the folders of several.
type owners struct {
	first   map[uuid.UUID]*projectScan
	several map[uuid.UUID][]*projectScan // of sessions that lie in several projects' folders
	later   map[uuid.UUID]*projectScan
}

// newOwners makes room for n sessions.
func newOwners(n int) owners {
	return owners{first: make(map[uuid.UUID]*projectScan, n), several: map[uuid.UUID][]*projectScan{}, later: map[uuid.UUID]*projectScan{}}
}

// add makes a project an owner of a session.
func (o *owners) add(p *projectScan, session ccsync.SessionID) {
	id := compact(session)
	first := o.first[id]
	switch all := o.several[id]; {
	case first == nil:
		o.first[id] = p
	case first == p || slices.Contains(all, p):
	case all == nil:
		o.several[id] = []*projectScan{first, p}
	default:
		o.several[id] = append(all, p)
	}
}

// shared is a session that lay in several projects' folders.
type shared struct {
	id     uuid.UUID
	owner  *projectScan
	others []*projectScan
}

// settle leaves each session one owner, which pick chooses from several. It returns the sessions that had several, by
// their ids.
func (o *owners) settle(pick func(uuid.UUID, []*projectScan) *projectScan) (twice []shared) {
	for _, id := range slices.SortedFunc(maps.Keys(o.several), func(a, b uuid.UUID) int { return bytes.Compare(a[:], b[:]) }) {
		owner := pick(id, o.several[id])
		others := slices.DeleteFunc(o.several[id], func(p *projectScan) bool { return p == owner })
		twice = append(twice, shared{id, owner, others})
		o.first[id], o.several[id] = owner, nil
	}
	return twice
}

// elsewhere reports whether a session that lies in a project's folders, and in another's too, belongs to that one.
func (o *owners) elsewhere(p *projectScan, session ccsync.SessionID) bool {
	if len(o.several) == 0 {
		return false
	}
	id := compact(session)
	_, twice := o.several[id]
	return twice && o.first[id] != p
}

// of returns the project of a session, nil if the session is not here.
func (o *owners) of(id uuid.UUID) *projectScan {
	if p := o.first[id]; p != nil {
		return p
	}
	return o.later[id]
}

// move makes a project the owner of a session that lies in another one's folder.
func (o *owners) move(id uuid.UUID, to *projectScan) {
	if _, here := o.first[id]; here {
		o.first[id], o.several[id] = to, nil
	}
}

// give makes a project the owner of a session that is not here.
func (o *owners) give(id uuid.UUID, p *projectScan) { o.later[id] = p }
