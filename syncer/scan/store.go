package scan

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"claude-sync/syncer"
	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/claude"
	"claude-sync/syncer/installed"
	"claude-sync/syncer/internal/dir"
	"claude-sync/syncer/internal/pathid"
	"claude-sync/syncer/project"
	"claude-sync/syncer/scan/cache"
	"claude-sync/syncer/scan/owners"
	"claude-sync/syncer/transcript"

	"github.com/google/uuid"
)

// A scan starts at Claude Code's store: every transcript in it belongs to exactly one registered project, or is
// Unplaced for a reason. Most folders of the store are of one checkout, and all of their transcripts are its. Where
// several checkouts share a folder, or none has it, evidence decides for each transcript: see placer.

// place is a registered checkout as the store knows it.
type place struct {
	project *projectScan
	cwd     string
	gone    bool
	folder  string // of its transcripts
}

// listing is transcripts that belong to one checkout of a project: those of a folder that is the checkout's alone, or
// one file.
type listing struct {
	cwd    string
	gone   bool
	folder string                  // "" for one file
	names  claude.Listing          // in the folder
	file   claude.Transcript       // the file
	known  *transcript.Description // of the file
	err    error                   // why the folder cannot be listed
}

// worktrees is where Claude Code makes its work trees below a checkout.
const worktrees = "/.claude/worktrees/"

// storeSection is the cache's section for transcripts in folders that no checkout has for itself. No folder of packs
// has this name.
const storeSection = "//store"

// listStore lists the store, gives each project its transcripts, and sets the owners.
func (r *run) listStore(here []*projectScan) error {
	places := r.places(here)
	folders, err := r.Store.Folders()
	if err != nil {
		return err
	}
	at := make(map[string][]*place, len(places))
	for _, p := range places {
		at[p.folder] = append(at[p.folder], p)
	}
	lists := make([]storeFolder, len(folders))
	dir.Each(len(folders), func(i int) { lists[i].read(r.Store, folders[i], at[folders[i]]) })
	n := 0
	for _, list := range lists {
		n += list.names.Len()
	}
	r.owners = owners.New[projectScan](n)
	r.placer = placer{run: r, cache: cache.NewScan(r.Now, r.cache.Entries(storeSection))}
	p := &r.placer
	p.standing = sync.OnceValue(func() map[string]*place { return standing(places) })
	for i, folder := range folders {
		is, have := lists[i], at[folder]
		switch {
		case is.err != nil && len(have) > 0:
			have[0].project.listed = append(have[0].project.listed, listing{cwd: have[0].cwd, err: is.err})
		case len(have) == 1:
			have[0].project.listed = append(have[0].project.listed, listing{cwd: have[0].cwd, gone: have[0].gone, folder: folder, names: is.names})
			for id := range is.names.IDs() {
				r.owners.Add(have[0].project, compact(id))
			}
		default:
			p.placeEach(folder, is.found, have)
		}
	}
	r.addBroken(places, folders)
	r.settleOwners(p)
	return nil
}

// storeFolder is a folder of the store: its names, and its transcripts if it is not one checkout's alone.
type storeFolder struct {
	names claude.Listing
	found []claude.Transcript
	err   error
}

func (f *storeFolder) read(store claude.Store, folder string, of []*place) {
	if f.names, f.err = store.List(folder); f.err == nil && len(of) != 1 {
		f.found, f.err = f.names.Transcripts()
	}
}

// addBroken reports checkouts whose folder of transcripts cannot be one, because a file has its name.
func (r *run) addBroken(places []*place, folders []string) {
	for _, p := range places {
		if _, listed := slices.BinarySearch(folders, p.folder); listed || p.gone {
			continue
		}
		if info, err := os.Stat(p.folder); err == nil && !info.IsDir() {
			p.project.listed = append(p.project.listed, listing{cwd: p.cwd, err: fmt.Errorf("listing transcripts: %#q is not a folder", p.folder)})
		}
	}
}

// places returns the registered checkouts, and gives each project its list of them.
func (r *run) places(here []*projectScan) []*place {
	var all []*place
	for _, p := range here {
		for _, cwd := range r.Registry.Cwds(p.key) {
			all = append(all, &place{project: p, cwd: cwd})
		}
	}
	dir.Each(len(all), func(i int) {
		all[i].folder, all[i].gone = r.Store.FolderOf(all[i].cwd)
	})
	for _, p := range all {
		known, _ := r.Registry.Checkout(p.cwd)
		p.project.cwds = append(p.project.cwds, syncer.Cwd{Path: p.cwd, Stale: p.gone, Linked: known.Linked || known.Bare})
	}
	return all
}

