// Package scan reads: it lists Claude Code's transcripts and the packs in the sync folder, relates them, and makes a
// syncer.Snapshot of what is.
//
// It changes nothing, except its cache (package cache). It goes project by project, several at once, and keeps of a
// project that is done only the part that goes into the snapshot: so its memory does not grow with the number of
// projects.
//
// It does not promise that the snapshot is still true when it returns. A bad transcript or pack is never an error of
// the scan: it is a Session with a Problem, or a Stray.
package scan

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"claude-sync/syncer"
	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/claude"
	"claude-sync/syncer/installed"
	"claude-sync/syncer/internal/dir"
	"claude-sync/syncer/packs"
	"claude-sync/syncer/project"
	"claude-sync/syncer/scan/cache"
	"claude-sync/syncer/scan/owners"
	"claude-sync/syncer/words"

	"github.com/google/uuid"
)

// Scanner is where a scan reads.
type Scanner struct {
	Store     claude.Store
	Packs     packs.Set
	Registry  project.Registry
	Installed installed.Record
	Cache     string    // path of the cache, "" for none
	Now       time.Time // before the scan looks at any file
}

// Options says how much a scan has to find.
type Options struct {
	// LocalOnly leaves the sync folder alone: the sessions of this machine are related to nothing.
	LocalOnly bool
	// Brief drops the sessions that do not Matter, except the Newest few of each project.
	Brief  bool
	Newest int
	// Pull is the scope of the pull that the scan is for, nil if it is for none. Such a scan puts off reading packs
	// that the pull reads anyway: those of sessions that it is going to install, and of those that it may have to
	// update. Then titles are unknown, and so is whether a pack is whole and has news. It leaves the cache alone,
	// so that a pull with nothing to do writes nothing.
	Pull *syncer.Scope
	// Fetch has the scan for a pull bring contents that are only in the cloud; nil for none.
	Fetch *Fetch
	// Lines asks for the number of lines of every session.
	Lines bool
}

// Scan makes a snapshot.
//
// Errors: *transport.UnavailableError if the sync folder cannot be seen, and context errors.
func (s Scanner) Scan(ctx context.Context, o Options) (syncer.Snapshot, error) {
	r := &run{Scanner: s, Options: o, ctx: ctx}
	r.Packs = r.Packs.ForRun()
	folders, err := r.open()
	defer r.cache.Close()
	if err != nil {
		return syncer.Snapshot{}, err
	}
	here, foreign := r.projects(folders)
	if err := r.listStore(here); err != nil {
		return syncer.Snapshot{}, err
	}
	r.scanAll(here, foreign)
	return r.result(here, foreign)
}

// run is one scan under way.
type run struct {
	Scanner
	Options
	ctx       context.Context
	labels    map[project.Key]string
	cache     cache.File
	installed func() (installed.Sessions, error)
	live      []claude.Live
	liveErr   error // a session is open and it is unknown which

	owners   *owners.Map[projectScan]
	unplaced []syncer.Unplaced
	placer   placer
}

// open opens everything that all projects need, and names the folders of packs.
func (r *run) open() (folders []string, err error) {
	r.installed = sync.OnceValues(r.Installed.Load)
	var others sync.WaitGroup
	others.Go(func() { r.live, r.liveErr = r.Store.Live() })
	if r.Pull != nil {
		others.Go(func() { _, _ = r.installed() }) // addUnrecorded needs it
	}
	if !r.LocalOnly {
		others.Go(func() { r.cache = cache.Open(r.Cache, r.owner()) })
		folders, err = r.Packs.Transport.Folders(r.ctx)
	}
	others.Wait()
	return folders, err
}

// owner tells this machine's cache from any other.
func (r *run) owner() string {
	return r.Packs.Machine + "\x00" + r.Store.Dir + "\x00" + r.Packs.Transport.String()
}

// projects returns the registered projects, each with the folder for its packs, and the folders that are for no
// registered project's packs.
func (r *run) projects(folders []string) (here, foreign []*projectScan) {
	keys := r.Registry.Keys()
	r.labels = project.Labels(keys)
	listed := map[string]bool{}
	for _, folder := range folders {
		listed[folder] = true
	}
	for _, key := range keys {
		folder := key.Dir()
		here = append(here, &projectScan{run: r, key: key, folder: folder, hasFolder: listed[folder]})
		delete(listed, folder)
	}
	for _, folder := range folders {
		if listed[folder] {
			foreign = append(foreign, &projectScan{run: r, folder: folder, hasFolder: true})
		}
	}
	return here, foreign
}

// maxRounds is how often projects are scanned at most. A pack in another project's folder takes two rounds, and a
// session that several projects' packs have takes three. One that moved takes another one.
const maxRounds = 5

