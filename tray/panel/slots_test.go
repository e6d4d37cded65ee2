package panel

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"claude-sync/syncer"
	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/command"
	"claude-sync/syncer/project"
	"claude-sync/tray/menu"
)

// noon is when the menus of these tests are painted.
var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// recorder is an entry of a menu that no panel shows.
type recorder struct {
	calls                    []string
	label                    string
	shown, enabled, selected bool
}

func (r *recorder) SetTitle(s string) { r.label = s; r.calls = append(r.calls, "title "+s) }
func (r *recorder) Enable()           { r.enabled = true; r.calls = append(r.calls, "enable") }
func (r *recorder) Disable()          { r.enabled = false; r.calls = append(r.calls, "disable") }
func (r *recorder) Check()            { r.selected = true; r.calls = append(r.calls, "check") }
func (r *recorder) Uncheck()          { r.selected = false; r.calls = append(r.calls, "uncheck") }
func (r *recorder) Show()             { r.shown = true; r.calls = append(r.calls, "show") }
func (r *recorder) Hide()             { r.shown = false; r.calls = append(r.calls, "hide") }

func recorded(kinds []kind) []*slot {
	var all []*slot
	for _, k := range kinds {
		s := &slot{kind: k, entry: &recorder{shown: true, enabled: true}}
		if k == branch {
			s.children = recorded(childSlots())
		}
		all = append(all, s)
	}
	for _, s := range all {
		s.hide(time.Time{})
		s.entry.(*recorder).calls = nil
	}
	return all
}

// seen reads slots back as the menu that a person sees.
func seen(slots []*slot) []menu.Item {
	var items []menu.Item
	for _, s := range slots {
		r := s.entry.(*recorder)
		switch {
		case s.kind == line:
			items = append(items, menu.Item{Separator: true})
		case r.shown:
			items = append(items, menu.Item{Label: r.label, Disabled: !r.enabled, Checkbox: s.kind == box, Checked: r.selected, Do: s.do, Children: seen(s.children)})
		}
	}
	return items
}

func calls(slots []*slot) []string {
	var all []string
	for _, s := range slots {
		all = append(all, s.entry.(*recorder).calls...)
		all = append(all, calls(s.children)...)
	}
	return all
}

// views are the menus with the most entries of each kind.
func views() map[string]menu.View {
	now := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	full := menu.View{Now: now, Version: "1", SetUp: true, SyncDir: "/share", Provider: "Dropbox", Snapshot: crowd(40, now)}
	failed, busy, away, alone, first, unset, none := full, full, full, full, full, full, full
	for i := range 30 {
		failed.Failures = append(failed.Failures, syncer.Event{Kind: syncer.Failed, Label: fmt.Sprint("p", i), Err: errors.New(strings.Repeat("reason ", 100))})
	}
	busy.Busy = &menu.Busy{Verb: command.Pull}
	away.Unavailable = strings.Repeat("it is not there ", 30)
	alone.Snapshot = &syncer.Snapshot{Machine: "desktop", Time: now}
	first.Snapshot = nil
	unset.SetUp, none.SetUp = false, false
	for i := range 20 {
		unset.Candidates = append(unset.Candidates, menu.Candidate{Provider: "Dropbox", Dir: fmt.Sprint("/home/me/", i)})
	}
	return map[string]menu.View{"full": full, "failed": failed, "busy": busy, "away": away, "no project": alone, "first look": first,
		"not set up": unset, "nothing found": none}
}