// placer finds out by evidence to which checkout a transcript belongs.
type placer struct {
	run      *run
	standing func() map[string]*place // the checkouts that are there, by pathid.Of the folder
	cache    *cache.Scan
	unplaced []syncer.Unplaced
	copies   []orphan // unplaced ones that may be copies of a session that is elsewhere
}

// orphan is a transcript without a checkout, and its entry in unplaced.
type orphan struct {
	file claude.Transcript
	said transcript.Description
	at   int
}

// placeEach places the transcripts of a folder that several checkouts share, or none has.
func (p *placer) placeEach(folder string, found []claude.Transcript, have []*place) {
	for i := range found {
		t := &found[i]
		said := p.describe(t)
		if to, gone := p.evidence(folder, t, said, have); to != nil {
			p.give(to, *t, said, gone)
			continue
		}
		p.copies = append(p.copies, orphan{*t, said, len(p.unplaced)})
		p.unplaced = append(p.unplaced, p.nowhere(folder, t, said))
	}
}

// nowhere says why a transcript is in no project.
func (p *placer) nowhere(folder string, t *claude.Transcript, said transcript.Description) syncer.Unplaced {
	cwd := ""
	for _, named := range []string{said.LastCwd, said.Cwd} {
		if p.run.Store.RecordedIn(named, folder) {
			cwd = named
		}
	}
	gone := cwd != "" && !isDir(cwd)
	if checkout := p.newCheckout(cwd); gone && checkout != "" {
		cwd, gone = checkout, false
	}
	return syncer.Unplaced{Path: t.Path, Session: t.ID, Cwd: cwd, Reason: &syncer.UnplacedError{Cwd: cwd, Gone: gone}}
}

// newCheckout returns the checkout of one of Claude Code's work trees, "" if it is none or is registered.
func (p *placer) newCheckout(tree string) string {
	checkout, _, is := strings.Cut(filepath.ToSlash(tree), worktrees)
	checkout = filepath.FromSlash(checkout)
	if _, known := p.run.Registry.KeyOf(checkout); !is || known {
		return ""
	}
	if _, err := os.Stat(filepath.Join(checkout, ".git")); err != nil {
		return ""
	}
	return checkout
}

func (p *placer) describe(t *claude.Transcript) transcript.Description {
	e, err := p.cache.Describe(t.Dir(), t.ID, t.Tag, t.Written, t.Describe)
	if err != nil {
		return transcript.Description{}
	}
	return transcript.Description{Title: e.Title, Cwd: e.Cwd, LastCwd: e.LastCwd, Empty: e.Empty}
}

// give gives a transcript to the project of a place. Gone says that the folder that the transcript lies in is none that
// Claude Code opens for that place.
func (p *placer) give(to *place, t claude.Transcript, said transcript.Description, gone bool) {
	to.project.listed = append(to.project.listed, listing{cwd: to.cwd, gone: gone, file: t, known: &said})
	p.run.owners.Add(to.project, compact(t.ID))
}

// evidence returns the checkout that a transcript belongs to, nil if nothing tells. In this order it asks the record of
// the sessions that claude-sync put there, the working directory that the rows name, and, if that is gone, which
// checkout had it. A folder's name alone is evidence only if one checkout has the folder.
func (p *placer) evidence(folder string, t *claude.Transcript, said transcript.Description, have []*place) (to *place, gone bool) {
	if to := p.recorded(t, have); to != nil {
		return to, to.gone
	}
	for _, cwd := range []string{said.Cwd, said.LastCwd} {
		if !p.run.Store.RecordedIn(cwd, folder) {
			continue
		}
		for _, one := range have {
			if claude.SamePath(filepath.Clean(cwd), filepath.Clean(one.cwd)) {
				return one, one.gone
			}
		}
		if !isDir(cwd) {
			return p.formerly(cwd), true
		}
	}
	return nil, false
}

// recorded returns the only one of some places for whose project claude-sync installed the session.
func (p *placer) recorded(t *claude.Transcript, have []*place) *place {
	if len(have) == 0 {
		return nil
	}
	record, err := p.run.installed()
	if err != nil || len(record) == 0 {
		return nil
	}
	var to *place
	for _, one := range have {
		if !recordHas(record, p.run.Registry, one.project.key, t) {
			continue
		}
		if to != nil {
			return nil
		}
		to = one
	}
	return to
}

