package syncer

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/project"
)

// The tables of the decisions build their snapshots from the words below, and from nothing else: a field that
// gets another name or type has to be changed here only. This machine is called desktop.

const here = "desktop"

const days = 24 * time.Hour

// noon is when the snapshots were taken.
func noon() time.Time { return time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC) }

// errTorn is why a transcript cannot be read.
func errTorn() error { return errors.New("unreadable") }

// entry adds something to a snapshot.
type entry func(*Snapshot)

// saw is what a look found.
func saw(all ...entry) Snapshot {
	s := Snapshot{Machine: here, Time: noon()}
	for _, add := range all {
		add(&s)
	}
	return s
}

// repo begins a registered project: the sessions behind it belong to it.
func repo(label string, traits ...func(*Project)) entry {
	return func(s *Snapshot) { s.Projects = append(s.Projects, oneProject(label, traits...)) }
}

// session adds a session to the last project, or to myapp if there is no project yet.
func session(id string, traits ...trait) entry {
	return func(s *Snapshot) {
		if len(s.Projects) == 0 {
			repo("myapp")(s)
		}
		p := &s.Projects[len(s.Projects)-1]
		p.Sessions = append(p.Sessions, oneSession(id, traits...))
	}
}

// waits adds a project that has no checkout here.
func waits(label string, sessions int, machines ...string) entry {
	return func(s *Snapshot) {
		s.Waiting = append(s.Waiting, Waiting{Key: keyOf(label), Label: label, Sessions: sessions, Machines: machines})
	}
}

func keyOf(label string) project.Key { return project.Key("name:" + label) }

// oneProject has one checkout, no remote and no sessions.
func oneProject(label string, traits ...func(*Project)) Project {
	p := Project{Key: keyOf(label), Label: label, Cwds: []Cwd{{Path: "/code/" + label}}}
	for _, set := range traits {
		set(&p)
	}
	return p
}

// keptHere is a project that the user keeps on this machine.
func keptHere(p *Project) { p.LocalOnly = true }

// cloned is a project with a remote.
func cloned(p *Project) { p.Key = project.Key("git:https://git.example.org/ana/" + p.Label) }

// gone is a project whose checkouts are gone from disk.
func gone(p *Project) {
	for i := range p.Cwds {
		p.Cwds[i].Stale = true
	}
}

// unplaced is a project without any checkout.
func unplaced(p *Project) { p.Cwds = nil }

// alsoAt gives a project one more checkout.
func alsoAt(path string) func(*Project) {
	return func(p *Project) { p.Cwds = append(p.Cwds, Cwd{Path: path}) }
}

// trait is something that is so with a session.
type trait func(*sketch)

type sketch struct {
	Session
	installed bool // a pull brought it here once
}

// oneSession has a transcript here, no pack, and was written at noon.
func oneSession(id string, traits ...trait) Session {
	k := sketch{Session: Session{ID: ccsync.SessionID(id), Path: "/store/" + id + ".jsonl", Cwd: "/code", Modified: noon()}}
	for _, set := range traits {
		set(&k)
	}
	if k.Problem == nil {
		k.State = k.Session.Towards(k.installed)
	}
	return k.Session
}

func packs(r State, machines []string) trait {
	return func(k *sketch) {
		for _, m := range machines {
			k.Versions = append(k.Versions, Version{Name: fmt.Sprintf("%s-%d", m, len(k.Versions)), Machine: m, Own: m == here,
				Exported: noon().Add(-time.Hour), State: r})
		}
	}
}

// same, ahead, behind and diverged say how the transcript stands to the packs of these machines. A machine
// that is named twice has a second pack: the sync tool's conflicted copy.
func same(machines ...string) trait     { return packs(Same, machines) }
func ahead(machines ...string) trait    { return packs(Ahead, machines) }
func behind(machines ...string) trait   { return packs(Behind, machines) }
func diverged(machines ...string) trait { return packs(Diverged, machines) }

// conflicted is a sync tool's copy of our own pack, towards which the transcript stands so. Parted says that each has turns
// that the other lacks.
func conflicted(r State) trait {
	return func(k *sketch) {
		packs(r, []string{here})(k)
		v := &k.Versions[len(k.Versions)-1]
		v.Copy, v.Complete = true, r == Same || r == Ahead
	}
}

func parted(k *sketch) {
	conflicted(Ahead)(k)
	k.Versions[len(k.Versions)-1].Complete = false
}

// elsewhere says that only these machines' packs have the session.
func elsewhere(machines ...string) trait {
	return func(k *sketch) {
		k.Path = ""
		packs(RemoteOnly, machines)(k)
	}
}

// damagedPack says that the last pack, which is our own, cannot be read.
func damagedPack(k *sketch) { k.Versions[len(k.Versions)-1].Damaged = true }

