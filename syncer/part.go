package syncer

import (
	"cmp"
	"errors"
	"os"
	"strings"
	"sync"
	"time"

	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/claude"
	"claude-sync/syncer/internal/dir"
	"claude-sync/syncer/project"
	"claude-sync/syncer/transport"

	"github.com/google/uuid"
)

// part is one project of this machine with the folder that is meant for its packs, or a folder of packs that is
// meant for none.
type part struct {
	look   *look
	key    project.Key // "" for none
	folder string
	listed bool       // the transport has the folder
	more   []stranger // packs of the project that are in other folders
	found
}

// found is what a look at a part found.
type found struct {
	project   Project
	strays    []Stray
	strangers map[project.Key][]stranger
	machines  map[string]bool    // that have packs of the project
	came      []ccsync.SessionID // see arrived
	ids       []uuid.UUID        // of the sessions that are here
	elsewhere []uuid.UUID        // of those that only packs have
	cached    *section           // what the cache is to hold of it; nil for nothing
	err       error              // that ends the look
}

// stranger is a pack of another project than the one that its folder is meant for.
type stranger struct {
	transport.File
	header  ccsync.Header
	machine string // its label
}

// seenPack is a pack and the cache's entry of it, nil when it has none.
type seenPack struct {
	id ccsync.SessionID
	Version
	known *knownPack
	taken bool // its session is here
}

func (p seenPack) session(id ccsync.SessionID) int { return cmp.Compare(p.id, id) }

func (p seenPack) compare(other seenPack) int {
	return cmp.Or(p.session(other.id), cmp.Compare(p.Name, other.Name))
}

// compact is a session id in a quarter of the room.
func compact(id ccsync.SessionID) uuid.UUID {
	n, _ := uuid.Parse(string(id)) // which it is: see ccsync.ParseSessionID
	return n
}

// visit is a look at a part on its way.
type visit struct {
	*part
	memory *memory
	ours   map[[2]string]bool // whether a recorded cwd is one of a checkout's
	keys   map[string]*namedKey
	labels map[string]string // of machines, by their names in packs
	packs  []seenPack
	known  []*knownTranscript // the cache's entries of the sessions in project
}

// run looks at the part, anew when it was looked at before.
func (p *part) run() {
	p.found = found{}
	if p.err = p.look.ctx.Err(); p.err != nil {
		return
	}
	v := visit{part: p, memory: newMemory(p.look.begun, p.look.cache.section(p.folder))}
	var files []transport.File
	var beside sync.WaitGroup
	if p.listed {
		beside.Go(func() { files, p.err = p.look.m.Transport.List(p.look.ctx, p.folder) })
	}
	v.here()
	if beside.Wait(); p.err != nil {
		return
	}
	v.packs = make([]seenPack, 0, len(files)+len(p.more))
	for _, f := range files {
		if p.err = p.look.ctx.Err(); p.err != nil {
			return
		}
		v.pack(f, func() (ccsync.Header, error) { return p.look.m.header(p.look.ctx, f.Name) })
	}
	for _, f := range p.more {
		v.pack(f.File, func() (ccsync.Header, error) { return f.header, nil })
	}
	if p.key != "" {
		v.relateAll()
	}
	v.leave()
}

// listing is what lies in a checkout's folder of transcripts.
type listing struct {
	stale bool
	found []claude.Transcript
	err   error
}

// here lists the project's transcripts.
func (v *visit) here() {
	if v.key == "" {
		return
	}
	l := v.look
	v.project = Project{Key: v.key, Label: l.labels[v.key], LocalOnly: l.reg.LocalOnly(v.key), Used: l.reg.Used(v.key)}
	cwds := l.reg.Cwds(v.key)
	all := make([]listing, len(cwds))
	dir.Each(len(cwds), func(i int) {
		info, err := os.Stat(cwds[i])
		if all[i].stale = err != nil || !info.IsDir(); !all[i].stale {
			all[i].found, all[i].err = l.m.Store.Transcripts(cwds[i])
		}
	})
	for i, cwd := range cwds {
		v.project.Cwds = append(v.project.Cwds, Cwd{Path: cwd, Stale: all[i].stale})
	}
	v.transcripts(cwds, all)
}

// transcripts lists the project's sessions on this machine. Where two checkouts hold the same session, the
// one that was written last is meant. Beside each stands the cache's entry.
func (v *visit) transcripts(cwds []string, listed []listing) {
	n := 0
	for _, l := range listed {
		n += len(l.found)
	}
	all, known := make([]Session, 0, n), make([]*knownTranscript, 0, n)
	at := map[ccsync.SessionID]int{}
	for c, cwd := range cwds {
		if err := listed[c].err; err != nil {
			all, known = append(all, Session{Cwd: cwd, Problem: err}), append(known, &knownTranscript{young: true})
			continue
		}
		for _, t := range listed[c].found {
			k, err := v.memory.describe(t)
			if err == nil && !v.belongsTo(k.cwd, cwd) {
				continue // of another checkout, whose path has the same letters for Claude Code (my.app and my-app)
			}
			s := Session{ID: t.ID, Title: k.title, Cwd: cwd, Path: t.Path, Size: t.Size, Modified: t.ModTime}
			if held, ok := v.look.m.Store.Held(t, v.look.live, v.look.begun); ok || v.look.blind != nil {
				s.Held = &held
			}
			i, twice := at[t.ID]
			switch {
			case !twice:
				if len(cwds) > 1 {
					at[t.ID] = len(all)
				}
				all, known = append(all, s), append(known, k)
			case s.Modified.After(all[i].Modified):
				all[i], known[i] = s, k
			}
		}
	}
	v.project.Sessions, v.known = all, known
}