// crowd is a machine with n projects that have everything a project can have.
func crowd(n int, now time.Time) *syncer.Snapshot {
	s := &syncer.Snapshot{Machine: "desktop", Time: now}
	for i := range n {
		p := syncer.Project{Key: project.Key(fmt.Sprint("git:https://e.com/me/p", i)), Label: fmt.Sprint("p", i), LocalOnly: i%7 == 6}
		for j := range 5 {
			p.Cwds = append(p.Cwds, syncer.Cwd{Path: fmt.Sprintf("/code/%d/%d", i, j), Stale: j > 2})
		}
		for j, r := range []syncer.State{syncer.Behind, syncer.Behind, syncer.Behind, syncer.Behind, syncer.Diverged, syncer.LocalOnly, syncer.RemoteOnly} {
			one := syncer.Session{ID: ccsync.SessionID(fmt.Sprintf("%08d-0000-4000-8000-%012d", i, j)), Title: "title", Cwd: "/code", Path: "/x", State: r, Modified: now}
			for k := range 20 {
				one.Versions = append(one.Versions, syncer.Version{Machine: fmt.Sprint("machine", k), State: r})
			}
			if r == syncer.Behind && j > 0 {
				one.Open, one.PID = true, 42
			}
			p.Sessions = append(p.Sessions, one)
		}
		s.Projects = append(s.Projects, p)
		s.Waiting = append(s.Waiting, syncer.Waiting{Key: p.Key + "x", Label: "w", Sessions: 2})
		s.Strays = append(s.Strays, syncer.Stray{Name: fmt.Sprint("stray", i), Reason: errors.New("no pack")})
	}
	return s
}

func TestEveryMenuFindsItsSlots(t *testing.T) {
	for name, v := range views() {
		t.Run(name, func(t *testing.T) {
			slots := recorded(topSlots())
			items := withSection(menu.Build(v).Items, countLines(slots))
			if lost := apply(slots, items, noon); lost != 0 {
				t.Errorf("%d entries found no slot", lost)
			}
			got := seen(slots)
			for i, item := range got {
				if item.Separator && (i == 0 || i == len(got)-1 || got[i-1].Separator) {
					t.Errorf("a line separates nothing at %d", i)
				}
			}
			if len(got) != len(items) {
				t.Errorf("got %d entries, want %d", len(got), len(items))
			}
		})
	}
}

func TestSlotsShowWhateverCameBefore(t *testing.T) {
	slots := recorded(topSlots())
	all := views()
	for _, a := range []string{"full", "not set up", "failed", "first look", "busy", "no project", "full", "nothing found", "away", "first look"} {
		want := withSection(menu.Build(all[a]).Items, countLines(slots))
		apply(slots, want, noon)
		if got := seen(slots); !reflect.DeepEqual(got, escaped(want)) {
			t.Fatalf("after %s: got\n%v\nwant\n%v", a, got, want)
		}
	}
}

// escaped returns items as slots show them: labels escaped, and nil for no children.
func escaped(items []menu.Item) []menu.Item {
	var all []menu.Item
	for _, i := range items {
		i.Label = escapeLabel(oneLine(i.Label))
		i.Children = escaped(i.Children)
		all = append(all, i)
	}
	return all
}