func recordHas(record installed.Sessions, reg project.Registry, key project.Key, t *claude.Transcript) bool {
	if record.Has(key, t.ID) {
		return true
	}
	return slices.ContainsFunc(reg.Former(key), func(former project.Key) bool { return record.Has(former, t.ID) })
}

// formerly returns the checkout that has the sessions of a folder that is gone: the one that it lay in. A work tree of
// Claude Code's (.claude/worktrees/…) is of its checkout's project; any other folder is of the project below the
// repository's root if that is registered, else of the repository's.
func (p *placer) formerly(cwd string) *place {
	cwd = filepath.Clean(cwd)
	for at, parent := cwd, filepath.Dir(cwd); at != parent; at, parent = parent, filepath.Dir(parent) {
		around := p.standing()[pathid.Of(parent)]
		if around == nil {
			continue
		}
		if around.project.key.ByName() && !strings.HasPrefix(filepath.ToSlash(cwd[len(parent):]), worktrees) {
			return nil // without a repository, a folder below is a project of its own
		}
		return around
	}
	return nil
}

// standing returns the places that are there, by pathid.Of the folder.
func standing(places []*place) map[string]*place {
	all := make(map[string]*place, len(places))
	for _, one := range places {
		if !one.gone {
			all[pathid.Of(one.cwd)] = one
		}
	}
	return all
}

// isBelow reports whether path lies below dir.
func isBelow(path, dir string) bool {
	rest, err := filepath.Rel(dir, path)
	return err == nil && rest != "." && rest != ".." && !strings.HasPrefix(rest, ".."+string(filepath.Separator))
}

// sameTree reports whether one of two folders lies below the other.
func sameTree(a, b string) bool { return isBelow(a, b) || isBelow(b, a) }

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// settleOwners gives each session that lies in several projects' folders to one of them, with all of its transcripts,
// and each unplaced transcript of a session that is in a project to that project, as a copy. One in a folder that is
// only not registered yet waits for that.
func (r *run) settleOwners(p *placer) {
	for _, twice := range r.owners.Settle(p.owner) {
		for _, other := range twice.Others {
			twice.Owner.listed = append(twice.Owner.listed, p.filesOf(other, twice.Session)...)
		}
	}
	for _, o := range p.copies {
		if owner := r.owners.Of(compact(o.file.ID)); owner != nil && !p.unplaced[o.at].Reason.New() {
			said := o.said
			owner.listed = append(owner.listed, listing{cwd: p.unplaced[o.at].Cwd, gone: true, file: o.file, known: &said})
			p.unplaced[o.at].Reason = nil
		}
	}
	r.unplaced = slices.DeleteFunc(p.unplaced, func(u syncer.Unplaced) bool { return u.Reason == nil })
}

// owner picks the owner of a session that lies in several projects' folders: the one for which claude-sync installed it,
// else the one whose folder its rows name, else one whose folder is of the same tree, as after a move to a folder below;
// else the repository's main project, else the first.
func (p *placer) owner(id uuid.UUID, all []*projectScan) *projectScan {
	record, _ := p.run.installed()
	session := &claude.Transcript{ID: ccsync.SessionID(id.String())}
	for _, one := range all {
		if recordHas(record, p.run.Registry, one.key, session) {
			return one
		}
	}
	for _, near := range []func(a, b string) bool{claude.SamePath, sameTree} {
		for _, one := range all {
			for _, l := range p.filesOf(one, id) {
				if l.known != nil && near(filepath.Clean(l.known.Cwd), filepath.Clean(l.cwd)) {
					return one
				}
			}
		}
	}
	return slices.MinFunc(all, func(a, b *projectScan) int {
		return cmp.Or(cmp.Compare(len(a.key), len(b.key)), cmp.Compare(a.key, b.key))
	})
}

// filesOf returns the transcripts of a session that a project has.
func (p *placer) filesOf(one *projectScan, id uuid.UUID) (files []listing) {
	for _, l := range one.listed {
		if l.folder == "" {
			if compact(l.file.ID) == id {
				files = append(files, l)
			}
			continue
		}
		if t, ok := p.run.Store.TranscriptIn(l.folder, ccsync.SessionID(id.String())); ok {
			said := p.describe(&t)
			files = append(files, listing{cwd: l.cwd, gone: l.gone, file: t, known: &said})
		}
	}
	return files
}
