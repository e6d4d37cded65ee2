package scan

import (
	"cmp"
	"errors"
	"os"
	"strings"
	"sync"

	"claude-sync/syncer"
	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/claude"
	"claude-sync/syncer/internal/dir"
	"claude-sync/syncer/packs"
	"claude-sync/syncer/project"
	"claude-sync/syncer/scan/cache"
	"claude-sync/syncer/transport"
	"claude-sync/syncer/words"

	"github.com/google/uuid"
)

// projectScan is the unit of a scan: a registered project and the folder for its packs, or a folder that is for no
// registered project's packs.
type projectScan struct {
	run       *run
	key       project.Key // "" for none
	folder    string
	listed    bool          // the transport has the folder
	delivered []foreignPack // the project's packs that are in other folders
	findings
}

// findings are the result of one scan of a project.
type findings struct {
	project    syncer.Project
	strays     []syncer.Stray
	foreign    map[project.Key][]foreignPack
	machines   map[string]bool    // that have packs of the project
	unrecorded []ccsync.SessionID // see syncer.Snapshot
	ids        []uuid.UUID        // of the sessions that are here
	elsewhere  []uuid.UUID        // of the sessions that only packs have
	section    *cache.Section     // for the cache; nil for nothing
	err        error              // that ends the whole scan
}

// foreignPack is a pack of another project than the one that its folder is for.
type foreignPack struct {
	transport.File
	header  ccsync.Header
	machine string // its label
}

// foundPack is a pack and its cache entry, which may be nil.
type foundPack struct {
	id ccsync.SessionID
	syncer.Version
	entry *cache.Pack
	used  bool // its session is here
}

func (p foundPack) session(id ccsync.SessionID) int { return cmp.Compare(p.id, id) }

func (p foundPack) compare(other foundPack) int {
	return cmp.Or(p.session(other.id), cmp.Compare(p.Name, other.Name))
}

// compact is a session id in a quarter of the memory.
func compact(id ccsync.SessionID) uuid.UUID {
	n, _ := uuid.Parse(string(id)) // it is one: see ccsync.ParseSessionID
	return n
}

// visit is the scan of one project under way. It is dropped when the findings are complete.
type visit struct {
	*projectScan
	cache   *cache.Scan
	belongs map[[2]string]bool // whether a recorded cwd belongs to a checkout
	keys    map[string]*packKey
	labels  map[string]string // of machines, by their names in packs
	packs   []foundPack
	entries []*cache.Transcript // of the sessions in project
}

// scan scans the project, from the beginning if it was scanned before.
func (p *projectScan) scan() {
	p.findings = findings{}
	if p.err = p.run.ctx.Err(); p.err != nil {
		return
	}
	v := visit{projectScan: p, cache: cache.NewScan(p.run.Now, p.run.cache.Entries(p.folder))}
	var files []transport.File
	var beside sync.WaitGroup
	if p.listed {
		beside.Go(func() { files, p.err = p.run.Packs.Transport.List(p.run.ctx, p.folder) })
	}
	v.listTranscripts()
	if beside.Wait(); p.err != nil {
		return
	}
	v.packs = make([]foundPack, 0, len(files)+len(p.delivered))
	for _, f := range files {
		if p.err = p.run.ctx.Err(); p.err != nil {
			return
		}
		v.addPack(f, func() (ccsync.Header, error) { return p.run.Packs.Header(p.run.ctx, f.Name) })
	}
	for _, f := range p.delivered {
		v.addPack(f.File, func() (ccsync.Header, error) { return f.header, nil })
	}
	if p.key != "" {
		v.relateAll()
	}
	v.finish()
}

// listing is the contents of a checkout's folder of transcripts.
type listing struct {
	stale bool
	found []claude.Transcript
	err   error
}

