package scan

import (
	"slices"

	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/claude"
	"claude-sync/syncer/project"
	"claude-sync/syncer/transcript"

	"github.com/google/uuid"
)

// misplaced says that a session which is here has a pack for another project than the one that has it here.
type misplaced struct {
	id   uuid.UUID
	key  project.Key // of the pack's project
	pack string      // its name
}

// settleMoved gives each session that moved into another project's folder, as Claude Code's /cd moves it, to the project
// that its packs are of: a session that was pushed as one project's is never pushed as another's, too. Its transcript
// stays where it is. A pack that has none of its rows does not say that it moved: anybody may have written that. A
// session of which there are packs of both projects stays with the folder that it is in, and so does one that moved into
// a project that is kept on this machine. It returns the projects to scan again.
func (r *run) settleMoved(all, here []*projectScan) (again []*projectScan) {
	moved := map[uuid.UUID]bool{}
	for _, p := range all {
		for _, m := range p.misplaced {
			if from, to := r.movedBetween(m, here); to != nil && !moved[m.id] {
				r.placer.move(m.id, from, to)
				moved[m.id], again = true, append(again, from, to)
			}
		}
	}
	for _, p := range all {
		if slices.ContainsFunc(p.misplaced, func(m misplaced) bool { return moved[m.id] }) {
			again = append(again, p)
		}
	}
	return again
}

// movedBetween returns the project in whose folder a session lies, and the one that it is to be given to; nil for none.
func (r *run) movedBetween(m misplaced, here []*projectScan) (from, to *projectScan) {
	from = r.owners.Of(m.id)
	i := slices.IndexFunc(here, func(p *projectScan) bool { return p.key == m.key })
	if i < 0 || from == nil || from == here[i] || from.project.LocalOnly || from.hasPacks(m.id) || !r.meets(m.pack, from, m.id) {
		return nil, nil
	}
	return from, here[i]
}

// hasPacks reports whether the project's last scan found packs of a session that is here, or left the session out,
// because packs have all of it or it is empty.
func (p *projectScan) hasPacks(id uuid.UUID) bool {
	for i := range p.project.Sessions {
		if s := &p.project.Sessions[i]; s.ID == ccsync.SessionID(id.String()) {
			return len(s.Versions) > 0
		}
	}
	return true
}

// meets reports whether a pack has rows of one of a project's transcripts of a session.
func (r *run) meets(pack string, in *projectScan, id uuid.UUID) bool {
	theirs, err := r.Packs.Open(r.ctx, pack)
	if err != nil {
		return false
	}
	defer theirs.Close()
	for _, l := range r.placer.filesOf(in, id) {
		if meetsFile(l.file.Path, theirs) {
			return true
		}
	}
	return false
}

func meetsFile(path string, theirs transcript.Source) bool {
	f, err := claude.OpenFile(path, true)
	if err != nil {
		return false
	}
	defer f.Close()
	same, err := transcript.Meet(f.Whole(), theirs)
	return same && err == nil
}

// move gives a session with all of its transcripts to another project, which may have some of them in folders of its own.
func (p *placer) move(id uuid.UUID, from, to *projectScan) {
	has := map[string]bool{}
	for _, l := range p.filesOf(to, id) {
		has[l.file.Path] = true
	}
	for _, l := range p.filesOf(from, id) {
		if !has[l.file.Path] {
			to.listed = append(to.listed, l)
		}
	}
	p.run.owners.Move(id, to)
}