// rewritten says that a row was rewritten here since the last pack was written, which is our own.
func rewritten(k *sketch) { k.Versions[len(k.Versions)-1].Rewritten = true }

// under says under which key the last pack, our own, is.
func under(key project.Key) trait {
	return func(k *sketch) { k.Versions[len(k.Versions)-1].Key = key }
}

// exportedAt moves the last pack's time away from noon.
func exportedAt(d time.Duration) trait {
	return func(k *sketch) { k.Versions[len(k.Versions)-1].Exported = noon().Add(d) }
}

// wasHere says that a pull installed the session once.
func wasHere(k *sketch) { k.installed = true }

// noFolder says that every checkout the session could belong to is gone.
func noFolder(k *sketch) { k.Cwd = "" }

// torn says that the transcript cannot be read.
func torn(k *sketch) { k.Problem = errTorn() }

// open says that Claude Code has the session open in this process; 0 if only the transcript's time tells.
func open(pid int) trait { return func(k *sketch) { k.Open, k.PID = true, pid } }

// idle says how long ago the transcript was written last.
func idle(d time.Duration) trait { return func(k *sketch) { k.Modified = noon().Add(-d) } }

// A session's state sums up how its transcript stands to all packs together.
func TestStateSumsUpAllPacks(t *testing.T) {
	for _, c := range []struct {
		name string
		is   Session
		want string
	}{
		{"never packed", oneSession("a"), "local only"},
		{"never packed, pulled once", oneSession("a", wasHere), "local only"},
		{"own pack in step", oneSession("a", same(here)), "same"},
		{"own pack lags", oneSession("a", ahead(here)), "ahead"},
		{"own pack lags, laptop in step", oneSession("a", ahead(here), same("laptop")), "same"},
		{"own pack has an old form of a row, laptop in step", oneSession("a", same("laptop"), ahead(here), rewritten), "ahead"},
		{"own pack has an old form of a row, laptop has more", oneSession("a", behind("laptop"), ahead(here), rewritten), "behind"},
		{"own pack in step, laptop lags", oneSession("a", same(here), ahead("laptop")), "same"},
		{"laptop and nas lag", oneSession("a", ahead("laptop", "nas")), "ahead"},
		{"laptop has more", oneSession("a", same(here), behind("laptop")), "behind"},
		{"laptop has more, nas went on otherwise", oneSession("a", behind("laptop"), diverged("nas")), "behind"},
		{"nas went on otherwise, laptop has more", oneSession("a", diverged("nas"), behind("laptop")), "behind"},
		{"two machines went on", oneSession("a", same(here), diverged("laptop")), "diverged"},
		{"two machines went on, nas lags", oneSession("a", ahead("nas"), diverged("laptop")), "diverged"},
		{"only on laptop", oneSession("a", elsewhere("laptop")), "remote only"},
		{"swept here, packed here", oneSession("a", elsewhere(here)), "archived"},
		{"swept here, packed here and on laptop", oneSession("a", elsewhere("laptop", here)), "archived"},
		{"swept here, pulled from laptop once", oneSession("a", elsewhere("laptop"), wasHere), "archived"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := c.is.State.String(); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func TestFromNamesEachMachineOnce(t *testing.T) {
	for _, c := range []struct {
		name string
		is   Session
		any  []State
		want string
	}{
		{"no packs", oneSession("a"), []State{Behind}, ""},
		{"no relation asked for", oneSession("a", behind("laptop")), nil, ""},
		{"none stands so", oneSession("a", ahead("laptop")), []State{Behind}, ""},
		{"one of three", oneSession("a", same(here), behind("laptop"), ahead("nas")), []State{Behind}, "laptop"},
		{"either of two relations", oneSession("a", behind("laptop"), diverged("nas")), []State{Behind, Diverged}, "laptop, nas"},
		{"in a person's order, not the packs'", oneSession("a", diverged("Nas", "laptop", "émile", "zoo")), []State{Diverged}, "émile, laptop, Nas, zoo"},
		{"conflicted copy beside its pack", oneSession("a", diverged("laptop", "laptop")), []State{Diverged}, "laptop"},
		{"conflicted copy apart from its pack", oneSession("a", diverged("laptop", "nas", "laptop")), []State{Diverged}, "laptop, nas"},
		{"conflicted copy that stands otherwise", oneSession("a", behind("laptop"), diverged("laptop")), []State{Behind, Diverged}, "laptop"},
		{"own pack has more", oneSession("a", behind(here)), []State{Behind}, here},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := strings.Join(c.is.From(c.any...), ", "); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestAProjectIsStaleOnceAllItsCheckoutsAreGone(t *testing.T) {
	for _, c := range []struct {
		name string
		is   Project
		want bool
	}{
		{"its checkout is there", oneProject("myapp"), false},
		{"its checkout is gone", oneProject("myapp", gone), true},
		{"both checkouts are gone", oneProject("myapp", alsoAt("/old"), gone), true},
		{"one of two is gone", oneProject("myapp", gone, alsoAt("/new")), false},
		{"never had one", oneProject("myapp", unplaced), false},
		{"kept on this machine only, and gone", oneProject("myapp", keptHere, gone), true},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := c.is.Stale(); got != c.want {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

// find looks a session up, as a command that runs in the project called in does; "" is outside of all.
func find(s Snapshot, prefix, in string) (Project, Session, error) {
	return s.Find(prefix, keyOf(in))
}

func TestFindTakesAsMuchOfAnIDAsTellsTheSession(t *testing.T) {
	const one, two = "a1000000-0000-4000-8000-000000000001", "a2000000-0000-4000-8000-000000000002"
	both := saw(session(one), session(two))
	apart := saw(repo("myapp"), session(one), repo("tools"), session(two))
	twice := saw(repo("myapp"), session(one), repo("tools"), session(one))
	for _, c := range []struct {
		name       string
		look       Snapshot
		prefix, in string
		want       string   // project and session; or what is wrong
		names      []string // what the error's text has to name
	}{
		{name: "the whole id", look: both, prefix: one, want: "myapp " + one},
		{name: "its first two characters", look: both, prefix: "a2", want: "myapp " + two},
		{name: "its eight characters, as the list shows them", look: both, prefix: one[:8], want: "myapp " + one},
		{name: "typed in capitals", look: both, prefix: "A1", want: "myapp " + one},
		{name: "in the second project", look: apart, prefix: "a2", want: "tools " + two},
		{name: "only on laptop", look: saw(session(one, elsewhere("laptop"))), prefix: "a1", want: "myapp " + one},
		{name: "archived", look: saw(session(one, elsewhere(here))), prefix: "a1", want: "myapp " + one},
		{name: "unreadable", look: saw(session(one, torn)), prefix: "a1", want: "myapp " + one},
		{name: "kept on this machine only", look: saw(repo("myapp", keptHere), session(one)), prefix: "a1", want: "myapp " + one},
		{name: "packs of three machines are one session", look: saw(session(one, same(here), behind("laptop", "nas"))), prefix: "a1", want: "myapp " + one},
		{name: "no session begins so", look: both, prefix: "b", want: "none", names: []string{"no session", `"b"`}},
		{name: "a part from the middle", look: both, prefix: "1000000", want: "none", names: []string{"1000000"}},
		{name: "more than the whole id", look: both, prefix: one + "0", want: "none"},
		{name: "nothing typed", look: both, prefix: "", want: "none", names: []string{"there is no session here"}},
		{name: "nothing there", look: saw(), prefix: "a1", want: "none"},
		{name: "only in a project without checkout", look: saw(waits("tools", 1, "laptop")), prefix: "a1", want: "none"},
		{name: "two begin so", look: both, prefix: "a", want: "ambiguous", names: []string{"2 sessions", `"a"`, "a1000000", "a2000000"}},
		{name: "five begin so, four are named", look: saw(session("a1"), session("a2"), session("a3"), session("a4"), session("a5")), prefix: "a", want: "ambiguous", names: []string{"5 sessions", "a1", "a4"}},
		{name: "two begin so, in two projects", look: apart, prefix: "a", want: "ambiguous", names: []string{"2 sessions", "a1000000", "a2000000"}},
		{name: "one id in two projects, outside of both: the one written last", look: saw(repo("myapp"), session(one, idle(days)), repo("tools"), session(one)), prefix: one, want: "tools " + one},
		{name: "two begin so, in two projects that are named", look: apart, prefix: "a", want: "ambiguous", names: []string{"myapp", "tools"}},
		{name: "one id in two projects, in the first", look: twice, prefix: one, in: "myapp", want: "myapp " + one},
		{name: "one id in two projects, in the second", look: twice, prefix: one, in: "tools", want: "tools " + one},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, s, err := find(c.look, c.prefix, c.in)
			got := p.Label + " " + string(s.ID)
			if none := (*NoSessionError)(nil); errors.As(err, &none) {
				got = "none"
			}
			if several := (*AmbiguousError)(nil); errors.As(err, &several) {
				got = "ambiguous"
			}
			if got != c.want {
				t.Errorf("got %s (%v), want %s", got, err, c.want)
			}
			for _, name := range c.names {
				if err == nil || !strings.Contains(err.Error(), name) {
					t.Errorf("got %v, want %q in it", err, name)
				}
			}
		})
	}
}
