package scan

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"iter"
	"slices"

	"claude-sync/syncer"
	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/claude"
	"claude-sync/syncer/installed"
	"claude-sync/syncer/internal/oserr"
	"claude-sync/syncer/packs"
	"claude-sync/syncer/scan/cache"
	"claude-sync/syncer/transcript"
)

// errDeferred says that a pack was not compared, because the pull that the scan is for compares it.
var errDeferred = errors.New("deferred")

// relateAll brings the project's transcripts and packs together.
func (v *visit) relateAll() {
	slices.SortFunc(v.packs, foundPack.compare)
	p := &v.project
	room := make([]syncer.Version, len(v.packs)) // for the versions of all sessions
	for i := range p.Sessions {
		s := &p.Sessions[i]
		theirs := packsOf(v.packs, s.ID)
		for k := range theirs {
			theirs[k].used = true
		}
		s.Versions, room = room[:0:len(theirs)], room[len(theirs):]
		v.relate(s, v.entries[i], theirs, true)
		for k := range s.Copies {
			v.relate(&s.Copies[k], v.copies[s.Copies[k].Path], theirs, false)
		}
		if len(s.Copies) > 0 {
			s.SumUp()
		}
	}
	v.addRestTorn()
	if v.run.Pull != nil {
		v.addUnrecorded()
	}
	if v.run.Lines {
		v.countLines()
	}
	rest := slices.DeleteFunc(v.packs, func(p foundPack) bool { return p.used })
	cwd := p.Home()
	for id, found := range bySession(rest) {
		v.elsewhere = append(v.elsewhere, compact(id))
		if s, ok := v.remoteOnly(cwd, id, found); ok {
			p.Sessions = append(p.Sessions, s)
		}
	}
	p.Sessions = newestFirst(p.Sessions)
}

// newestFirst sorts sessions. A session is some hundred bytes long, so it moves them once, and sorts their numbers.
func newestFirst(all []syncer.Session) []syncer.Session {
	order := make([]int, len(all))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, k int) int {
		a, b := &all[i], &all[k]
		if newer := b.Modified.Compare(a.Modified); newer != 0 {
			return newer
		}
		return cmp.Compare(a.ID, b.ID)
	})
	sorted := make([]syncer.Session, len(all))
	for to, from := range order {
		sorted[to] = all[from]
	}
	return sorted
}

// addUnrecorded finds the sessions that a pull installed before it was killed: they are here, others have packs of
// them, and we never wrote one.
func (v *visit) addUnrecorded() {
	for i := range v.project.Sessions {
		s := &v.project.Sessions[i]
		if s.Path == "" || len(s.Versions) == 0 || s.PackedHere() {
			continue
		}
		// A broken record holds none of them, and whoever adds to it says why it cannot.
		if known, err := v.run.installed(); err == nil && known.Has(v.key, s.ID) {
			continue
		}
		v.unrecorded = append(v.unrecorded, s.ID)
	}
}

// countLines counts the lines of the transcripts. One that cannot be read keeps -1.
func (v *visit) countLines() {
	for i := range v.project.Sessions {
		s := &v.project.Sessions[i]
		if s.Path == "" || s.Problem != nil {
			continue
		}
		lines, err := v.cache.Lines(v.entries[i], func() (int64, error) { return linesOf(s.Path) })
		if err == nil {
			s.Lines = lines
		}
	}
}

func linesOf(path string) (int64, error) {
	t, err := claude.OpenFile(path, true)
	if err != nil {
		return 0, err
	}
	defer t.Close()
	var c ccsync.LineCounter
	_, err = io.Copy(&c, t.All().Open())
	return c.Lines(), err
}

// packsOf returns those of the packs, which are sorted by session, that are of one.
func packsOf(all []foundPack, id ccsync.SessionID) []foundPack {
	from, _ := slices.BinarySearchFunc(all, id, foundPack.session)
	to := from
	for to < len(all) && all[to].id == id {
		to++
	}
	return all[from:to]
}

// bySession yields the packs, which are sorted by session, session by session.
func bySession(all []foundPack) iter.Seq2[ccsync.SessionID, []foundPack] {
	return func(yield func(ccsync.SessionID, []foundPack) bool) {
		for len(all) > 0 {
			id := all[0].id
			same := packsOf(all, id)
			all = all[len(same):]
			if !yield(id, same) {
				return
			}
		}
	}
}

// remoteOnly describes a session that only packs have; false if no pack can be read to its end.
func (v *visit) remoteOnly(cwd string, id ccsync.SessionID, found []foundPack) (syncer.Session, bool) {
	record, broken := v.run.installed()
	byName := map[string]*foundPack{}
	var versions []syncer.Version
	for i := range found {
		pack := &found[i]
		pack.State = syncer.RemoteOnly
		byName[pack.Name], versions = pack, append(versions, pack.Version)
	}
	deferred := v.deferred(cwd, id, versions, record, broken)
	s := syncer.Session{ID: id, Cwd: cwd, Lines: -1}
	all := syncer.Session{Versions: versions}
	for _, version := range all.LongestFirst() {
		title, err := v.readWhole(byName[version.Name], deferred)
		if err != nil {
			v.addStray(version.Name, err)
			continue
		}
		if s.Versions = append(s.Versions, version); len(s.Versions) == 1 {
			s.Title = title
		}
		if version.Exported.After(s.Modified) {
			s.Modified, s.Size = version.Exported, version.Size
		}
		s.Lines = max(s.Lines, version.Lines)
	}
	if s.State = s.Towards(record.Has(v.key, id)); s.State == syncer.RemoteOnly {
		s.Problem = broken // it is unknown whether the session was here before
	}
	return s, len(s.Versions) > 0
}

