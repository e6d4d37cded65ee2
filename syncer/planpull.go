package syncer

// PlanPull decides what a pull does. It is pure.
//
// Every session that is only elsewhere is installed, and every one that is behind is updated, in all projects that
// have a checkout here. Diverged sessions stay as they are unless scope says Overwrite; archived sessions come back
// only if scope names them or asks for all of them.
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

// nothing says that a session needs no step.
const nothing Action = -1

func pullAction(s Session, scope Scope) Action {
	switch {
	case s.Problem != nil:
		return Broken
	case s.State == RemoteOnly, s.State == Archived && (scope.Archived || scope.Names(s.ID)):
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

// ArchivedHere returns the event that tells of archived sessions, after a pull in this scope on a machine that has no
// record of ever having had a session: most often it was installed anew, and nothing else would say that they are there.
func (s Snapshot) ArchivedHere(scope Scope) []Event {
	n := 0
	for _, p := range s.Projects {
		if !p.LocalOnly && (scope.Project == "" || scope.Project == p.Key) {
			n += p.Archived
		}
	}
	if n == 0 || scope.Session != "" || scope.Archived {
		return nil
	}
	return []Event{{Kind: InArchive, Count: n}}
}

// WouldInstall reports whether a pull in this scope installs a session of the project that is not here. WasHere
// says that a pull installed it before.
func (c Scope) WouldInstall(p Project, s Session, wasHere bool) bool {
	if p.LocalOnly || s.Cwd == "" || !c.Includes(p, s) {
		return false
	}
	s.State = s.Towards(wasHere)
	return pullAction(s, c) == Install
}

// MayUpdate reports whether a pull in this scope compares the transcript with the pack anyway, before it writes. So
// a scan for the pull need not, and lets the session count as behind. It is false where more than that depends on
// the state: for a session that is open, and for one that continues with theirs if it turns out to be diverged.
func (c Scope) MayUpdate(p Project, s Session, v Version) bool {
	return !c.Overwrite && !p.LocalOnly && c.Includes(p, s) && !s.Open && s.Path != "" && !v.Own
}
