package syncer

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/claude"
	"claude-sync/syncer/internal/dir"
	"claude-sync/syncer/project"
	"claude-sync/syncer/transport"
)

// Look reads what is: transcripts, packs, and how they stand to each other. It changes nothing, but for
// the cache by which the next look need not read what has not changed.
//
// Errors: *transport.UnavailableError when the sync folder cannot be seen; a broken registry. One bad
// transcript or pack is no error: it is a Session with a Problem, or a Stray.
func (m *Machine) Look(ctx context.Context) (Snapshot, error) { return m.look(ctx, nil) }

// look is Look, or one for a pull, unless that is nil: it puts off reading the packs of sessions that the
// pull is going to install, because that reads them anyway, and of those that are here and it may have to
// update. Titles are not known then, nor whether a pack is whole and has anything new.
func (m *Machine) look(ctx context.Context, pull *Scope) (Snapshot, error) {
	m = m.roomy()
	begun := m.now() // before anything is seen: a file is old when it was old then
	reg, err := m.registry()
	if err != nil {
		return Snapshot{}, err
	}
	l := look{m: m, ctx: ctx, reg: reg, pull: pull, packs: map[project.Key]map[ccsync.SessionID][]seenPack{}, owners: map[ccsync.SessionID][]project.Key{}}
	files, err := l.list()
	if err != nil {
		return Snapshot{}, err
	}
	l.snap = Snapshot{Machine: m.Name, Folder: m.Transport.String(), Time: begun}
	l.memory = newMemory(begun, m.loadCompared())
	l.seen = sync.OnceValues(m.loadSeen)
	l.live, l.blind = m.Store.Live()
	l.here()
	for _, f := range files {
		if err := ctx.Err(); err != nil {
			return Snapshot{}, err
		}
		l.pack(f)
	}
	l.relateAll()
	l.wait()
	if err := errors.Join(ctx.Err(), l.err); err != nil {
		return l.snap, err
	}
	if pull == nil { // a pull that changes nothing writes nothing at all
		m.keepCompared(l.memory)
	}
	return l.snap, nil
}

// LookHere is a Look without the sync folder: the sessions of this machine, related to nothing.
func (m *Machine) LookHere(ctx context.Context) (Snapshot, error) {
	reg, err := m.registry()
	if err != nil {
		return Snapshot{}, err
	}
	l := look{m: m, ctx: ctx, reg: reg, owners: map[ccsync.SessionID][]project.Key{}}
	l.listHere()
	l.snap = Snapshot{Machine: m.Name, Time: m.now()}
	l.memory = newMemory(l.snap.Time, compared{})
	l.live, l.blind = m.Store.Live()
	l.here()
	l.relateAll()
	return l.snap, ctx.Err()
}

// look is one Look on its way.
type look struct {
	m      *Machine
	ctx    context.Context
	reg    project.Registry
	pull   *Scope
	memory *memory
	ours   map[[2]string]bool // whether a recorded cwd is one of a checkout's
	seen   func() (seen, error)
	err    error // that ends the look
	live   []claude.Live
	blind  error // some session is open and nobody can tell which
	listed map[string]*listing
	keys   map[string]*namedKey
	packs  map[project.Key]map[ccsync.SessionID][]seenPack
	owners map[ccsync.SessionID][]project.Key // of the transcripts that are here
	snap   Snapshot
	known  [][]*knownTranscript // the cache's entries of the sessions in snap.Projects
}

// seenPack is a pack and the cache's entry of it, nil when it has none.
type seenPack struct {
	Version
	known *knownPack
}

// listing is what lies in a checkout's folder of transcripts.
type listing struct {
	stale bool
	found []claude.Transcript
	err   error
}

// list lists the sync folder and the transcripts of all checkouts, all at once.
func (l *look) list() (files []transport.File, err error) {
	var here sync.WaitGroup
	here.Go(l.listHere)
	files, err = l.m.Transport.List(l.ctx)
	here.Wait()
	return files, err
}

func (l *look) listHere() {
	l.listed = map[string]*listing{}
	var cwds []string
	for _, key := range l.reg.Keys() {
		for _, cwd := range l.reg.Cwds(key) {
			if l.listed[cwd] == nil {
				l.listed[cwd] = &listing{}
				cwds = append(cwds, cwd)
			}
		}
	}
	dir.Each(len(cwds), func(i int) {
		cwd, is := cwds[i], l.listed[cwds[i]]
		info, err := os.Stat(cwd)
		if is.stale = err != nil || !info.IsDir(); !is.stale {
			is.found, is.err = l.m.Store.Transcripts(cwd)
		}
	})
}

// here lists the registered projects and their transcripts.
func (l *look) here() {
	keys := l.reg.Keys()
	labels := project.Labels(keys)
	for _, key := range keys {
		p := Project{Key: key, Label: labels[key], LocalOnly: l.reg.LocalOnly(key), Used: l.reg.Used(key)}
		for _, cwd := range l.reg.Cwds(key) {
			p.Cwds = append(p.Cwds, Cwd{Path: cwd, Stale: l.listed[cwd].stale})
		}
		var known []*knownTranscript
		p.Sessions, known = l.transcripts(p)
		l.known = append(l.known, known)
		for _, s := range p.Sessions {
			l.owners[s.ID] = append(l.owners[s.ID], key)
		}
		l.snap.Projects = append(l.snap.Projects, p)
	}
}