// deferred reports whether the scan is for a pull that is going to read the packs of a session that only packs have.
func (v *visit) deferred(cwd string, id ccsync.SessionID, versions []syncer.Version, record installed.Sessions, broken error) bool {
	return broken == nil && v.run.Pull != nil &&
		v.run.Pull.WouldInstall(v.project, syncer.Session{ID: id, Cwd: cwd, Versions: versions}, record.Has(v.key, id))
}

// readWhole reads a pack to its end and returns its title. If that is deferred, it only checks the header.
func (v *visit) readWhole(pack *foundPack, deferred bool) (title string, err error) {
	if deferred {
		if pack.Lines == 0 {
			err = packs.ErrNoRows
		}
		return "", err
	}
	return v.cache.Title(pack.entry, func() (string, error) {
		if pack.read != nil && pack.read.whole {
			return pack.read.title, pack.read.err
		}
		d, err := v.run.Packs.Describe(v.run.ctx, pack.Name)
		return d.Title, err
	})
}

// relate compares a transcript with its packs. Leads says that our own pack follows the transcript: a row that was
// rewritten in a copy only stays in the copy.
func (v *visit) relate(s *syncer.Session, e *cache.Transcript, found []foundPack, leads bool) {
	if s.Problem != nil || s.Path == "" {
		return
	}
	var file *claude.File // opened when something has to be read
	defer func() { file.Close() }()
	open := func() (t transcript.Local, err error) {
		if file == nil {
			if file, err = claude.OpenFile(s.Path, s.Open); oserr.Missing(err) {
				s.Path = ""        // taken away while we looked
				e.Unsettled = true // its entry is out of date
				return transcript.Local{ReaderAt: bytes.NewReader(nil)}, nil
			}
		}
		if err != nil {
			return t, err
		}
		return file.Whole(), nil
	}
	if e.Unsettled {
		if _, s.Problem = open(); s.Problem != nil {
			return
		}
	}
	for pack := range ownLast(found) {
		is, err := v.cache.Relate(e, pack.entry, s.Open, func(was cache.Standing) (cache.Standing, error) {
			if known := pack.read.towards(s.Path); known != nil {
				return known.is, known.err
			}
			ours, err := open()
			if err != nil {
				return cache.Standing{}, err
			}
			return v.stand(s, pack, ours, was)
		})
		is.Rewritten = is.Rewritten && leads
		if v.record(s, pack.Version, is, err); s.Problem != nil {
			return
		}
	}
	v.relateTorn(s)
	slices.SortFunc(s.Versions, func(a, b syncer.Version) int { return cmp.Compare(a.Name, b.Name) })
	s.State = s.Towards(false)
}

// ownLast yields the packs of other machines before this machine's own.
func ownLast(found []foundPack) iter.Seq[foundPack] {
	return func(yield func(foundPack) bool) {
		for _, own := range []bool{false, true} {
			for _, pack := range found {
				if pack.Own == own && !yield(pack) {
					return
				}
			}
		}
	}
}

// stand finds out how a transcript relates to a pack. Was is how they stood before the transcript grew, if it may
// only have grown; else it is empty.
//
// If the ends of the transcript say that it has only grown, a row in the middle may still have been rewritten. That
// matters for our own pack alone, and only if another machine's has every row: otherwise a push comes to it anyway.
func (v *visit) stand(s *syncer.Session, pack foundPack, ours transcript.Local, was cache.Standing) (is cache.Standing, err error) {
	hasAll := was.Relation == transcript.Same || was.Relation == transcript.Ahead
	alone := syncer.Session{Path: s.Path, Versions: s.Versions}
	if hasAll && (!pack.Own || alone.Unsent()) && ours.Size != was.Base.Size && was.Base.MatchesEnds(ours, ours.Size) {
		return cache.Standing{Relation: transcript.Ahead, Base: was.Base}, nil
	}
	if v.run.Pull != nil && v.run.Pull.MayUpdate(v.project, *s, pack.Version) {
		return is, errDeferred
	}
	c, base, err := v.run.Packs.Relate(v.run.ctx, ours, pack.Name)
	return cache.Standing{Relation: c.Relation, Rewritten: c.Rewritten, Base: base}, err
}

// record takes in how a transcript relates to a pack, or why that is unknown.
func (v *visit) record(s *syncer.Session, to syncer.Version, is cache.Standing, err error) {
	to.Rewritten = to.Own && !to.Copy && err == nil && is.Rewritten
	if to.State = syncer.StateTowards(is.Relation, to.Own); to.Rewritten && to.State == syncer.Same {
		to.State = syncer.Ahead
	}
	if to.Own && err == nil && is.Relation == transcript.Ahead {
		to.Base = is.Base
	}
	to.Complete = err == nil && (is.Relation == transcript.Same || is.Relation == transcript.Ahead)
	var ours *claude.ReadError
	switch {
	case errors.Is(err, errDeferred):
		to.State = syncer.Behind
	case errors.As(err, &ours):
		s.Problem = err
		return
	case err != nil:
		if !v.addDamaged(s, to, err) {
			v.addStray(to.Name, err)
		}
		return
	}
	s.Versions = append(s.Versions, to)
}
