package syncer

import "slices"

// PlanPush decides what a push does. It is pure.
//
// Every session of which no pack has all rows is packed, whatever others have: each machine writes its own pack
// only. So is one with a row that was rewritten here, because this machine's own pack follows the transcript. A diverged
// session is packed too, so that the other machines can see it, and the conflict is reported; with Overwrite it is
// resolved first, in favour of this machine's branch. Afterwards, conflicted copies of our own packs are removed.
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
			if session.Problem == nil && session.HasConflictCopy() {
				steps = append(steps, Step{Action: TidyCopies, Project: p.Key, Label: p.Label, Session: *session})
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
		steps = append(steps, pushes(step)...)
	}
	return steps
}

// pushes are the steps that write this machine's packs of a session: if rows were rewritten here, each pack that has
// them as they were, also one under a former key, where they would stay for ever; else the pack under the project's key.
func pushes(step Step) []Step {
	var steps []Step
	for _, v := range step.Session.Versions {
		if v.Rewritten && !v.Copy {
			step.Key = v.Key
			steps = append(steps, step)
		}
	}
	if len(steps) == 0 {
		return []Step{step}
	}
	return steps
}
