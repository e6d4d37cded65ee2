package syncer

import "strings"

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