// transcripts lists a project's sessions on this machine. Where two checkouts hold the same session, the
// one that was written last is meant. Beside each stands the cache's entry.
func (l *look) transcripts(p Project) (all []Session, known []*knownTranscript) {
	n := 0
	for _, cwd := range p.Cwds {
		n += len(l.listed[cwd.Path].found)
	}
	all, known = make([]Session, 0, n), make([]*knownTranscript, 0, n)
	at := make(map[ccsync.SessionID]int, n)
	for _, cwd := range p.Cwds {
		if cwd.Stale {
			continue
		}
		listed := l.listed[cwd.Path]
		if listed.err != nil {
			all, known = append(all, Session{Cwd: cwd.Path, Problem: listed.err}), append(known, &knownTranscript{young: true})
			continue
		}
		for _, t := range listed.found {
			k, err := l.memory.describe(t)
			if err == nil && !l.belongsTo(k.cwd, cwd.Path) {
				continue // of another checkout, whose path has the same letters for Claude Code (my.app and my-app)
			}
			s := Session{ID: t.ID, Title: k.title, Cwd: cwd.Path, Path: t.Path, Size: t.Size, Modified: t.ModTime}
			if held, ok := l.m.Store.Held(t, l.live, l.snap.Time); ok || l.blind != nil {
				s.Held = &held
			}
			i, twice := at[t.ID]
			switch {
			case !twice:
				at[t.ID] = len(all)
				all, known = append(all, s), append(known, k)
			case s.Modified.After(all[i].Modified):
				all[i], known[i] = s, k
			}
		}
	}
	return all, known
}

// belongsTo is claude.BelongsTo, which asks the disk, once for all sessions of a checkout.
func (l *look) belongsTo(recorded, cwd string) bool {
	asked := [2]string{recorded, cwd}
	is, known := l.ours[asked]
	if !known {
		is = claude.BelongsTo(recorded, cwd)
		if l.ours == nil {
			l.ours = map[[2]string]bool{}
		}
		l.ours[asked] = is
	}
	return is
}

// pack reads one pack's header and files it under its project and session, or as a stray.
func (l *look) pack(f transport.File) {
	if f.Problem != nil {
		l.stray(f.Name, f.Problem)
		return
	}
	k, h, err := l.memory.header(f, func() (ccsync.Header, error) { return l.m.header(l.ctx, f.Name) })
	if err != nil {
		l.stray(f.Name, err)
		return
	}
	is := l.keyOf(h.ProjectKey)
	if is.err != nil {
		l.stray(f.Name, is.err)
		return
	}
	key := is.key
	if owners := l.owners[h.SessionID]; len(owners) > 0 && !slices.Contains(owners, key) {
		l.stray(f.Name, fmt.Errorf("it is meant for %s, but its session belongs to %s here", key, owners[0]))
		return
	}
	v := Version{Name: f.Name, Machine: label(h.MachineName), Own: is.own(f.Name, h.SessionID), Lines: h.LineCount,
		Size: f.Size, Exported: exported(h.ExportedAt)}
	if l.packs[key] == nil {
		l.packs[key] = map[ccsync.SessionID][]seenPack{}
	}
	l.packs[key][h.SessionID] = append(l.packs[key][h.SessionID], seenPack{v, k})
}

// namedKey is a project key as a pack names it: read, and with what our own packs of it are called, but for
// the session in between. Thousands of packs have the same.
type namedKey struct {
	key          project.Key
	err          error
	before, then string
}

func (n *namedKey) own(name string, id ccsync.SessionID) bool {
	rest, ok := strings.CutPrefix(name, n.before)
	rest, ok2 := strings.CutPrefix(rest, string(id))
	return ok && ok2 && rest == n.then
}

func (l *look) keyOf(text string) *namedKey {
	if is := l.keys[text]; is != nil {
		return is
	}
	is := &namedKey{}
	if is.key, is.err = project.ParseKey(text); is.err == nil {
		name := l.m.packName(is.key, "")
		i := strings.LastIndexByte(name, '/') + 1
		is.before, is.then = name[:i], name[i:]
	}
	if l.keys == nil {
		l.keys = map[string]*namedKey{}
	}
	l.keys[text] = is
	return is
}

// exported is a pack's time, at most the last that every format can write.
func exported(ms int64) time.Time {
	return time.UnixMilli(min(ms, time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC).UnixMilli()))
}

func (l *look) stray(name string, err error) {
	later := errors.Is(err, ccsync.ErrTruncated) || errors.Is(err, transport.ErrNotDownloaded)
	l.snap.Strays = append(l.snap.Strays, Stray{Name: name, Reason: err, Later: later})
}

// relateAll brings transcripts and packs of the registered projects together.
func (l *look) relateAll() {
	for i := range l.snap.Projects {
		p := &l.snap.Projects[i]
		remote := l.packs[p.Key]
		delete(l.packs, p.Key)
		for j := range p.Sessions {
			l.relate(p, &p.Sessions[j], l.known[i][j], remote[p.Sessions[j].ID])
			delete(remote, p.Sessions[j].ID)
		}
		cwd := home(*p)
		for id, versions := range remote {
			if s, ok := l.elsewhere(*p, cwd, id, versions); ok {
				p.Sessions = append(p.Sessions, s)
			}
		}
		slices.SortFunc(p.Sessions, func(a, b Session) int {
			return cmp.Or(b.Modified.Compare(a.Modified), cmp.Compare(a.ID, b.ID))
		})
	}
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
	for key, sessions := range l.packs {
		w := Waiting{Key: key, Label: labels[key], Sessions: len(sessions)}
		for _, versions := range sessions {
			for _, v := range versions {
				w.Machines = appendNew(w.Machines, v.Machine)
			}
		}
		slices.Sort(w.Machines)
		l.snap.Waiting = append(l.snap.Waiting, w)
	}
	slices.SortFunc(l.snap.Waiting, func(a, b Waiting) int { return cmp.Compare(a.Label, b.Label) })
}
