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

// The actions. Only Install, Update, Resolve, Push and Relocate change anything.
const (
	Install  Action = iota // write a transcript that is not here
	Update                 // merge packs that are ahead, or may be, into the transcript; report a diverged one
	Resolve                // continue with one branch, keep the others as forks
	Push                   // write this machine's pack
	Relocate               // bring a session whose folder is gone to the checkout in its place
	Conflict               // left alone: diverged, a person decides
	Hold                   // left alone: Claude Code has the session open
	Wait                   // left alone: there is no checkout of the project here
	Broken                 // left alone: it cannot be read
)

// Step is one thing that a pull or a push would do, or leaves for a person.
type Step struct {
	Action  Action
	Project project.Key
	Label   string // the project's
	Session Session
	From    []string // the machines concerned
	Winner  string   // for Resolve: whose branch continues, "" for this machine's
	Count   int      // for Wait: sessions
	Err     error    // for Broken
	To      string   // for Relocate: the checkout
	Beside  string   // for a copy: the session's transcript; in its folder Claude Code opens what becomes of a losing branch
}

// Scope narrows a plan down.
type Scope struct {
	Project   project.Key // only this project, unless empty
	Session   string      // only the sessions whose id begins so, unless empty; a plan wants the whole id
	Overwrite bool        // pull: diverged sessions continue with theirs; push: with ours
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

// PlanPull decides what a pull does. It is pure.
//
// Every session that is only elsewhere is installed, and every one that is behind is updated, in all projects that
// have a checkout here. Diverged sessions stay as they are unless scope says Overwrite; archived sessions come back
// only if scope names them.
func PlanPull(s Snapshot, scope Scope) []Step {
	var steps []Step
	for _, p := range s.Projects {
		if p.LocalOnly {
			continue
		}
		for i := range p.Sessions {
			if !scope.Includes(p, p.Sessions[i]) {
				continue
			}
			for view := range p.Sessions[i].Views() {
				if !view.Gone { // Claude Code does not open it there; PlanTidy brings it to another folder
					steps = append(steps, beside(p.Sessions[i].Path, appendPull(nil, p, *view, pullAction(*view, scope)))...)
				}
			}
		}
	}
	for _, w := range s.Waiting {
		if scope.Session == "" && scope.Project == "" {
			steps = append(steps, Step{Action: Wait, Project: w.Key, Label: w.Label, From: w.Machines, Count: w.Sessions})
		}
	}
	return steps
}

// PlanTidy decides what a pull, a push and the tray do unasked: they bring the sessions whose folders are gone to the
// main work tree, if there is one. It is pure.
func PlanTidy(s Snapshot) []Step {
	var steps []Step
	for _, p := range s.Projects {
		home := s.homeFor(p)
		for i := range p.Sessions {
			session := &p.Sessions[i]
			if home == "" || session.Open || session.Problem != nil || session.reachable() {
				continue
			}
			for v := range session.Views() {
				if v.Path != "" && !v.Empty && v.Problem == nil {
					steps = append(steps, Step{Action: Relocate, Project: p.Key, Label: p.Label, Session: *v, To: home})
				}
			}
		}
	}
	return steps
}

// reachable reports whether Claude Code can open the session in some folder.
func (s *Session) reachable() bool {
	for v := range s.Views() {
		if !v.Gone {
			return true
		}
	}
	return false
}

// homeFor is the project's Home; if it has none, that of the repository's main project: a folder below the root is
// gone, and its sessions continue at the root.
func (s Snapshot) homeFor(p Project) string {
	if home := p.Home(); home != "" || p.Key.Subdir() == "" {
		return home
	}
	root := strings.TrimSuffix(string(p.Key), "//"+p.Key.Subdir())
	for _, other := range s.Projects {
		if string(other.Key) == root {
			return other.Home()
		}
	}
	return ""
}

// nothing says that a session needs no step.
const nothing Action = -1

func pullAction(s Session, scope Scope) Action {
	switch {
	case s.Problem != nil:
		return Broken
	case s.State == RemoteOnly, s.State == Archived && scope.Names(s.ID):
		return Install
	case s.State != Behind && s.State != Diverged:
		return nothing
	case s.Open:
		return Hold
	case s.State == Behind:
		return Update
	case scope.Overwrite:
		return Resolve
	}
	return Conflict
}

func appendPull(steps []Step, p Project, s Session, a Action) []Step {
	step := Step{Action: a, Project: p.Key, Label: p.Label, Session: s, Err: s.Problem}
	switch a {
	case nothing:
		return steps
	case Install:
		step.From = s.Newest()
		if s.Cwd == "" {
			step.Action, step.Count = Wait, 1
		}
	case Update, Hold:
		step.From = s.From(Behind, Diverged)
	case Conflict:
		step.From = s.From(Diverged)
	case Resolve:
		step.From = s.From(Diverged)
		step.Winner = step.From[0]
		if len(step.From) > 1 { // the person has to name the branch
			step.Action, step.Winner = Conflict, ""
		}
	}
	return append(steps, step)
}

// WouldInstall reports whether a pull in this scope installs a session of the project that is not here. WasHere
// says that a pull installed it before.
func (c Scope) WouldInstall(p Project, s Session, wasHere bool) bool {
	if p.LocalOnly || s.Cwd == "" || !c.Includes(p, s) {
		return false
	}
	s.State = StateOf(&s, wasHere)
	return pullAction(s, c) == Install
}

// MayUpdate reports whether a pull in this scope compares the transcript with the pack anyway, before it writes. So
// a scan for the pull need not, and lets the session count as behind. It is false where more than that depends on
// the state: for a session that is open, and for one that continues with theirs if it turns out to be diverged.
func (c Scope) MayUpdate(p Project, s Session, v Version) bool {
	return !c.Overwrite && !p.LocalOnly && c.Includes(p, s) && !s.Open && s.Path != "" && !v.Own
}

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

// PlanPush decides what a push does. It is pure.
//
// Every session of which no pack has all rows is packed, whatever others have: each machine writes its own pack
// only. So is one with a row that was rewritten here, because this machine's own pack follows the transcript. A diverged session is packed too, so that the other machines can see it, and the conflict is reported; with
// Overwrite it is resolved first, in favour of this machine's branch.
func PlanPush(s Snapshot, scope Scope) []Step {
	var steps []Step
	for _, p := range s.Projects {
		if p.LocalOnly {
			continue
		}
		for i := range p.Sessions {
			session := &p.Sessions[i]
			if !scope.Includes(p, *session) || !session.Matters() {
				continue
			}
			views := slices.Collect(session.Views())
			slices.SortStableFunc(views, func(a, b *Session) int { return a.Modified.Compare(b.Modified) }) // the newest last: it wins
			for _, view := range views {
				steps = append(steps, beside(session.Path, appendPush(nil, p, *view, scope))...)
			}
		}
	}
	return steps
}

// beside sets Beside in the steps of a copy of the session whose transcript is path.
func beside(path string, steps []Step) []Step {
	for i := range steps {
		if steps[i].Session.Path != path {
			steps[i].Beside = path
		}
	}
	return steps
}

func appendPush(steps []Step, p Project, s Session, scope Scope) []Step {
	step := Step{Project: p.Key, Label: p.Label, Session: s}
	switch {
	case s.Path == "" && s.ID != "": // only packs have it: a problem with them is for a pull to report
		return steps
	case s.Problem != nil:
		step.Action, step.Err = Broken, s.Problem
		return append(steps, step)
	}
	if s.State == Diverged && !s.Gone {
		step.From = s.From(Diverged)
		switch {
		case !scope.Overwrite:
			step.Action = Conflict
		case s.Open:
			step.Action = Hold
		default:
			step.Action = Resolve
		}
		steps = append(steps, step)
	}
	resolved := step.Action == Resolve && s.State == Diverged && !s.Gone
	if s.Unsent() || resolved {
		step.Action, step.From = Push, nil
		steps = append(steps, step)
	}
	return steps
}
