package view

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"claude-sync/syncer"
)

const (
	day  = 24 * time.Hour
	keep = 30 * day
)

func noon() time.Time { return time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC) }

// here is a session with a transcript on this machine; but says what else is so with it.
func here(state syncer.State, but ...func(*syncer.Session)) syncer.Session {
	s := syncer.Session{ID: "a", Path: "/store/a.jsonl", State: state, Modified: noon()}
	for _, set := range but {
		set(&s)
	}
	return s
}

// away is a session without a transcript on this machine.
func away(state syncer.State) syncer.Session { return syncer.Session{ID: "b", State: state} }

func open(s *syncer.Session)  { s.Open = true }
func torn(s *syncer.Session)  { s.Problem = errors.New("unreadable") }
func empty(s *syncer.Session) { s.Empty = true }
func old(s *syncer.Session)   { s.Modified = noon().Add(-28 * day) }

// packed says that this machine has a pack with all rows.
func packed(s *syncer.Session) {
	s.Versions = append(s.Versions, syncer.Version{Machine: "desktop", Own: true, State: syncer.Same})
}

// of is a snapshot of one project with these sessions.
func of(sessions ...syncer.Session) syncer.Snapshot {
	return syncer.Snapshot{Machine: "desktop", Time: noon(), Projects: []syncer.Project{
		{Key: "name:myapp", Label: "myapp", Cwds: []syncer.Cwd{{Path: "/code/myapp"}}, Sessions: sessions}}}
}

// like is a snapshot whose only project is changed.
func like(s syncer.Snapshot, change func(*syncer.Project)) syncer.Snapshot {
	change(&s.Projects[0])
	return s
}

func TestStatusHasALineForEachProject(t *testing.T) {
	gone := func(p *syncer.Project) { p.Cwds = []syncer.Cwd{{Path: "/a", Stale: true}, {Path: "/b", Stale: true}} }
	for _, c := range []struct {
		name string
		look syncer.Snapshot
		want string
	}{
		{"no project", syncer.Snapshot{}, ""},
		{"no session", of(), "myapp  up to date (0 sessions)\n"},
		{"in step", of(here(syncer.Same, packed)), "myapp  up to date (1 session)\n"},
		{"a new session, and one with more rows", of(here(syncer.LocalOnly), here(syncer.Ahead)), "myapp  2 ahead\n"},
		{"there is nothing to push in an empty one", of(here(syncer.LocalOnly, empty)), "myapp  up to date (1 session)\n"},
		{"to pull, one of them is new", of(here(syncer.Behind), away(syncer.RemoteOnly)), "myapp  2 behind\n"},
		{"to pull, and open in Claude Code", of(here(syncer.Behind, open)), "myapp  1 behind, 1 held\n"},
		{"open, and nothing to pull", of(here(syncer.Same, open, packed)), "myapp  up to date (1 session)\n"},
		{"all kinds, those that need a person first", of(away(syncer.Archived), here(syncer.Same, torn), here(syncer.Ahead), here(syncer.Behind), here(syncer.Diverged)),
			"myapp  1 diverged, 1 behind, 1 ahead, 1 archived, 1 unreadable\n"},
		{"its folders are gone", like(of(), gone), "myapp  2 folders gone\n"},
		{"one of its folders is gone", like(of(), func(p *syncer.Project) { p.Cwds = append(p.Cwds, syncer.Cwd{Path: "/old", Stale: true}) }), "myapp  up to date (0 sessions)\n"},
		{"kept on this machine", like(of(here(syncer.LocalOnly)), func(p *syncer.Project) { p.LocalOnly = true }), "myapp  1 ahead, kept on this machine\n"},
		{"one waits", syncer.Snapshot{Waiting: []syncer.Waiting{{Label: "tools", Sessions: 2, Machines: []string{"laptop", "nas"}}}},
			"tools  waiting: 2 sessions from laptop and nas, no checkout here\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out strings.Builder
			if err := StatusOf(c.look, keep).Write(&out); err != nil || out.String() != c.want {
				t.Errorf("got %q, %v, want %q", out.String(), err, c.want)
			}
		})
	}
}

func TestStatusCountsFiles(t *testing.T) {
	s := here(syncer.Same, packed)
	s.Copies = []syncer.Session{here(syncer.Same, empty)}
	look := of(s, away(syncer.RemoteOnly))
	look.Unplaced = []syncer.Unplaced{{Path: "/store/x.jsonl", Reason: &syncer.UnplacedError{}}}
	st := StatusOf(look, keep)
	if p := st.Projects[0]; p.Sessions != 1 || p.Files != 2 || p.Empty != 1 || st.Files != 3 {
		t.Errorf("got %d sessions, %d files, %d empty, %d files in all, want 1, 2, 1, 3", p.Sessions, p.Files, p.Empty, st.Files)
	}
}

func TestLinesSayWhatNoProjectsLineSays(t *testing.T) {
	lies := func(cwds ...string) syncer.Snapshot {
		s := of()
		for _, cwd := range cwds {
			s.Unplaced = append(s.Unplaced, syncer.Unplaced{Path: "/store/" + cwd, Reason: &syncer.UnplacedError{Cwd: cwd}})
		}
		return s
	}
	strays := of()
	strays.Strays = []syncer.Stray{{Name: "app/\x1bx", Reason: errors.New("boom")}}
	waits := syncer.Event{Kind: syncer.WaitingFor}.Hint()
	added := func(count, cwd string) Line {
		return Line{count + " in no project: " + cwd + " is not registered yet", "claude-sync push --all registers it and puts its sessions into the sync folder"}
	}
	for _, c := range []struct {
		name string
		look syncer.Snapshot
		want []Line
	}{
		{"all is well", of(here(syncer.Same, packed)), nil},
		{"nothing is registered", syncer.Snapshot{}, []Line{{"no project is registered; claude-sync register, run in a checkout, does it", ""}}},
		{"nothing is registered, but one waits", syncer.Snapshot{Waiting: []syncer.Waiting{{Label: "tools"}}},
			[]Line{{"1 project of other machines has no checkout here", waits}}},
		{"two wait", syncer.Snapshot{Waiting: []syncer.Waiting{{Label: "tools"}, {Label: "site"}}}, []Line{{"2 projects of other machines have no checkout here", waits}}},
		{"in no project for many reasons", lies("/a", "/b", "/c", "/d", "/e", "/f", "/f", "/g"),
			[]Line{added("1 session", "/a"), added("1 session", "/b"), added("1 session", "/c"), added("1 session", "/d"), added("1 session", "/e"),
				{"3 sessions more in no project", "claude-sync doctor names them all"}}},
		{"in no project, each reason once", lies("/new", "/b", "/new"), []Line{added("2 sessions", "/new"), added("1 session", "/b")}},
		{"a stray, in a form that is safe to show", strays, []Line{{"app/\uFFFDx in the sync folder was left alone: boom", ""}}},
		{"due, in the sync folder", of(here(syncer.Same, old, packed)), []Line{{"1 session will be deleted here by Claude Code within 5 days; all are in the sync folder", ""}}},
		{"due, one of two not in the sync folder", of(here(syncer.Same, old, packed), here(syncer.LocalOnly, old)),
			[]Line{{"2 sessions will be deleted here by Claude Code within 5 days; not in the sync folder: 1", "claude-sync push --all"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := StatusOf(c.look, keep).Lines(); !slices.Equal(got, c.want) {
				t.Errorf("got\n%q\nwant\n%q", got, c.want)
			}
		})
	}
}
