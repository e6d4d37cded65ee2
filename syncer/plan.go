package syncer

import (
	"cmp"
	"slices"
	"strings"

	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/project"
)

// Action says what a step does.
type Action int

// The actions. Only those before Conflict change anything.
const (
	Install    Action = iota // write a transcript that is not here
	Update                   // merge packs that are ahead, or may be, into the transcript; report a diverged one
	Resolve                  // continue with one branch, keep the others as forks
	Push                     // write this machine's pack
	TidyCopies               // remove a sync tool's copies of this machine's own pack, once the pack has all of their rows
	Relocate                 // bring a session whose folder is gone to the checkout in its place
	Conflict                 // left alone: diverged, a person decides
	Hold                     // left alone: Claude Code has the session open
	Wait                     // left alone: there is no checkout of the project here
	Broken                   // left alone: it cannot be read
)

// Step is one thing that a pull or a push would do, or leaves for a person.
type Step struct {
	Action  Action
	Project project.Key
	Label   string // the project's
	Session Session
	From    []string    // the machines concerned
	Winner  string      // for Resolve: whose branch continues, "" for this machine's
	Count   int         // for Wait: sessions
	Err     error       // for Broken
	To      string      // for Relocate: the checkout
	Key     project.Key // for Push: the key under which the pack is, unless it is the project's
	Beside  string      // for a copy: the session's transcript; in its folder Claude Code opens what becomes of a losing branch
}

// Scope narrows a plan down.
type Scope struct {
	Project   project.Key // only this project, unless empty
	Session   string      // only the sessions whose id begins so, unless empty; a plan wants the whole id
	Overwrite bool        // pull: diverged sessions continue with theirs; push: with ours
	Archived  bool        // pull: archived sessions come back, too
}

// Includes reports whether the scope has the session.
func (c Scope) Includes(p Project, s Session) bool {
	return (c.Project == "" || c.Project == p.Key) && strings.HasPrefix(string(s.ID), c.Session)
}

// Only is the scope of one session, in all projects that have it.
func (c Scope) Only(id ccsync.SessionID) Scope {
	c.Session = string(id)
	return c
}

// Names reports whether the scope names the session by its whole id.
func (c Scope) Names(id ccsync.SessionID) bool { return c.Session != "" && c.Session == string(id) }

// Newest names the machine whose pack was exported last, none if there are no packs.
func (s Session) Newest() []string {
	if len(s.Versions) == 0 {
		return nil
	}
	last := s.Versions[0]
	for _, v := range s.Versions {
		if v.Exported.After(last.Exported) {
			last = v
		}
	}
	return []string{last.Machine}
}

// LongestFirst returns the packs, the one with the most rows first, in the same order on every machine.
func (s Session) LongestFirst() []Version {
	sorted := slices.Clone(s.Versions)
	slices.SortFunc(sorted, func(a, b Version) int {
		return cmp.Or(cmp.Compare(b.Lines, a.Lines), strings.Compare(a.Name, b.Name))
	})
	return sorted
}
