package syncer

import (
	"strings"

	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/project"
)

// Action is what a step does.
type Action int

// The actions. Only Install, Update, Resolve and Push change anything.
const (
	Install  Action = iota // write a transcript that is not here
	Update                 // merge packs that have all of our conversation into the transcript
	Resolve                // continue with one branch, keep the others as forks
	Push                   // write this machine's pack
	Conflict               // left alone: diverged, a person decides
	Hold                   // left alone: Claude Code has the session open
	Wait                   // left alone: no checkout of the project here
	Broken                 // left alone: it cannot be read
)

// Step is one thing that a pull or a push would do, or leaves for a person.
type Step struct {
	Action  Action
	Project project.Key
	Label   string // the project's
	Session Session
	From    []string // the machines concerned
	Winner  string   // for Resolve: whose branch goes on, "" for this machine's
	Count   int      // for Wait: sessions
	Err     error    // for Broken
}

// Scope narrows a plan down.
type Scope struct {
	Project   project.Key      // only this project, when not empty
	Session   ccsync.SessionID // only this session, when not empty
	Overwrite bool             // pull: diverged sessions go on with theirs; push: with ours
}

func (c Scope) takes(p Project, s Session) bool {
	return (c.Project == "" || c.Project == p.Key) && (c.Session == "" || c.Session == s.ID)
}

// PlanPull decides what a pull does. It is pure.
//
// Every session that is only elsewhere is installed, every one that is behind is updated, in all projects
// that have a checkout here. Diverged sessions stay as they are unless scope says Overwrite; archived
// ones come back only when asked for by name.
func PlanPull(s Snapshot, scope Scope) []Step {
	var steps []Step
	for _, p := range s.Projects {
		if p.LocalOnly {
			continue
		}
		for _, session := range p.Sessions {
			if scope.takes(p, session) {
				steps = appendStep(steps, p, session, pullAction(session, scope))
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

// nothing marks that a session needs no step.
const nothing Action = -1

func pullAction(s Session, scope Scope) Action {
	switch {
	case s.Problem != nil:
		return Broken
	case s.Relation == RemoteOnly, s.Relation == Archived && scope.Session == s.ID:
		return Install
	case s.Relation != Behind && s.Relation != Diverged:
		return nothing
	case s.Held != nil:
		return Hold
	case s.Relation == Behind:
		return Update
	case scope.Overwrite:
		return Resolve
	}
	return Conflict
}

func appendStep(steps []Step, p Project, s Session, a Action) []Step {
	step := Step{Action: a, Project: p.Key, Label: p.Label, Session: s, Err: s.Problem}
	switch a {
	case nothing:
		return steps
	case Install:
		step.From = newest(s.Versions)
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
		if len(step.From) > 1 {
			step.Action = Conflict // whose branch? that takes a name
		}
	}
	return append(steps, step)
}

// newest names the machine that exported last.
func newest(versions []Version) []string {
	if len(versions) == 0 {
		return nil
	}
	last := versions[0]
	for _, v := range versions {
		if v.Exported.After(last.Exported) {
			last = v
		}
	}
	return []string{last.Machine}
}

// PlanPush decides what a push does. It is pure.
//
// Every session of which no pack has all rows is packed, whatever others have: each machine writes its
// own pack only. A diverged session is packed too, so that the other machines can see it, and the
// conflict is reported; with Overwrite it is resolved first, in favour of this machine's branch.
func PlanPush(s Snapshot, scope Scope) []Step {
	var steps []Step
	for _, p := range s.Projects {
		if p.LocalOnly {
			continue
		}
		for _, session := range p.Sessions {
			if scope.takes(p, session) {
				steps = pushSteps(steps, p, session, scope)
			}
		}
	}
	return steps
}

func pushSteps(steps []Step, p Project, s Session, scope Scope) []Step {
	step := Step{Project: p.Key, Label: p.Label, Session: s}
	switch {
	case s.Path == "" && s.ID != "": // only packs have it, and whatever is wrong with it is a pull's to tell
		return steps
	case s.Problem != nil:
		step.Action, step.Err = Broken, s.Problem
		return append(steps, step)
	}
	if s.Relation == Diverged {
		step.From = s.From(Diverged)
		switch {
		case !scope.Overwrite:
			step.Action = Conflict
		case s.Held != nil:
			step.Action = Hold
		default:
			step.Action = Resolve
		}
		steps = append(steps, step)
	}
	resolved := s.Relation == Diverged && step.Action == Resolve
	if s.unsent() || resolved {
		step.Action, step.From = Push, nil
		steps = append(steps, step)
	}
	return steps
}

// Find returns the session whose id begins with prefix.
//
// Errors: *NoSessionError, *AmbiguousError.
func (s Snapshot) Find(prefix string) (Project, Session, error) {
	var found []Session
	var in Project
	for _, p := range s.Projects {
		for _, session := range p.Sessions {
			if strings.HasPrefix(string(session.ID), strings.ToLower(prefix)) && prefix != "" {
				found = append(found, session)
				in = p
			}
		}
	}
	switch len(found) {
	case 0:
		return in, Session{}, &NoSessionError{Prefix: prefix}
	case 1:
		return in, found[0], nil
	}
	return in, Session{}, &AmbiguousError{Prefix: prefix, Sessions: found}
}
