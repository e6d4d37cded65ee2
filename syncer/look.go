package syncer

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/claude"
	"claude-sync/syncer/internal/dir"
	"claude-sync/syncer/project"

	"github.com/google/uuid"
)

// Look reads what is: transcripts, packs, and how they stand to each other. It changes nothing, but for
// the cache by which the next look need not read what has not changed.
//
// Errors: *transport.UnavailableError when the sync folder cannot be seen; a broken registry. One bad
// transcript or pack is no error: it is a Session with a Problem, or a Stray.
func (m *Machine) Look(ctx context.Context) (Snapshot, error) { return m.look(ctx, look{}) }

// Glance is a Look for whoever keeps what it found: of the sessions of which there is nothing to be said it has
// only the newest few of each project.
func (m *Machine) Glance(ctx context.Context, newest int) (Snapshot, error) {
	return m.look(ctx, look{brief: true, newest: newest})
}

// LookHere is a Look without the sync folder: the sessions of this machine, related to nothing.
func (m *Machine) LookHere(ctx context.Context) (Snapshot, error) {
	return m.look(ctx, look{alone: true})
}

// look is one Look on its way. It goes part by part, several at once, and keeps of a part that is done no more
// than what goes into the snapshot: the memory that it takes does not grow with the projects.
type look struct {
	alone  bool   // see LookHere
	brief  bool   // see Glance
	newest int    // see Glance
	pull   *Scope // what the look is for, see putsOff; nil when it is for anything else

	m      *Machine
	ctx    context.Context
	begun  time.Time // before anything is seen: a file is old when it was old then
	reg    project.Registry
	labels map[project.Key]string
	cache  comparedFile
	seen   func() (seen, error)
	live   []claude.Live
	blind  error                       // some session is open and nobody can tell which
	owners map[uuid.UUID][]project.Key // of the transcripts that are here, once that is known
}

// look does what l asks for.
//
// One for a pull puts off reading the packs of sessions that the pull is going to install, because that reads
// them anyway, and of those that are here and it may have to update. Titles are not known then, nor whether a
// pack is whole and has anything new.
func (m *Machine) look(ctx context.Context, l look) (Snapshot, error) {
	l.m, l.ctx, l.begun = m.roomy(), ctx, m.now()
	var err error
	if l.reg, err = m.registry(); err != nil {
		return Snapshot{}, err
	}
	folders, err := l.open()
	defer l.cache.done()
	if err != nil {
		return Snapshot{}, err
	}
	here, strange := l.parts(folders)
	l.run(strange)
	hand(strange, here)
	l.run(here)
	l.run(hand(here, here))
	l.owners = ownersOf(here, strange)
	l.run(l.doubted(here))
	return l.sumUp(here, strange)
}

// open gets at what all parts need, and names the folders of packs.
func (l *look) open() (folders []string, err error) {
	l.seen = sync.OnceValues(l.m.loadSeen)
	var others sync.WaitGroup
	others.Go(func() { l.live, l.blind = l.m.Store.Live() })
	if l.pull != nil {
		others.Go(func() { _, _ = l.seen() }) // which arrived needs
	}
	if !l.alone {
		others.Go(func() { l.cache = l.m.openCompared() })
		folders, err = l.m.Transport.Folders(l.ctx)
	}
	others.Wait()
	return folders, err
}

// parts are the projects of this machine, each with the folder that is meant for its packs, and the folders that
// are meant for those of none of them.
func (l *look) parts(folders []string) (here, strange []*part) {
	keys := l.reg.Keys()
	l.labels = project.Labels(keys)
	listed := map[string]bool{}
	for _, folder := range folders {
		listed[folder] = true
	}
	for _, key := range keys {
		folder := key.Dir()
		here = append(here, &part{look: l, key: key, folder: folder, listed: listed[folder]})
		delete(listed, folder)
	}
	for _, folder := range folders {
		if listed[folder] {
			strange = append(strange, &part{look: l, folder: folder, listed: true})
		}
	}
	return here, strange
}

func (l *look) run(parts []*part) { dir.Each(len(parts), func(i int) { parts[i].run() }) }

