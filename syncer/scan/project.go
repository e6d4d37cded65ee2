package scan

import (
	"cmp"
	"errors"
	"slices"
	"strings"
	"sync"

	"claude-sync/syncer"
	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/claude"
	"claude-sync/syncer/packs"
	"claude-sync/syncer/project"
	"claude-sync/syncer/scan/cache"
	"claude-sync/syncer/transcript"
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
	hasFolder bool          // the transport has the folder
	delivered []foreignPack // the project's packs that are in other folders
	cwds      []syncer.Cwd  // its checkouts
	listed    []listing     // its transcripts
	findings
}

// findings are the result of one scan of a project.
type findings struct {
	project    syncer.Project
	strays     []syncer.Stray
	foreign    map[project.Key][]foreignPack
	machines   map[string]bool    // that have packs of the project
	unrecorded []ccsync.SessionID // see syncer.Snapshot
	unplaced   []syncer.Unplaced
	elsewhere  []uuid.UUID // of the sessions that only packs have
	misplaced  []misplaced
	section    *cache.Section // for the cache; nil for nothing
	err        error          // that ends the whole scan
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
	used  bool     // its session is here
	read  *reading // nil if the cache knew the header
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
	next    int                          // the session that the next pack may be of
	asked   bool                         // a pack was fetched to learn whose packs the folder has
	entries []*cache.Transcript          // of the sessions in project
	copies  map[string]*cache.Transcript // of their copies, by path
	torn    map[ccsync.SessionID]*tornPack
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
	if p.hasFolder {
		beside.Go(func() { files, p.err = p.run.Packs.Transport.List(p.run.ctx, p.folder) })
	}
	v.addTranscripts()
	if beside.Wait(); p.err != nil {
		return
	}
	if v.addPacks(files); p.err != nil {
		return
	}
	if p.key != "" {
		v.relateAll()
	}
	v.finish()
}

// addTranscripts adds the project's sessions on this machine. If there are several transcripts of one, it is that which
// Claude Code can open in a folder of the repository and that was written last; the others are its copies.
func (v *visit) addTranscripts() {
	if v.key == "" {
		return
	}
	r := v.run
	v.project = syncer.Project{Key: v.key, Label: r.labels[v.key], LocalOnly: r.Registry.LocalOnly(v.key), Used: r.Registry.Used(v.key), Cwds: v.cwds}
	var at map[ccsync.SessionID]int
	if len(v.listed) > 1 {
		at = map[ccsync.SessionID]int{}
	}
	for i := range v.listed {
		l := &v.listed[i]
		found, err := []claude.Transcript{l.file}, l.err
		if l.folder != "" {
			found, err = l.names.Transcripts()
		}
		if err != nil {
			v.add(syncer.Session{Cwd: l.cwd, Problem: err, Lines: -1}, &cache.Transcript{Unsettled: true})
			continue
		}
		v.project.Sessions = slices.Grow(v.project.Sessions, len(found))
		for k := range found {
			if r.owners.Disputed() && r.owners.Elsewhere(v.projectScan, compact(found[k].ID)) {
				continue // its owner has it
			}
			if s, e, ok := v.session(l, &found[k]); ok {
				v.addVersion(s, e, at)
			}
		}
	}
}

func (v *visit) add(s syncer.Session, e *cache.Transcript) {
	v.project.Sessions, v.entries = append(v.project.Sessions, s), append(v.entries, e)
}

// addVersion adds a transcript as a session of its own, or to the session that is there. At is where each session is,
// nil if every transcript is of another session.
func (v *visit) addVersion(s syncer.Session, e *cache.Transcript, at map[ccsync.SessionID]int) {
	i, twice := at[s.ID]
	if !twice {
		if at != nil {
			at[s.ID] = len(v.project.Sessions)
		}
		v.add(s, e)
		return
	}
	first := &v.project.Sessions[i]
	if v.opensBefore(&s, first) {
		s.Copies, first.Copies = first.Copies, nil
		s, *first = *first, s
		e, v.entries[i] = v.entries[i], e
	}
	first.Copies = append(first.Copies, s)
	if v.copies == nil {
		v.copies = map[string]*cache.Transcript{}
	}
	v.copies[s.Path] = e
}

