package menu

import (
	"slices"
	"strings"
	"time"

	"claude-sync/icons"
	"claude-sync/syncer"
	"claude-sync/syncer/project"
	"claude-sync/syncer/words"
)

// builder has a View and the counts and lists that follow from it.
type builder struct {
	View
	projects []*entry // first those with something to do, then by last use
	at       map[project.Key]*entry
	pulls    int
	pushes   int
	helds    int
	sources  []string // the machines to pull from
	arriving int      // strays that may become packs
	problems []problem
}

// entry is one registered project with the steps of a pull and a push. These are the steps that the engine
// carries out, so the menu promises the same.
type entry struct {
	syncer.Project
	pull, push, held, conflicts []syncer.Step
}

// newBuilder counts and sorts the contents of a view.
func newBuilder(v View) *builder {
	b := &builder{View: v, at: map[project.Key]*entry{}}
	b.failures()
	if v.Snapshot == nil || !v.SetUp {
		return b
	}
	for _, p := range v.Snapshot.Projects {
		e := &entry{Project: p}
		b.projects = append(b.projects, e)
		b.at[p.Key] = e
	}
	b.plan()
	// Stable, and by label at last, so that equal projects keep their places between two looks.
	slices.SortStableFunc(b.projects, compareProjects)
	b.conflicts()
	b.broken()
	b.stale()
	b.strays()
	b.waiting()
	return b
}

// plan adds the steps to their projects.
func (b *builder) plan() {
	for _, s := range syncer.PlanPull(*b.Snapshot, syncer.Scope{}) {
		e := b.at[s.Project]
		switch {
		case s.Action == syncer.Install, s.Action == syncer.Update:
			e.pull = append(e.pull, s)
			b.pulls++
			b.sources = union(b.sources, s.From)
		// The plan holds a diverged session that is open, but a person still has to decide.
		case s.Session.State == syncer.Diverged && (s.Action == syncer.Conflict || s.Action == syncer.Hold):
			s.From = s.Session.From(syncer.Diverged)
			e.conflicts = append(e.conflicts, s)
		case s.Action == syncer.Hold:
			e.held = append(e.held, s)
			b.helds++
		}
	}
	for _, s := range syncer.PlanPush(*b.Snapshot, syncer.Scope{}) {
		if s.Action == syncer.Push {
			e := b.at[s.Project]
			e.push = append(e.push, s)
			b.pushes++
		}
	}
}

// union returns the machines of both lists.
func union(names, more []string) []string { return words.Names(slices.Concat(names, more)) }

// busy reports whether there is something to do for the project.
func (e *entry) busy() bool { return len(e.pull)+len(e.push)+len(e.held)+len(e.conflicts) > 0 }

// compareProjects orders projects: busy ones first, then by last use, then by label.
func compareProjects(a, b *entry) int {
	switch {
	case a.busy() && !b.busy():
		return -1
	case b.busy() && !a.busy():
		return 1
	}
	if c := b.used().Compare(a.used()); c != 0 {
		return c
	}
	return strings.Compare(a.Label, b.Label)
}

// used is the last time that the project was used, here or on another machine.
func (e *entry) used() time.Time {
	if len(e.Sessions) > 0 && e.Sessions[0].Modified.After(e.Used) {
		return e.Sessions[0].Modified
	}
	return e.Used
}

// icon shows the worst state. Work comes first, because it changes the other states. A missing folder comes
// second, because without it the other states are old.
func (b *builder) icon() icons.State {
	switch {
	case b.Busy != nil:
		return icons.Working
	case !b.SetUp, b.Unavailable != "":
		return icons.Off
	case b.Snapshot == nil:
		return icons.Working // the first look
	case b.grave() > 0:
		return icons.Attention
	case b.pulls+b.helds > 0:
		return icons.ToPull
	}
	return icons.UpToDate
}
