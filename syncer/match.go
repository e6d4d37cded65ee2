package syncer

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"maps"
	"slices"
	"time"

	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/project"
)

// relateAll brings transcripts and packs together.
func (l *look) relateAll() {
	for _, packs := range l.packs {
		slices.SortStableFunc(packs, func(a, b seenPack) int { return a.session(b.id) })
	}
	for i := range l.snap.Projects {
		p := &l.snap.Projects[i]
		packs := l.packs[p.Key]
		room := make([]Version, len(packs)) // for the versions of all sessions
		for j := range p.Sessions {
			s := &p.Sessions[j]
			theirs := of(packs, s.ID)
			for k := range theirs {
				theirs[k].taken = true
			}
			s.Versions, room = room[:0:len(theirs)], room[len(theirs):]
			l.relate(p, s, l.known[i][j], theirs)
		}
	}
	for key, packs := range l.packs {
		packs = slices.DeleteFunc(packs, func(p seenPack) bool { return p.taken || l.misplaced(key, p) })
		if l.packs[key] = packs; len(packs) == 0 {
			delete(l.packs, key)
		}
	}
	for i := range l.snap.Projects {
		p := &l.snap.Projects[i]
		cwd := home(*p)
		for id, packs := range bySession(l.packs[p.Key]) {
			if s, ok := l.elsewhere(*p, cwd, id, packs); ok {
				p.Sessions = append(p.Sessions, s)
			}
		}
		delete(l.packs, p.Key)
		slices.SortFunc(p.Sessions, func(a, b Session) int {
			return cmp.Or(b.Modified.Compare(a.Modified), cmp.Compare(a.ID, b.ID))
		})
	}
}

// arrived notes the sessions that can only have come by a pull, but by one that was killed before it could
// write that down: they are here, others have packs of them, and we never wrote one.
func (l *look) arrived() {
	for _, p := range l.snap.Projects {
		for i := range p.Sessions {
			s := &p.Sessions[i]
			if s.Path == "" || len(s.Versions) == 0 || s.packedHere() {
				continue
			}
			// A file that cannot be read has none of them: whoever adds to it says why not.
			if seen, err := l.seen(); err == nil && seen.has(p.Key, s.ID) {
				continue
			}
			if l.snap.came == nil {
				l.snap.came = map[project.Key][]ccsync.SessionID{}
			}
			l.snap.came[p.Key] = append(l.snap.came[p.Key], s.ID)
		}
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

// misplaced reports, and says in the snapshot, whether a pack is of a session that belongs to other projects
// here than the one it is meant for.
func (l *look) misplaced(key project.Key, pack seenPack) bool {
	if l.owners == nil {
		l.owners = map[ccsync.SessionID][]project.Key{}
		for _, p := range l.snap.Projects {
			for _, s := range p.Sessions {
				l.owners[s.ID] = append(l.owners[s.ID], p.Key)
			}
		}
	}
	owners := l.owners[pack.id]
	if len(owners) == 0 {
		return false
	}
	l.stray(pack.Name, fmt.Errorf("it is meant for %s, but its session belongs to %s here", key, owners[0]))
	return true
}

// elsewhere describes a session that only packs have; false when none of them can be read to its end.
func (l *look) elsewhere(p Project, cwd string, id ccsync.SessionID, packs []seenPack) (Session, bool) {
	seen, err := l.seen()
	if err != nil {
		l.err = err
		return Session{}, false
	}
	known := map[string]*knownPack{}
	var versions []Version
	for _, pack := range packs {
		known[pack.Name], versions = pack.known, append(versions, pack.Version)
	}
	was := seen.has(p.Key, id)
	putOff := l.installs(p, Session{ID: id, Cwd: cwd, Versions: versions}, was)
	s := Session{ID: id}
	for _, v := range longestFirst(versions) {
		title, err := l.readWhole(v, known[v.Name], putOff)
		if err != nil {
			l.stray(v.Name, err)
			continue
		}
		if s.Versions = append(s.Versions, v); len(s.Versions) == 1 {
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
	s.summarise(was)
	return s, len(versions) > 0
}

// installs reports whether the look is for a pull that will install this session, which is not here.
func (l *look) installs(p Project, s Session, known bool) bool {
	if l.pull == nil || p.LocalOnly || s.Cwd == "" || !l.pull.takes(p, s) {
		return false
	}
	s.summarise(known)
	return pullAction(s, *l.pull) == Install
}

// readWhole reads a pack to its end, unless that is put off.
func (l *look) readWhole(v Version, k *knownPack, putOff bool) (title string, err error) {
	if !putOff {
		return l.memory.title(k, func() (string, error) { return l.m.readWhole(l.ctx, v.Name) })
	}
	if v.Lines == 0 {
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
func (l *look) relate(p *Project, s *Session, k *knownTranscript, packs []seenPack) {
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
		v := pack.Version
		is, err := l.memory.relation(k, pack.known, s.Held != nil, func(was standing) (standing, error) {
			if err := open(); err != nil {
				return standing{}, err
			}
			if now, ok := was.grown(t.whole()); ok {
				return now, nil
			}
			if l.putsOff(p, s, v) {
				return standing{}, errPutOff
			}
			return l.m.relation(l.ctx, t.whole(), v.Name)
		})
		if v.Relation = is.relation; v.Own && err == nil && is.relation == Ahead {
			s.packed = is.stem
		}
		v.has = err == nil && (is.relation == Same || is.relation == Ahead)
		var ours *TranscriptError
		switch {
		case errors.Is(err, errPutOff):
			v.Relation = Behind
			s.Versions = append(s.Versions, v)
		case errors.As(err, &ours):
			s.Problem = err
			return
		case err != nil:
			l.stray(v.Name, err)
		default:
			if v.Own && v.Relation == Diverged {
				v.Relation = Ahead // nobody to ask: the next push keeps both
			}
			s.Versions = append(s.Versions, v)
		}
	}
	s.summarise(false)
}

// wait lists the projects that have packs but are not registered here.
func (l *look) wait() {
	keys := append(l.reg.Keys(), slices.Collect(maps.Keys(l.packs))...)
	labels := project.Labels(keys)
	for key, packs := range l.packs {
		w := Waiting{Key: key, Label: labels[key]}
		for _, versions := range bySession(packs) {
			w.Sessions++
			for _, v := range versions {
				w.Machines = appendNew(w.Machines, v.Machine)
			}
		}
		slices.Sort(w.Machines)
		l.snap.Waiting = append(l.snap.Waiting, w)
	}
	slices.SortFunc(l.snap.Waiting, func(a, b Waiting) int { return cmp.Compare(a.Label, b.Label) })
}
