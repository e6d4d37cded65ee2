package syncer

import (
	"cmp"
	"context"
	"errors"
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
	l := look{m: m, ctx: ctx, reg: reg, pull: pull, packs: map[project.Key][]seenPack{}, seen: sync.OnceValues(m.loadSeen)}
	files, known, err := l.list()
	if err != nil {
		return Snapshot{}, err
	}
	l.snap = Snapshot{Machine: m.Name, Folder: m.Transport.String(), Time: begun}
	l.memory = newMemory(begun, known)
	l.live, l.blind = m.Store.Live()
	l.here()
	for i, f := range files {
		if err := ctx.Err(); err != nil {
			return Snapshot{}, err
		}
		l.pack(f, files[i:])
	}
	l.relateAll()
	if l.wait(); pull != nil {
		l.arrived()
	}
	slices.SortStableFunc(l.snap.Strays, func(a, b Stray) int { return cmp.Compare(a.Name, b.Name) })
	if err := errors.Join(ctx.Err(), l.err); err != nil {
		return l.snap, err
	}
	if pull == nil { // a pull that changes nothing writes nothing at all
		m.keepCompared(l.memory)
	}
	l.letGo()
	return l.snap, nil
}

// letGo gives the titles a text of their own, so that a snapshot does not keep all of the cache's.
func (l *look) letGo() {
	var text strings.Builder
	room := 0
	for _, p := range l.snap.Projects {
		for _, s := range p.Sessions {
			room += len(s.Title)
		}
	}
	text.Grow(room)
	for _, p := range l.snap.Projects {
		for i := range p.Sessions {
			s := &p.Sessions[i]
			at := text.Len()
			text.WriteString(s.Title)
			s.Title = text.String()[at:]
		}
	}
}

// LookHere is a Look without the sync folder: the sessions of this machine, related to nothing.
func (m *Machine) LookHere(ctx context.Context) (Snapshot, error) {
	reg, err := m.registry()
	if err != nil {
		return Snapshot{}, err
	}
	l := look{m: m, ctx: ctx, reg: reg}
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
	labels map[string]string // of machines, by their names in packs
	packs  map[project.Key][]seenPack
	owners map[ccsync.SessionID][]project.Key // of the transcripts that are here, once somebody asks
	snap   Snapshot
	known  [][]*knownTranscript // the cache's entries of the sessions in snap.Projects
}

// seenPack is a pack and the cache's entry of it, nil when it has none.
type seenPack struct {
	id ccsync.SessionID
	Version
	known *knownPack
	taken bool // its session is here
}

func (p seenPack) session(id ccsync.SessionID) int { return cmp.Compare(p.id, id) }

// listing is what lies in a checkout's folder of transcripts.
type listing struct {
	stale bool
	found []claude.Transcript
	err   error
}

// list lists the sync folder and the transcripts of all checkouts, and reads the cache, all at once.
func (l *look) list() (files []transport.File, known compared, err error) {
	var others sync.WaitGroup
	others.Go(l.listHere)
	others.Go(func() { known = l.m.loadCompared() })
	if l.pull != nil {
		others.Go(func() { _, _ = l.seen() }) // which arrived needs
	}
	files, err = l.m.Transport.List(l.ctx)
	others.Wait()
	return files, known, err
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
	at := map[ccsync.SessionID]int{}
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
				if len(p.Cwds) > 1 {
					at[t.ID] = len(all)
				}
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

// pack reads one pack's header and files it under its project, or as a stray. When it is in the folder of its
// project, so are most of the rest of the files that are in the same folder.
func (l *look) pack(f transport.File, rest []transport.File) {
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
	v := Version{Name: f.Name, Machine: l.label(h.MachineName), Own: is.own(f.Name, h.SessionID), Lines: h.LineCount,
		Size: f.Size, Exported: exported(h.ExportedAt)}
	if l.packs[key] == nil && strings.HasPrefix(f.Name, is.before) {
		l.packs[key] = make([]seenPack, 0, neighbours(rest))
	}
	l.packs[key] = append(l.packs[key], seenPack{id: h.SessionID, Version: v, known: k})
}

// neighbours returns how many of the files, from the first on, are in the first one's folder.
func neighbours(files []transport.File) int {
	folder := files[0].Name[:strings.LastIndexByte(files[0].Name, '/')+1]
	n, _ := slices.BinarySearchFunc(files, true, func(f transport.File, _ bool) int {
		if strings.HasPrefix(f.Name, folder) {
			return -1
		}
		return 1
	})
	return n
}

// label is the label of a machine, whose name thousands of packs have.
func (l *look) label(name string) string {
	is, ok := l.labels[name]
	if !ok {
		if l.labels == nil {
			l.labels = map[string]string{}
		}
		is = strings.Clone(label(name)) // see letGo
		l.labels[name] = is
	}
	return is
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
	if is.key, is.err = project.ParseKey(strings.Clone(text)); is.err == nil {
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