// listTranscripts lists the project's checkouts and transcripts.
func (v *visit) listTranscripts() {
	if v.key == "" {
		return
	}
	r := v.run
	v.project = syncer.Project{Key: v.key, Label: r.labels[v.key], LocalOnly: r.Registry.LocalOnly(v.key), Used: r.Registry.Used(v.key)}
	cwds := r.Registry.Cwds(v.key)
	all := make([]listing, len(cwds))
	dir.Each(len(cwds), func(i int) {
		info, err := os.Stat(cwds[i])
		if all[i].stale = err != nil || !info.IsDir(); !all[i].stale {
			all[i].found, all[i].err = r.Store.Transcripts(cwds[i])
		}
	})
	for i, cwd := range cwds {
		v.project.Cwds = append(v.project.Cwds, syncer.Cwd{Path: cwd, Stale: all[i].stale})
	}
	v.addTranscripts(cwds, all)
}

// addTranscripts adds the project's sessions on this machine, each beside its cache entry. If two checkouts hold the
// same session, the one that was written last counts.
func (v *visit) addTranscripts(cwds []string, listed []listing) {
	n := 0
	for _, l := range listed {
		n += len(l.found)
	}
	all, entries := make([]syncer.Session, 0, n), make([]*cache.Transcript, 0, n)
	at := map[ccsync.SessionID]int{}
	for c, cwd := range cwds {
		if err := listed[c].err; err != nil {
			all, entries = append(all, syncer.Session{Cwd: cwd, Problem: err, Lines: -1}), append(entries, &cache.Transcript{Unsettled: true})
			continue
		}
		for i := range listed[c].found {
			t := &listed[c].found[i]
			e, err := v.cache.Describe(t.Dir(), t.ID, t.Tag, t.Written, t.Describe)
			if err == nil && !v.belongsTo(e.Cwd, cwd) {
				continue // of another checkout with the same slug (my.app and my-app)
			}
			s := syncer.Session{ID: t.ID, Title: e.Title, Cwd: cwd, Path: t.Path, Size: t.Size, Lines: -1, Modified: t.ModTime}
			if held, ok := v.run.Store.Held(*t, v.run.live, v.run.Now); ok || v.run.liveErr != nil {
				s.Open, s.PID = true, held.PID
			}
			i, twice := at[t.ID]
			switch {
			case !twice:
				if len(cwds) > 1 {
					at[t.ID] = len(all)
				}
				all, entries = append(all, s), append(entries, e)
			case s.Modified.After(all[i].Modified):
				all[i], entries[i] = s, e
			}
		}
	}
	v.project.Sessions, v.entries = all, entries
}

// belongsTo is claude.BelongsTo, which asks the disk, once for all sessions of a checkout.
func (v *visit) belongsTo(recorded, cwd string) bool {
	asked := [2]string{recorded, cwd}
	is, known := v.belongs[asked]
	if !known {
		is = claude.BelongsTo(recorded, cwd)
		if v.belongs == nil {
			v.belongs = map[[2]string]bool{}
		}
		v.belongs[asked] = is
	}
	return is
}

// addPack files one pack, whose header read reads, under its project, or as a stray.
func (v *visit) addPack(f transport.File, read func() (ccsync.Header, error)) {
	if f.Problem != nil {
		v.addStray(f.Name, f.Problem)
		return
	}
	e, h, err := v.cache.Header(f.Name, f.Tag, f.Written, read)
	if err != nil {
		v.addStray(f.Name, err)
		return
	}
	is := v.packKey(h.ProjectKey)
	switch {
	case is.err != nil:
		v.addStray(f.Name, is.err)
	case is.key != v.key:
		if v.foreign == nil {
			v.foreign = map[project.Key][]foreignPack{}
		}
		v.foreign[is.key] = append(v.foreign[is.key], foreignPack{f, h, v.label(h.MachineName)})
	default:
		v.packs = append(v.packs, foundPack{id: h.SessionID, entry: e, Version: syncer.Version{Name: f.Name, Machine: v.label(h.MachineName),
			Own: is.own(f.Name, h.SessionID), Lines: h.LineCount, Size: f.Size, Exported: packs.Exported(h)}})
	}
}

