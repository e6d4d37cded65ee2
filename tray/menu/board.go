package menu

import (
	"slices"
	"strings"
	"time"

	"claude-sync/icons"
	"claude-sync/syncer"
	"claude-sync/syncer/project"
)

// board is a View with what it adds up to.
type board struct {
	View
	projects []*entry // those with something to do first, then the most recently used
	at       map[project.Key]*entry
	pulls    int
	pushes   int
	helds    int
	sources  []string // the machines to pull from
	arriving int      // strays that may become packs
	problems []problem
}

// entry is one registered project with what a pull and a push would do for it: the same plan that the
// command line carries out, so that the menu cannot promise anything else.
type entry struct {
	syncer.Project
	pull, push, held, conflicts []syncer.Step
}

// sumUp reads the view once.
func sumUp(v View) *board {
	b := &board{View: v, at: map[project.Key]*entry{}}
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
	// Stable, and with the label as the last resort, so that equal projects don't jump between two looks.
	slices.SortStableFunc(b.projects, before)
	b.conflicts()
	b.broken()
	b.stale()
	b.strays()
	b.waiting()
	return b
}

// plan files the steps under their projects.
func (b *board) plan() {
	for _, s := range syncer.PlanPull(*b.Snapshot, syncer.Scope{}) {
		e := b.at[s.Project]
		switch {
		case s.Action == syncer.Install, s.Action == syncer.Update:
			e.pull = append(e.pull, s)
			b.pulls++
			b.sources = addNew(b.sources, s.From)
		// An open session that is diverged is held by the plan, but it is still the person's to decide.
		case s.Session.Relation == syncer.Diverged && (s.Action == syncer.Conflict || s.Action == syncer.Hold):
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

// addNew adds what is not there yet, and keeps the order: the plan's, which is stable.
func addNew(names, more []string) []string {
	for _, m := range more {
		if !slices.Contains(names, m) {
			names = append(names, m)
		}
	}
	return names
}

// busy reports whether the project has something to do, for this machine or for a person.
func (e *entry) busy() bool { return len(e.pull)+len(e.push)+len(e.held)+len(e.conflicts) > 0 }

// before is the order of the projects.
func before(a, b *entry) int {
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

// used is when anything was last done for the project, here or elsewhere.
func (e *entry) used() time.Time {
	if len(e.Sessions) > 0 && e.Sessions[0].Modified.After(e.Used) {
		return e.Sessions[0].Modified
	}
	return e.Used
}

// icon is the worst state. Work comes first because it changes what the others say; without the folder,
// the others are old.
func (b *board) icon() icons.State {
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