// hand gives the packs that were found in other folders than that of their project to it, and returns the parts
// that got any.
func hand(from, to []*part) (got []*part) {
	for _, p := range to {
		had := len(p.more)
		for _, other := range from {
			p.more = append(p.more, other.strangers[p.key]...)
		}
		if len(p.more) > had {
			got = append(got, p)
		}
	}
	return got
}

// doubted returns the projects with packs of sessions that are here, but under another project.
func (l *look) doubted(here []*part) []*part {
	return slices.DeleteFunc(slices.Clone(here), func(p *part) bool {
		return !slices.ContainsFunc(p.elsewhere, func(id uuid.UUID) bool { return l.owners[id] != nil })
	})
}

// ownersOf says to which projects the sessions that are here belong. It is nil when there are no packs of
// any that is not here.
func ownersOf(here, strange []*part) map[uuid.UUID][]project.Key {
	asked := slices.ContainsFunc(slices.Concat(here, strange), func(p *part) bool { return len(p.elsewhere)+len(p.strangers) > 0 })
	if !asked {
		return nil
	}
	owners := map[uuid.UUID][]project.Key{}
	for _, p := range here {
		for _, id := range p.ids {
			owners[id] = append(owners[id], p.key)
		}
	}
	return owners
}

// sumUp makes a snapshot of what the parts found, and keeps the cache.
func (l *look) sumUp(here, strange []*part) (Snapshot, error) {
	snap := Snapshot{Machine: l.m.Name, Time: l.begun}
	if !l.alone {
		snap.Folder = l.m.Transport.String()
	}
	var known []section
	err := l.ctx.Err()
	machines := map[string]bool{label(l.m.Name): true}
	for _, p := range slices.Concat(here, strange) {
		if err = cmp.Or(err, p.err); p.project.Key != "" {
			snap.Projects = append(snap.Projects, p.project)
		}
		if len(p.came) > 0 {
			if snap.came == nil {
				snap.came = map[project.Key][]ccsync.SessionID{}
			}
			snap.came[p.key] = p.came
		}
		if p.cached != nil {
			known = append(known, *p.cached)
		}
		maps.Copy(machines, p.machines)
		snap.Strays = append(snap.Strays, p.strays...)
	}
	l.wait(&snap, here, strange)
	for _, w := range snap.Waiting {
		for _, machine := range w.Machines {
			machines[machine] = true
		}
	}
	snap.Machines = slices.Sorted(maps.Keys(machines))
	slices.SortStableFunc(snap.Strays, func(a, b Stray) int { return cmp.Compare(a.Name, b.Name) })
	if err != nil {
		return Snapshot{}, err // of a part that was not seen nobody may say that its packs are gone
	}
	if l.pull == nil { // a pull that changes nothing writes nothing at all
		l.m.keepCompared(l.cache, known)
	}
	return snap, nil
}

// wait lists the projects that have packs but are not registered here.
func (l *look) wait(snap *Snapshot, here, strange []*part) {
	waiting := map[project.Key][]seenPack{}
	for _, p := range slices.Concat(here, strange) {
		for key, packs := range p.strangers {
			if _, registered := l.labels[key]; registered {
				continue
			}
			for _, pack := range packs {
				one := seenPack{id: pack.header.SessionID, Version: Version{Name: pack.Name, Machine: pack.machine}}
				if owners := l.owners[compact(one.id)]; owners != nil {
					snap.Strays = append(snap.Strays, misplaced(key, one, owners))
				} else {
					waiting[key] = append(waiting[key], one)
				}
			}
		}
	}
	labels := project.Labels(append(l.reg.Keys(), slices.Collect(maps.Keys(waiting))...))
	for key, packs := range waiting {
		slices.SortFunc(packs, seenPack.compare)
		w := Waiting{Key: key, Label: labels[key]}
		machines := map[string]bool{}
		for _, versions := range bySession(packs) {
			w.Sessions++
			for _, v := range versions {
				machines[v.Machine] = true
			}
		}
		w.Machines = slices.Sorted(maps.Keys(machines))
		snap.Waiting = append(snap.Waiting, w)
	}
	slices.SortFunc(snap.Waiting, func(a, b Waiting) int { return cmp.Compare(a.Label, b.Label) })
}