// belongsTo is claude.BelongsTo, which asks the disk, once for all sessions of a checkout.
func (v *visit) belongsTo(recorded, cwd string) bool {
	asked := [2]string{recorded, cwd}
	is, known := v.ours[asked]
	if !known {
		is = claude.BelongsTo(recorded, cwd)
		if v.ours == nil {
			v.ours = map[[2]string]bool{}
		}
		v.ours[asked] = is
	}
	return is
}

// pack files one pack, whose header read reads, or tells of it as a stray.
func (v *visit) pack(f transport.File, read func() (ccsync.Header, error)) {
	if f.Problem != nil {
		v.stray(f.Name, f.Problem)
		return
	}
	k, h, err := v.memory.header(f, read)
	if err != nil {
		v.stray(f.Name, err)
		return
	}
	is := v.keyOf(h.ProjectKey)
	switch {
	case is.err != nil:
		v.stray(f.Name, is.err)
	case is.key != v.key:
		if v.strangers == nil {
			v.strangers = map[project.Key][]stranger{}
		}
		v.strangers[is.key] = append(v.strangers[is.key], stranger{f, h, v.label(h.MachineName)})
	default:
		v.packs = append(v.packs, seenPack{id: h.SessionID, known: k, Version: Version{Name: f.Name, Machine: v.label(h.MachineName),
			Own: is.own(f.Name, h.SessionID), Lines: h.LineCount, Size: f.Size, Exported: exported(h.ExportedAt)}})
	}
}

// label is the label of a machine, whose name thousands of packs have.
func (v *visit) label(name string) string {
	is, ok := v.labels[name]
	if !ok {
		if v.labels == nil {
			v.labels = map[string]string{}
		}
		is = strings.Clone(label(name)) // see leave
		v.labels[name] = is
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

func (v *visit) keyOf(text string) *namedKey {
	if is := v.keys[text]; is != nil {
		return is
	}
	is := &namedKey{}
	if is.key, is.err = project.ParseKey(strings.Clone(text)); is.err == nil {
		name := v.look.m.packName(is.key, "")
		i := strings.LastIndexByte(name, '/') + 1
		is.before, is.then = name[:i], name[i:]
	}
	if v.keys == nil {
		v.keys = map[string]*namedKey{}
	}
	v.keys[text] = is
	return is
}

// exported is a pack's time, at most the last that every format can write.
func exported(ms int64) time.Time {
	return time.UnixMilli(min(ms, time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC).UnixMilli()))
}

func (v *visit) stray(name string, err error) {
	later := errors.Is(err, ccsync.ErrTruncated) || errors.Is(err, transport.ErrNotDownloaded)
	v.strays = append(v.strays, Stray{Name: name, Reason: err, Later: later})
}

// leave ends a visit: what it found must not keep what it only needed, and the cache has to be brought up to
// date.
func (v *visit) leave() {
	v.machines = map[string]bool{}
	for _, s := range v.project.Sessions {
		if s.ID != "" && s.Path != "" {
			v.ids = append(v.ids, compact(s.ID))
		}
		for _, version := range s.Versions {
			v.machines[version.Machine] = true
		}
	}
	if v.look.brief {
		v.shorten()
	} else {
		v.letGo()
	}
	if v.look.alone || v.look.pull != nil || v.look.m.Compared == "" {
		return
	}
	switch known := v.memory.new; {
	case len(known.transcripts)+len(known.packs) == 0:
	case v.memory.changed():
		v.cached = &section{v.folder, encodeCompared(known)}
	default:
		v.cached = &section{folder: v.folder}
	}
}

// shorten leaves out the sessions of which there is nothing to be said, but for the newest, and gives the others
// texts of their own.
func (v *visit) shorten() {
	var kept []Session
	newest := 0
	for i, s := range v.project.Sessions {
		recent := s.Relation != Archived && newest < v.look.newest
		if recent {
			newest++
		}
		asked := v.look.pull != nil && v.look.pull.Session == s.ID
		if i == 0 || recent || asked || s.matters() {
			kept = append(kept, s.clone())
		}
	}
	v.project.Sessions = kept
}

// letGo gives the titles a text of their own, so that a snapshot does not keep all of the cache's.
func (v *visit) letGo() {
	var text strings.Builder
	room := 0
	for _, s := range v.project.Sessions {
		room += len(s.Title)
	}
	text.Grow(room)
	for i := range v.project.Sessions {
		s := &v.project.Sessions[i]
		at := text.Len()
		text.WriteString(s.Title)
		s.Title = text.String()[at:]
	}
}