// opensBefore reports whether a is the transcript of its session that counts, and b is a copy.
func (v *visit) opensBefore(a, b *syncer.Session) bool {
	if a.Gone != b.Gone {
		return b.Gone
	}
	if ours := v.isOurs(a.Cwd); ours != v.isOurs(b.Cwd) {
		return ours
	}
	return a.Modified.After(b.Modified)
}

// isOurs reports whether a folder is of the project's repository: another project's may have a copy of a session.
func (v *visit) isOurs(cwd string) bool {
	key, _ := v.run.Registry.KeyOf(cwd)
	return v.run.Registry.Same(key, v.key)
}

// session describes one transcript; false if it belongs to another checkout with the same slug (my.app and my-app),
// which is not registered.
func (v *visit) session(l *listing, t *claude.Transcript) (syncer.Session, *cache.Transcript, bool) {
	describe := t.Describe
	if l.known != nil {
		describe = func() (transcript.Description, error) { return *l.known, nil }
	}
	e, err := v.cache.Describe(t.Dir(), t.ID, t.Tag, t.Written, describe)
	if err == nil && l.known == nil && !v.belongsTo(e.Cwd, l) {
		v.unplaced = append(v.unplaced, syncer.Unplaced{Path: t.Path, Session: t.ID, Cwd: e.Cwd, Reason: &syncer.UnplacedError{Cwd: e.Cwd}})
		return syncer.Session{}, nil, false
	}
	s := syncer.Session{ID: t.ID, Title: e.Title, Cwd: l.cwd, Path: t.Path, Size: t.Size, Lines: -1, Modified: t.ModTime, Gone: l.gone, Empty: e.Empty || t.Size == 0}
	if held, ok := v.run.Store.Held(*t, v.run.live, v.run.Now); ok || v.run.liveErr != nil {
		s.Open, s.PID = true, held.PID
	}
	return s, e, true
}

// belongsTo is claude.BelongsTo, which asks the disk, once for all sessions of a checkout. It does not ask if the folder
// has another name than that of the recorded cwd: then the session came here by a move.
func (v *visit) belongsTo(recorded string, l *listing) bool {
	asked := [2]string{recorded, l.cwd}
	is, known := v.belongs[asked]
	if !known {
		is = !v.run.Store.RecordedIn(recorded, l.folder) || claude.BelongsTo(recorded, l.cwd)
		if v.belongs == nil {
			v.belongs = map[[2]string]bool{}
		}
		v.belongs[asked] = is
	}
	return is
}

// addPacks adds the packs in the project's folder, and those that were found elsewhere.
func (v *visit) addPacks(files []transport.File) {
	v.packs = make([]foundPack, 0, len(files)+len(v.delivered))
	r := v.newReader()
	defer r.close()
	for _, f := range files {
		if v.err = v.run.ctx.Err(); v.err != nil {
			return
		}
		var opened *packs.Pack // unless the cache knows the header
		open := v.run.Packs.Open
		if v.fetches(f) {
			f.Problem, open = nil, v.openFetched
		}
		found := v.addPack(f, func() (_ ccsync.Header, err error) {
			if opened, err = open(v.run.ctx, f.Name); err != nil {
				return ccsync.Header{}, err
			}
			return opened.Header, nil
		})
		if found && opened != nil && v.key != "" {
			pack := &v.packs[len(v.packs)-1]
			pack.read = r.read(pack, opened)
		}
		_ = opened.Close()
	}
	for _, f := range v.delivered {
		v.addPack(f.File, func() (ccsync.Header, error) { return f.header, nil })
	}
}