// label is the label of a machine. Thousands of packs have the same machine.
func (v *visit) label(name string) string {
	is, ok := v.labels[name]
	if !ok {
		if v.labels == nil {
			v.labels = map[string]string{}
		}
		is = strings.Clone(words.Machine(name)) // see finish
		v.labels[name] = is
	}
	return is
}

// packKey is a project key as packs name it. Thousands of packs have the same.
type packKey struct {
	key project.Key
	err error
	// Our own pack of a session is called before + session + after.
	before, after string
}

// own reports whether name is that of our own pack of the session.
func (k *packKey) own(name string, id ccsync.SessionID) bool {
	rest, ok := strings.CutPrefix(name, k.before)
	rest, ok2 := strings.CutPrefix(rest, string(id))
	return ok && ok2 && rest == k.after
}

func (v *visit) packKey(text string) *packKey {
	if is := v.keys[text]; is != nil {
		return is
	}
	is := &packKey{}
	if is.key, is.err = project.ParseKey(strings.Clone(text)); is.err == nil {
		name := v.run.Packs.Name(is.key, "")
		i := strings.LastIndexByte(name, '/') + 1
		is.before, is.after = name[:i], name[i:]
	}
	if v.keys == nil {
		v.keys = map[string]*packKey{}
	}
	v.keys[text] = is
	return is
}

func (v *visit) addStray(name string, err error) {
	later := errors.Is(err, ccsync.ErrTruncated) || errors.Is(err, transport.ErrNotDownloaded)
	v.strays = append(v.strays, syncer.Stray{Name: name, Reason: err, Later: later})
}

// finish ends a visit: it drops the references to the cache's memory, and hands over the updated cache section.
func (v *visit) finish() {
	v.machines = map[string]bool{}
	for i := range v.project.Sessions {
		s := &v.project.Sessions[i]
		if s.ID != "" && s.Path != "" {
			v.ids = append(v.ids, compact(s.ID))
		}
		for _, version := range s.Versions {
			v.machines[version.Machine] = true
		}
	}
	if v.run.Brief {
		v.shorten()
	} else {
		v.ownTitles()
	}
	if v.run.LocalOnly || v.run.Pull != nil || v.run.Cache == "" {
		return
	}
	v.section = v.cache.Section(v.folder)
}

// shorten leaves out the sessions that do not matter, except the newest, and gives the others texts of their own.
func (v *visit) shorten() {
	var kept []syncer.Session
	newest := 0
	for i := range v.project.Sessions {
		s := &v.project.Sessions[i]
		recent := s.State != syncer.Archived && newest < v.run.Newest
		if recent {
			newest++
		}
		asked := v.run.Pull != nil && v.run.Pull.Session != "" && strings.HasPrefix(string(s.ID), v.run.Pull.Session)
		if i == 0 || recent || asked || s.Matters() {
			kept = append(kept, clone(*s))
		}
	}
	v.project.Sessions = kept
}

// clone gives the session texts of its own. Before, they are parts of texts that many sessions share.
func clone(s syncer.Session) syncer.Session {
	s.ID, s.Title, s.Path = ccsync.SessionID(strings.Clone(string(s.ID))), strings.Clone(s.Title), strings.Clone(s.Path)
	versions := make([]syncer.Version, len(s.Versions))
	for i, v := range s.Versions {
		versions[i] = v
		versions[i].Name = strings.Clone(v.Name)
	}
	s.Versions = versions
	return s
}

// ownTitles gives the titles one text of their own, so that a snapshot does not keep all of the cache's.
func (v *visit) ownTitles() {
	var text strings.Builder
	room := 0
	for i := range v.project.Sessions {
		room += len(v.project.Sessions[i].Title)
	}
	text.Grow(room)
	for i := range v.project.Sessions {
		s := &v.project.Sessions[i]
		at := text.Len()
		text.WriteString(s.Title)
		s.Title = text.String()[at:]
	}
}
