package scan

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"claude-sync/syncer"
	"claude-sync/syncer/claude"
	"claude-sync/syncer/installed"
	"claude-sync/syncer/internal/dir"
	"claude-sync/syncer/project"
	"claude-sync/syncer/scan/cache"
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

// listing is transcripts that belong to one checkout of a project.
type listing struct {
	cwd   string
	gone  bool
	found []claude.Transcript
	known *transcript.Description // of the only transcript in found; nil if it was not described yet
	err   error                   // why the folder cannot be listed
}

// storeSection is the cache's section for transcripts in folders that no checkout has for itself. No folder of packs
// has this name.
const storeSection = "//store"

// listStore lists the store and gives each project its transcripts. It sets the owners.
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
	lists := make([]listing, len(folders))
	dir.Each(len(folders), func(i int) { lists[i].found, lists[i].err = r.Store.TranscriptsIn(folders[i]) })
	p := placer{run: r, places: places, cache: cache.NewScan(r.Now, r.cache.Entries(storeSection))}
	for i, folder := range folders {
		switch have := at[folder]; {
		case len(have) == 1 || len(have) > 1 && lists[i].err != nil:
			lists[i].cwd, lists[i].gone = have[0].cwd, have[0].gone
			have[0].project.listed = append(have[0].project.listed, lists[i])
		default:
			p.placeEach(folder, lists[i].found, have)
		}
	}
	r.addBroken(places, folders)
	r.setOwners(here, &p)
	if !r.LocalOnly {
		r.storeSection = p.cache.Section(storeSection)
	}
	return nil
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
		p := all[i]
		info, err := os.Stat(p.cwd)
		p.folder, p.gone = r.Store.FolderOf(p.cwd)
		p.gone = p.gone || err != nil || !info.IsDir()
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
	places   []*place
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
		cwd := said.Cwd
		if !p.run.Store.RecordedIn(cwd, folder) {
			cwd = said.LastCwd
		}
		if !p.run.Store.RecordedIn(cwd, folder) {
			cwd = ""
		}
		u := syncer.Unplaced{Path: t.Path, Session: t.ID, Cwd: cwd, Reason: &syncer.HomelessError{Cwd: cwd}}
		if cwd != "" && isDir(cwd) {
			u.Reason = &syncer.UnregisteredError{Cwd: cwd}
		}
		p.copies = append(p.copies, orphan{*t, said, len(p.unplaced)})
		p.unplaced = append(p.unplaced, u)
	}
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
	cwd := to.cwd
	to.project.listed = append(to.project.listed, listing{cwd: cwd, gone: gone, found: []claude.Transcript{t}, known: &said})
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
	var around *place
	for _, one := range p.places {
		if !one.gone && len(one.cwd) < len(cwd) && isBelow(cwd, one.cwd) && (around == nil || len(one.cwd) > len(around.cwd)) {
			around = one
		}
	}
	if around == nil {
		return nil
	}
	rest := strings.TrimPrefix(filepath.ToSlash(cwd[len(around.cwd):]), "/")
	if around.project.key.ByName() && !strings.HasPrefix(rest, ".claude/worktrees/") {
		return nil // without a repository, a folder below is a project of its own
	}
	return around
}

// isBelow reports whether path lies below dir.
func isBelow(path, dir string) bool {
	rest, err := filepath.Rel(dir, path)
	return err == nil && rest != "." && rest != ".." && !strings.HasPrefix(rest, ".."+string(filepath.Separator))
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// setOwners finds the project of every session that is here. A session that lies in several projects' folders is one
// session, and belongs to one of them; an unplaced transcript of a session that is in a project is a copy of it.
func (r *run) setOwners(here []*projectScan, p *placer) {
	n := 0
	for _, one := range here {
		for _, l := range one.listed {
			n += len(l.found)
		}
	}
	r.owners = make(map[uuid.UUID]*projectScan, n)
	for _, one := range here {
		for i := range one.listed {
			r.own(one, &one.listed[i])
		}
	}
	for _, o := range p.copies {
		if owner := r.owners[compact(o.file.ID)]; owner != nil {
			said := o.said
			owner.listed = append(owner.listed, listing{cwd: p.unplaced[o.at].Cwd, gone: true, found: []claude.Transcript{o.file}, known: &said})
			p.unplaced[o.at].Reason = nil
		}
	}
	r.unplaced = slices.DeleteFunc(p.unplaced, func(u syncer.Unplaced) bool { return u.Reason == nil })
}

// own makes a project the owner of the sessions in a listing. The transcripts of sessions that have another owner
// already go to that one, as copies.
func (r *run) own(p *projectScan, l *listing) {
	l.found = slices.DeleteFunc(l.found, func(t claude.Transcript) bool {
		id := compact(t.ID)
		owner := r.owners[id]
		if owner == nil {
			r.owners[id] = p
			return false
		}
		if owner == p {
			return false
		}
		owner.listed = append(owner.listed, listing{cwd: l.cwd, gone: l.gone, found: []claude.Transcript{t}, known: l.known})
		return true
	})
}