func TestOnlyWhatDiffersIsTouched(t *testing.T) {
	slots := recorded([]kind{plain, box, plain})
	items := []menu.Item{{Label: "a", Do: command.Command{Verb: command.Pull}}, {Label: "b", Checkbox: true}, {Label: "c"}}
	apply(slots, items, noon)
	for _, c := range []struct {
		name   string
		change func()
		want   []string
	}{
		{"nothing", func() {}, nil},
		{"a label", func() { items[0].Label = "A" }, []string{"title A"}},
		{"what it does", func() { items[0].Do = command.Command{Verb: command.Push} }, nil},
		{"a check", func() { items[1].Checked = true }, []string{"check"}},
		{"grey", func() { items[2].Disabled = true }, []string{"disable"}},
		{"gone", func() { items = items[:2] }, []string{"hide"}},
		// Its label is set before it is shown, never after: Windows shows a changed entry.
		{"back and new", func() { items = append(items[:2:2], menu.Item{Label: "d"}) }, []string{"title d", "enable", "show"}},
	} {
		for _, s := range slots {
			s.entry.(*recorder).calls = nil
		}
		c.change()
		apply(slots, items, noon)
		if got := calls(slots); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestAHiddenEntryMeansNothing(t *testing.T) {
	slots := recorded([]kind{plain})
	apply(slots, []menu.Item{{Label: "Forget", Do: command.Command{Verb: command.Forget}}}, noon)
	apply(slots, nil, noon)
	if got := slots[0].command(noon.Add(reactionTime)); got != (command.Command{}) {
		t.Errorf("got %v for a click on its way, want nothing", got)
	}
}

// A click reaches us some time after the person decided on it, and the entry may have got another meaning
// under the pointer meanwhile.
func TestAClickMeansWhatWasReadOrNothing(t *testing.T) {
	pull, forget := command.Command{Verb: command.Pull}, command.Command{Verb: command.Forget}
	row := menu.Item{Label: "row", Do: pull}
	setting := menu.Item{Label: "setting", Checkbox: true, Do: pull}
	project := func(children ...menu.Item) menu.Item { return menu.Item{Label: "app", Children: children} }
	for _, c := range []struct {
		name          string
		kinds         []kind
		before, after []menu.Item
		soon, later   command.Command
	}{
		{"nothing changed", []kind{plain}, []menu.Item{row}, []menu.Item{row}, pull, pull},
		{"another label", []kind{plain}, []menu.Item{row}, []menu.Item{{Label: "row 2", Do: pull}}, pull, pull},
		{"another meaning", []kind{plain}, []menu.Item{row}, []menu.Item{{Label: "row", Do: forget}}, command.Command{Verb: Missed}, forget},
		{"it went", []kind{plain}, []menu.Item{row}, nil, command.Command{Verb: Missed}, command.Command{}},
		{"another came", []kind{plain, plain}, []menu.Item{row}, []menu.Item{row, row}, command.Command{Verb: Missed}, pull},
		{"another went", []kind{plain, branch}, []menu.Item{row, project(row)}, []menu.Item{row}, command.Command{Verb: Missed}, pull},
		{"one came in a submenu", []kind{plain, branch}, []menu.Item{row, project(row)}, []menu.Item{row, project(row, row)}, pull, pull},
		{"it was switched", []kind{box}, []menu.Item{setting}, []menu.Item{{Label: "setting", Checkbox: true, Checked: true, Do: pull}},
			command.Command{Verb: Missed}, pull},
	} {
		t.Run(c.name, func(t *testing.T) {
			slots := recorded(c.kinds)
			apply(slots, c.before, noon.Add(-time.Hour))
			apply(slots, c.after, noon)
			if got := slots[0].command(noon.Add(reactionTime - 1)); got != c.soon {
				t.Errorf("at once: got %v, want %v", got, c.soon)
			}
			if got := slots[0].command(noon.Add(reactionTime)); got != c.later {
				t.Errorf("later: got %v, want %v", got, c.later)
			}
		})
	}
}

func TestFitTakesSlotsInOrderAndOfTheirKind(t *testing.T) {
	p, b, sep, sub := menu.Item{Label: "p"}, menu.Item{Checkbox: true}, menu.Item{Separator: true}, menu.Item{Children: []menu.Item{{}}}
	slots := []kind{plain, branch, plain, line, box, plain, line, plain}
	for _, c := range []struct {
		name  string
		items []menu.Item
		want  []int
	}{
		{"nothing", nil, nil},
		{"the first of its kind", []menu.Item{sub, p}, []int{1, 2}},
		{"not across a line", []menu.Item{p, p, p, sep, p}, []int{0, 2, -1, 3, 5}},
		{"an empty section", []menu.Item{p, sep, sep, p}, []int{0, 3, 6, 7}},
		{"a kind that is missing", []menu.Item{b, sep, b}, []int{-1, 3, 4}},
		{"more lines than there are", []menu.Item{sep, sep, sep, p}, []int{3, 6, -1, 7}},
	} {
		if got := fit(c.items, slots); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
}

func TestWithSectionFillsTheSectionThatIsMissing(t *testing.T) {
	sep := menu.Item{Separator: true}
	row := func(s string) menu.Item { return menu.Item{Label: s} }
	for _, c := range []struct {
		name  string
		items []menu.Item
		want  []menu.Item
	}{
		{"one missing", []menu.Item{row("a"), sep, row("b"), row("c"), row("d")}, []menu.Item{row("a"), sep, row("b"), sep, row("c"), row("d")}},
		{"all there", []menu.Item{row("a"), sep, row("b"), sep, row("c")}, []menu.Item{row("a"), sep, row("b"), sep, row("c")}},
		{"nothing to take apart", []menu.Item{row("a"), sep, row("b"), row("c")}, []menu.Item{row("a"), sep, row("b"), row("c")}},
	} {
		if got := withSection(c.items, 2); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
}
