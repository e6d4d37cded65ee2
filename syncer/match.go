package syncer

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"slices"
	"time"

	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/project"
)

// relateAll brings the part's transcripts and packs together.
func (v *visit) relateAll() {
	slices.SortFunc(v.packs, seenPack.compare)
	p := &v.project
	room := make([]Version, len(v.packs)) // for the versions of all sessions
	for i := range p.Sessions {
		s := &p.Sessions[i]
		theirs := of(v.packs, s.ID)
		for k := range theirs {
			theirs[k].taken = true
		}
		s.Versions, room = room[:0:len(theirs)], room[len(theirs):]
		v.relate(s, v.known[i], theirs)
	}
	if v.look.pull != nil {
		v.arrived()
	}
	rest := slices.DeleteFunc(v.packs, func(p seenPack) bool { return p.taken })
	cwd := home(*p)
	for id, packs := range bySession(rest) {
		if owners := v.look.owners[compact(id)]; owners != nil {
			for _, pack := range packs {
				v.strays = append(v.strays, misplaced(v.key, pack, owners))
			}
			continue
		}
		v.elsewhere = append(v.elsewhere, compact(id))
		if s, ok := v.remoteOnly(cwd, id, packs); ok {
			p.Sessions = append(p.Sessions, s)
		}
	}
	slices.SortFunc(p.Sessions, func(a, b Session) int {
		return cmp.Or(b.Modified.Compare(a.Modified), cmp.Compare(a.ID, b.ID))
	})
}

// arrived notes the sessions that can only have come by a pull, but by one that was killed before it could
// write that down: they are here, others have packs of them, and we never wrote one.
func (v *visit) arrived() {
	for i := range v.project.Sessions {
		s := &v.project.Sessions[i]
		if s.Path == "" || len(s.Versions) == 0 || s.packedHere() {
			continue
		}
		// A file that cannot be read has none of them: whoever adds to it says why not.
		if seen, err := v.look.seen(); err == nil && seen.has(v.key, s.ID) {
			continue
		}
		v.came = append(v.came, s.ID)
	}
}

// of returns those of the packs, which are sorted by their sessions, that are of one.
func of(packs []seenPack, id ccsync.SessionID) []seenPack {
	from, _ := slices.BinarySearchFunc(packs, id, seenPack.session)
	to := from
	for to < len(packs) && packs[to].id == id {
		to++
	}
	return packs[from:to]
}

// bySession yields the packs of each session, which they are sorted by.
func bySession(packs []seenPack) iter.Seq2[ccsync.SessionID, []seenPack] {
	return func(yield func(ccsync.SessionID, []seenPack) bool) {
		for len(packs) > 0 {
			id := packs[0].id
			same := of(packs, id)
			packs = packs[len(same):]
			if !yield(id, same) {
				return
			}
		}
	}
}

// misplaced tells of a pack whose session belongs to other projects here than the one it is meant for.
func misplaced(key project.Key, pack seenPack, owners []project.Key) Stray {
	return Stray{Name: pack.Name, Reason: fmt.Errorf("it is meant for %s, but its session belongs to %s here", key, owners[0])}
}

// remoteOnly describes a session that only packs have; false when none of them can be read to its end.
func (v *visit) remoteOnly(cwd string, id ccsync.SessionID, packs []seenPack) (Session, bool) {
	seen, broken := v.look.seen()
	known := map[string]*knownPack{}
	var versions []Version
	for _, pack := range packs {
		known[pack.Name], versions = pack.known, append(versions, pack.Version)
	}
	was := seen.has(v.key, id)
	putOff := broken == nil && v.installs(Session{ID: id, Cwd: cwd, Versions: versions}, was)
	s := Session{ID: id}
	for _, version := range longestFirst(versions) {
		title, err := v.readWhole(version, known[version.Name], putOff)
		if err != nil {
			v.stray(version.Name, err)
			continue
		}
		if s.Versions = append(s.Versions, version); len(s.Versions) == 1 {
			s.Title = title
		}
	}
	versions = s.Versions
	for i := range versions {
		versions[i].Relation = RemoteOnly
		if versions[i].Exported.After(s.Modified) {
			s.Modified, s.Size = versions[i].Exported, versions[i].Size
		}
	}
	s.Cwd = cwd
	if s.summarise(was); s.Relation == RemoteOnly {
		s.Problem = broken // nobody can tell whether it was here before
	}
	return s, len(versions) > 0
}

// installs reports whether the look is for a pull that will install this session, which is not here.
func (v *visit) installs(s Session, known bool) bool {
	pull := v.look.pull
	if pull == nil || v.project.LocalOnly || s.Cwd == "" || !pull.takes(v.project, s) {
		return false
	}
	s.summarise(known)
	return pullAction(s, *pull) == Install
}

// readWhole reads a pack to its end, unless that is put off.
func (v *visit) readWhole(version Version, k *knownPack, putOff bool) (title string, err error) {
	if !putOff {
		return v.memory.title(k, func() (string, error) { return v.look.m.readWhole(v.look.ctx, version.Name) })
	}
	if version.Lines == 0 {
		return "", errNoRows
	}
	return "", nil
}

// home is the checkout that a session from elsewhere goes to: the one that was used last.
func home(p Project) string {
	var used time.Time
	var cwd string
	for _, c := range p.Cwds {
		if !c.Stale && cwd == "" {
			cwd = c.Path
		}
	}
	for _, s := range p.Sessions {
		if s.Path != "" && s.Modified.After(used) {
			used, cwd = s.Modified, s.Cwd
		}
	}
	return cwd
}

// relate compares a transcript with its packs.
func (v *visit) relate(s *Session, k *knownTranscript, packs []seenPack) {
	if s.Problem != nil {
		return
	}
	var t *transcript // opened when something has to be read
	defer func() { t.Close() }()
	open := func() error {
		if t != nil {
			return nil
		}
		var err error
		if t, err = openTranscript(s.Path, s.Held != nil); errors.Is(err, fs.ErrNotExist) {
			s.Path = ""    // taken away while we looked
			k.young = true // what it was taken for is nothing to remember
			return nil
		}
		return err
	}
	if k.young {
		if s.Problem = open(); s.Problem != nil {
			return
		}
	}
	for _, pack := range packs {
		is, err := v.memory.relation(k, pack.known, s.Held != nil, func(was standing) (standing, error) {
			if err := open(); err != nil {
				return standing{}, err
			}
			if now, ok := was.grown(t.whole()); ok {
				return now, nil
			}
			if v.look.putsOff(&v.project, s, pack.Version) {
				return standing{}, errPutOff
			}
			return v.look.m.relation(v.look.ctx, t.whole(), pack.Name)
		})
		if v.stands(s, pack.Version, is, err); s.Problem != nil {
			return
		}
	}
	s.summarise(false)
}

// stands takes in how a transcript stands to a pack, or why that cannot be told.
func (v *visit) stands(s *Session, to Version, is standing, err error) {
	if to.Relation = is.relation; to.Own && err == nil && is.relation == Ahead {
		s.packed = is.stem
	}
	to.has = err == nil && (is.relation == Same || is.relation == Ahead)
	var ours *TranscriptError
	switch {
	case errors.Is(err, errPutOff):
		to.Relation = Behind
	case errors.As(err, &ours):
		s.Problem = err
		return
	case err != nil:
		v.stray(to.Name, err)
		return
	case to.Own && to.Relation == Diverged:
		to.Relation = Ahead // nobody to ask: the next push keeps both
	}
	s.Versions = append(s.Versions, to)
}
