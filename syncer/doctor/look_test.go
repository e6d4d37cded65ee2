package doctor

import (
	"errors"
	"fmt"
	"io/fs"
	"time"

	"claude-sync/syncer"
	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/project"
)

// The words of which the tables build their looks, as those of package syncer do. This machine is called desktop.

const here = "desktop"

const days = 24 * time.Hour

// noon is when the snapshots were taken.
func noon() time.Time { return time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC) }

// errTorn is why a transcript cannot be read.
func errTorn() error { return errors.New("unreadable") }

// entry adds something to a snapshot.
type entry func(*syncer.Snapshot)

// saw is what a look found.
func saw(all ...entry) syncer.Snapshot {
	s := syncer.Snapshot{Machine: here, Time: noon()}
	for _, add := range all {
		add(&s)
	}
	return s
}

// repo begins a registered project: the sessions behind it belong to it.
func repo(label string, traits ...func(*syncer.Project)) entry {
	return func(s *syncer.Snapshot) { s.Projects = append(s.Projects, oneProject(label, traits...)) }
}

// session adds a session to the last project, or to myapp if there is no project yet.
func session(id string, traits ...trait) entry {
	return func(s *syncer.Snapshot) {
		if len(s.Projects) == 0 {
			repo("myapp")(s)
		}
		p := &s.Projects[len(s.Projects)-1]
		p.Sessions = append(p.Sessions, oneSession(id, traits...))
	}
}

// waits adds a project that has no checkout here.
func waits(label string, sessions int, machines ...string) entry {
	return func(s *syncer.Snapshot) {
		s.Waiting = append(s.Waiting, syncer.Waiting{Key: keyOf(label), Label: label, Sessions: sessions, Machines: machines})
	}
}

func keyOf(label string) project.Key { return project.Key("name:" + label) }

// oneProject has one checkout, no remote and no sessions.
func oneProject(label string, traits ...func(*syncer.Project)) syncer.Project {
	p := syncer.Project{Key: keyOf(label), Label: label, Cwds: []syncer.Cwd{{Path: "/code/" + label}}}
	for _, set := range traits {
		set(&p)
	}
	return p
}

// keptHere is a project that the user keeps on this machine.
func keptHere(p *syncer.Project) { p.LocalOnly = true }

// cloned is a project with a remote.
func cloned(p *syncer.Project) { p.Key = project.Key("git:https://git.example.org/ana/" + p.Label) }

// gone is a project whose checkouts are gone from disk.
func gone(p *syncer.Project) {
	for i := range p.Cwds {
		p.Cwds[i].Stale = true
	}
}

// alsoAt gives a project one more checkout.
func alsoAt(path string) func(*syncer.Project) {
	return func(p *syncer.Project) { p.Cwds = append(p.Cwds, syncer.Cwd{Path: path}) }
}

// trait is something that is so with a session.
type trait func(*syncer.Session)

// oneSession has a transcript here, no pack, and was written at noon.
func oneSession(id string, traits ...trait) syncer.Session {
	s := syncer.Session{ID: ccsync.SessionID(id), Path: "/store/" + id + ".jsonl", Cwd: "/code", Modified: noon()}
	for _, set := range traits {
		set(&s)
	}
	if s.Problem == nil {
		s.State = s.Towards(false)
	}
	return s
}

func packs(r syncer.State, machines []string) trait {
	return func(s *syncer.Session) {
		for _, m := range machines {
			s.Versions = append(s.Versions, syncer.Version{Name: fmt.Sprintf("%s-%d", m, len(s.Versions)), Machine: m, Own: m == here,
				Exported: noon().Add(-time.Hour), State: r})
		}
	}
}

// same, ahead, behind and diverged say how the transcript stands to the packs of these machines. A machine
// that is named twice has a second pack: the sync tool's conflicted copy.
func same(machines ...string) trait     { return packs(syncer.Same, machines) }
func ahead(machines ...string) trait    { return packs(syncer.Ahead, machines) }
func behind(machines ...string) trait   { return packs(syncer.Behind, machines) }
func diverged(machines ...string) trait { return packs(syncer.Diverged, machines) }

// elsewhere says that only these machines' packs have the session.
func elsewhere(machines ...string) trait {
	return func(s *syncer.Session) {
		s.Path = ""
		packs(syncer.RemoteOnly, machines)(s)
	}
}

// exportedAt moves the last pack's time away from noon.
func exportedAt(d time.Duration) trait {
	return func(s *syncer.Session) { s.Versions[len(s.Versions)-1].Exported = noon().Add(d) }
}

// torn says that the transcript cannot be read.
func torn(s *syncer.Session) { s.Problem = errTorn() }

// open says that Claude Code has the session open in this process; 0 if only the transcript's time tells.
func open(pid int) trait { return func(s *syncer.Session) { s.Open, s.PID = true, pid } }

// idle says how long ago the transcript was written last.
func idle(d time.Duration) trait { return func(s *syncer.Session) { s.Modified = noon().Add(-d) } }

func titled(title string) trait { return func(s *syncer.Session) { s.Title = title } }

// lies adds a file in the sync folder that is not a pack; later says that it may become one.
func lies(name string, why error, later bool) entry {
	return func(s *syncer.Snapshot) {
		s.Strays = append(s.Strays, syncer.Stray{Name: name, Reason: why, Later: later})
	}
}

func onFile(why error) error { return &fs.PathError{Op: "open", Path: "/sync/x", Err: why} }