// addPack files one pack, whose header read reads, under its project, or as a stray. It reports whether the pack was
// added to the packs of this project.
func (v *visit) addPack(f transport.File, read func() (ccsync.Header, error)) bool {
	if f.Problem != nil {
		v.addStray(f.Name, f.Problem)
		return false
	}
	e, h, err := v.cache.Header(f.Name, f.Tag, f.Written, read)
	if err != nil {
		v.addTorn(f, err)
		return false
	}
	is := v.packKey(h.ProjectKey)
	if is.err != nil {
		v.addStray(f.Name, is.err)
		return false
	}
	// The project is that of the session, if the session is here: it may have moved within its repository.
	key := is.key
	if owner := v.ownerOf(h.SessionID, key); owner != nil && owner.key != key {
		if !v.run.Registry.Same(owner.key, key) {
			v.addMisplaced(f.Name, h.SessionID, key, owner)
			return false
		}
		key = owner.key
	}
	if key != v.key {
		if v.foreign == nil {
			v.foreign = map[project.Key][]foreignPack{}
		}
		v.foreign[key] = append(v.foreign[key], foreignPack{f, h, v.label(h.MachineName)})
		return false
	}
	own := is.own(f.Name, h.SessionID)
	copied := !own && h.MachineName == v.run.Packs.Machine && packs.NamesCopy(f.Name, v.run.Packs.Name(v.key, h.SessionID))
	pack := foundPack{id: h.SessionID, entry: e, Version: syncer.Version{Name: f.Name, Machine: v.label(h.MachineName),
		Own: own || copied, Copy: copied, Lines: h.LineCount, Size: f.Size, Exported: packs.Exported(h)}}
	if pack.Own {
		pack.Key = is.under
	}
	v.packs = append(v.packs, pack)
	return true
}

// ownerOf returns the project of a session that is here, nil if it is not. Packs and transcripts are listed in the same
// order, so most often the next session of the project is meant.
func (v *visit) ownerOf(id ccsync.SessionID, key project.Key) *projectScan {
	all := v.project.Sessions
	for v.next < len(all) && all[v.next].ID < id {
		v.next++
	}
	if key == v.key && v.next < len(all) && all[v.next].ID == id {
		return v.projectScan
	}
	return v.run.owners.Of(compact(id))
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
	under project.Key
	key   project.Key // of the project here that it stands for: see project.Registry.Canonical
	err   error
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
	key, err := project.ParseKey(strings.Clone(text))
	if is.err = err; err == nil {
		name := v.run.Packs.Name(key, "")
		i := strings.LastIndexByte(name, '/') + 1
		is.before, is.after = name[:i], name[i:]
		is.under, is.key = key, v.run.Registry.Canonical(key)
	}
	if v.keys == nil {
		v.keys = map[string]*packKey{}
	}
	v.keys[text] = is
	return is
}

// addMisplaced reports a pack whose session belongs to another project here than the pack is for.
func (v *visit) addMisplaced(name string, id ccsync.SessionID, key project.Key, owner *projectScan) {
	v.misplaced = append(v.misplaced, misplaced{compact(id), key, name})
	why := &syncer.MisplacedError{Session: id, For: key, Owner: owner.key, Stray: true}
	if cwds := v.run.Registry.Cwds(owner.key); len(cwds) > 0 {
		why.Cwd = cwds[0]
	}
	v.addStray(name, why)
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
		for _, version := range s.Versions {
			v.machines[version.Machine] = true
		}
	}
	for i := range v.project.Sessions {
		if v.project.Sessions[i].State == syncer.Archived {
			v.project.Archived++
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
		asked := v.run.Pull != nil && (v.run.Pull.Session != "" && strings.HasPrefix(string(s.ID), v.run.Pull.Session) || v.run.Pull.Archived && s.State == syncer.Archived)
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
	copies := make([]syncer.Session, len(s.Copies))
	for i, c := range s.Copies {
		copies[i] = clone(c)
	}
	s.Copies = copies
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