// scanAll scans all projects, and those again for which the others found packs.
func (r *run) scanAll(here, foreign []*projectScan) {
	all := slices.Concat(foreign, here)
	todo := all
	for round := 0; len(todo) > 0 && round < maxRounds; round++ {
		dir.Each(len(todo), func(i int) { todo[i].scan() })
		todo = append(r.settleElsewhere(here), r.settleMoved(all, here)...)
		for _, p := range here {
			if packs := deliveredTo(p, all); len(packs) != len(p.delivered) {
				p.delivered = packs
				todo = append(todo, p)
			}
		}
		slices.SortFunc(todo, func(a, b *projectScan) int { return cmp.Compare(a.folder, b.folder) })
		todo = slices.Compact(todo)
	}
}

// deliveredTo returns the packs of a project that were found in other projects' folders.
func deliveredTo(p *projectScan, all []*projectScan) (packs []foreignPack) {
	for _, other := range all {
		packs = append(packs, other.foreign[p.key]...)
	}
	return packs
}

// settleElsewhere gives each session that packs of several keys of one repository have, and that is not here, to one
// project, so that it is installed once. It returns the projects to scan again.
func (r *run) settleElsewhere(here []*projectScan) (again []*projectScan) {
	first := map[uuid.UUID]*projectScan{}
	for _, p := range here {
		for _, id := range p.elsewhere {
			other := first[id]
			if other == nil {
				first[id] = p
				continue
			}
			if other == p || !r.Registry.Same(other.key, p.key) || r.owners.Of(id) != nil {
				continue
			}
			owner := other
			if len(p.key) < len(other.key) { // the repository's root before a folder below it
				owner = p
			}
			r.owners.Give(id, owner)
			again = append(again, p, other)
		}
	}
	return again
}

// result makes the snapshot of what the projects' scans found, and saves the cache.
func (r *run) result(here, foreign []*projectScan) (syncer.Snapshot, error) {
	snap := syncer.Snapshot{Machine: r.Packs.Machine, Time: r.Now, Unplaced: r.unplaced}
	if !r.LocalOnly {
		snap.Folder = r.Packs.Transport.String()
	}
	var sections []cache.Section
	if section := r.placer.cache.Section(storeSection); section != nil && !r.LocalOnly {
		sections = append(sections, *section)
	}
	err := r.ctx.Err()
	machines := map[string]bool{words.Machine(r.Packs.Machine): true}
	for _, p := range slices.Concat(here, foreign) {
		if err = cmp.Or(err, p.err); p.project.Key != "" {
			snap.Projects = append(snap.Projects, p.project)
		}
		if len(p.unrecorded) > 0 {
			if snap.Unrecorded == nil {
				snap.Unrecorded = map[project.Key][]ccsync.SessionID{}
			}
			snap.Unrecorded[p.key] = p.unrecorded
		}
		if p.section != nil {
			sections = append(sections, *p.section)
		}
		maps.Copy(machines, p.machines)
		snap.Strays = append(snap.Strays, p.strays...)
		snap.Unplaced = append(snap.Unplaced, p.unplaced...)
	}
	slices.SortFunc(snap.Unplaced, func(a, b syncer.Unplaced) int { return cmp.Compare(a.Path, b.Path) })
	r.addWaiting(&snap, here, foreign)
	for _, w := range snap.Waiting {
		for _, machine := range w.Machines {
			machines[machine] = true
		}
	}
	snap.Machines = words.Names(slices.Collect(maps.Keys(machines)))
	slices.SortStableFunc(snap.Strays, func(a, b syncer.Stray) int { return cmp.Compare(a.Name, b.Name) })
	// A pack is related to each copy of its session.
	snap.Strays = slices.CompactFunc(snap.Strays, func(a, b syncer.Stray) bool { return a.Name == b.Name })
	if err != nil {
		return syncer.Snapshot{}, err // the packs of a folder that was not seen must not look gone
	}
	if r.Pull == nil && !r.LocalOnly {
		r.cache.Save(r.Cache, r.owner(), sections)
	}
	return snap, nil
}

// addWaiting adds the projects that have packs but are not registered here.
func (r *run) addWaiting(snap *syncer.Snapshot, here, foreign []*projectScan) {
	waiting := map[project.Key][]foundPack{}
	for _, p := range slices.Concat(here, foreign) {
		for key, all := range p.foreign {
			if _, registered := r.labels[key]; registered {
				continue
			}
			for _, pack := range all {
				one := foundPack{id: pack.header.SessionID, Version: syncer.Version{Name: pack.Name, Machine: pack.machine}}
				waiting[key] = append(waiting[key], one)
			}
		}
	}
	if len(waiting) == 0 {
		return
	}
	labels := project.Labels(append(r.Registry.Keys(), slices.Collect(maps.Keys(waiting))...))
	for key, all := range waiting {
		slices.SortFunc(all, foundPack.compare)
		w := syncer.Waiting{Key: key, Label: labels[key]}
		machines := map[string]bool{}
		for _, versions := range bySession(all) {
			w.Sessions++
			for _, v := range versions {
				machines[v.Machine] = true
			}
		}
		w.Machines = words.Names(slices.Collect(maps.Keys(machines)))
		snap.Waiting = append(snap.Waiting, w)
	}
	slices.SortFunc(snap.Waiting, func(a, b syncer.Waiting) int { return cmp.Compare(a.Label, b.Label) })
}
