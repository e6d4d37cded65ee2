package scan

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"

	"claude-sync/syncer/ccsync"

	"github.com/google/uuid"
)

// owners maps the sessions that are here to their projects. A session belongs to one project only, even if its
// transcripts lie in the folders of several.
type owners struct {
	all    []ownership // sorted by id once settle was called
	later  map[uuid.UUID]*projectScan
	shared bool // some session lies in several projects' folders
}

type ownership struct {
	id      uuid.UUID
	project *projectScan
}

// add makes a project an owner of sessions.
func (o *owners) add(p *projectScan, ids []ccsync.SessionID) {
	o.all = slices.Grow(o.all, len(ids))
	for _, id := range ids {
		o.all = append(o.all, ownership{compact(id), p})
	}
}

// compare compares as bytes.Compare does. The first eight bytes nearly always tell.
func compare(a, b uuid.UUID) int {
	if first := cmp.Compare(binary.BigEndian.Uint64(a[:]), binary.BigEndian.Uint64(b[:])); first != 0 {
		return first
	}
	return bytes.Compare(a[:], b[:])
}

// shared is a session that lay in several projects' folders.
type shared struct {
	id     uuid.UUID
	owner  *projectScan
	others []*projectScan
}

// settle leaves each session one owner, which pick chooses from several. It returns the sessions that had several.
func (o *owners) settle(pick func(uuid.UUID, []*projectScan) *projectScan) []shared {
	slices.SortFunc(o.all, func(a, b ownership) int { return compare(a.id, b.id) })
	var twice []shared
	kept := o.all[:0]
	for i := 0; i < len(o.all); {
		j := i + 1
		for j < len(o.all) && o.all[j].id == o.all[i].id {
			j++
		}
		first := o.all[i]
		if all := projectsOf(o.all[i:j]); len(all) > 1 {
			first.project = pick(first.id, all)
			others := slices.DeleteFunc(all, func(p *projectScan) bool { return p == first.project })
			twice = append(twice, shared{first.id, first.project, others})
		}
		kept, i = append(kept, first), j
	}
	o.all, o.shared = kept, len(twice) > 0
	return twice
}

// projectsOf are the different projects of some ownerships; nil if there is only one ownership.
func projectsOf(all []ownership) (projects []*projectScan) {
	if len(all) == 1 {
		return nil
	}
	for _, o := range all {
		if !slices.Contains(projects, o.project) {
			projects = append(projects, o.project)
		}
	}
	return projects
}

// of returns the project of a session, nil if the session is not here.
func (o *owners) of(id uuid.UUID) *projectScan {
	i, found := slices.BinarySearchFunc(o.all, id, func(a ownership, id uuid.UUID) int { return compare(a.id, id) })
	if found {
		return o.all[i].project
	}
	return o.later[id]
}

// give makes a project the owner of a session that is not here.
func (o *owners) give(id uuid.UUID, p *projectScan) {
	if o.later == nil {
		o.later = map[uuid.UUID]*projectScan{}
	}
	o.later[id] = p
}
