package menu

import (
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"claude-sync/icons"
	"claude-sync/syncer"
	"claude-sync/syncer/command"
)

// enabled are the commands that a click can send.
func enabled(m Menu) []command.Command {
	var all []command.Command
	visit(m.Items, 1, func(i Item, _ int) {
		if i.Do != (command.Command{}) && !i.Disabled {
			all = append(all, i.Do)
		}
	})
	return all
}

func verbs(m Menu) []command.Verb {
	var all []command.Verb
	for _, c := range enabled(m) {
		if !slices.Contains(all, c.Verb) {
			all = append(all, c.Verb)
		}
	}
	return all
}

func TestIconShowsTheWorst(t *testing.T) {
	const (
		set      = "setup\nlook 2m\n"
		app      = "project app 1h\ncwd /code/app\n"
		behind   = "session 1 behind laptop A 5m\n"
		ahead    = "session 2 ahead laptop B 5m\n"
		diverged = "session 3 diverged laptop C 5m\n"
	)
	for _, c := range []struct {
		scene string
		want  icons.State
	}{
		{"", icons.Off},
		{"setup", icons.Working},
		{set, icons.UpToDate},
		{set + app + ahead, icons.UpToDate},
		{set + app + behind + ahead, icons.ToPull},
		{set + app + "session 1 behind laptop A 5m held", icons.ToPull},
		{set + app + behind + diverged, icons.Attention},
		{set + app + "cwd /gone stale", icons.UpToDate},
		{set + app + behind + "stray x y", icons.Attention},
		{set + app + behind + "stray x y later", icons.ToPull},
		{set + "waiting app 3 laptop", icons.UpToDate},
		{set + "failed - - why", icons.Attention},
		{set + app + diverged + "unavailable why", icons.Off},
		{set + app + diverged + "busy pull 1/2", icons.Working},
		{set + app + "unavailable why\nbusy pull 1/2", icons.Working},
		{"failed - - why", icons.Off},
	} {
		if got := Build(readScene(t, c.scene)).Icon; got != c.want {
			t.Errorf("%q: got %v, want %v", c.scene, got, c.want)
		}
	}
}

// A person who continues the old end of a session makes a second branch.
func TestASessionIsGoneOnWithOnlyWhenItIsWhole(t *testing.T) {
	for _, c := range []struct {
		session, more string
		want          command.Verb
		disabled      bool
	}{
		{"same laptop A 5m", "", command.Resume, false},
		{"ahead laptop A 5m", "", command.Resume, false},
		{"local-only - A 5m", "", command.Resume, false},
		{"diverged laptop A 5m", "", command.Resume, false},
		{"behind laptop A 5m", "", command.Pull, false},
		{"remote-only laptop A 5m", "", command.Pull, false},
		{"behind laptop A 5m held", "", command.Resume, true},
		{"same laptop A 5m problem=x", "", command.Resume, true},
		{"behind laptop A 5m", "unavailable x", command.Resume, false},
		{"remote-only laptop A 5m", "unavailable x", command.Pull, true},
		{"behind laptop A 5m", "busy pull 1/2", command.Pull, true},
		{"behind laptop A 5m", "busy pull 1/2 project=app", command.Pull, true},
		{"behind laptop A 5m", "busy pull 1/2 project=other", command.Pull, false},
		{"behind laptop A 5m", "busy push 1/2", command.Pull, false},
	} {
		v := readScene(t, "setup\nlook 2m\nproject app 1h\ncwd /code/app\nsession 1 "+c.session+"\n"+c.more)
		b := newBuilder(v)
		got := b.session(b.projects[0], b.projects[0].Sessions[0])
		if got.Do.Verb != c.want || got.Disabled != c.disabled || got.Do.Session != sessionID(1) {
			t.Errorf("%s, %s: got %+v, want %s, disabled %v", c.session, c.more, got, c.want, c.disabled)
		}
	}
}

func TestAProjectThatIsKeptHereIsNotPulledByASession(t *testing.T) {
	b := newBuilder(readScene(t, "setup\nlook 2m\nproject app 1h local-only\ncwd /code/app\nsession 1 behind laptop A 5m\nsession 2 remote-only laptop B 5m"))
	for n, disabled := range []bool{false, true} {
		if got := b.session(b.projects[0], b.projects[0].Sessions[n]); got.Do.Verb != command.Resume || got.Disabled != disabled {
			t.Errorf("got %+v, want Resume, disabled %v", got, disabled)
		}
	}
}

func TestEveryBranchOfAConflictCanBeChosen(t *testing.T) {
	for _, machines := range []string{"laptop", "laptop,mini", "a,b,c,d,e"} {
		v := readScene(t, "setup\nlook 2m\nproject app 1h\ncwd /code/app\nsession 1 diverged "+machines+" A 5m")
		var theirs []string
		ours := 0
		for _, c := range enabled(Build(v)) {
			switch {
			case c.Session != sessionID(1) || c.Project != key("app"):
			case c.Verb == command.TakeTheirs:
				theirs = append(theirs, c.Machine)
			case c.Verb == command.TakeOurs:
				ours++
			}
		}
		if strings.Join(theirs, ",") != machines || ours != 1 {
			t.Errorf("got %v and %d, want each of %s and ours", theirs, ours, machines)
		}
	}
}

func TestWithoutTheFolderNothingIsOfferedThatNeedsIt(t *testing.T) {
	for name, v := range pictures(t) {
		v.Unavailable = "the drive is not connected"
		for _, verb := range verbs(Build(v)) {
			if slices.Contains([]command.Verb{command.Pull, command.Push, command.TakeTheirs, command.TakeOurs}, verb) {
				t.Errorf("%s: got %s", filepath.Base(name), verb)
			}
		}
	}
}

func TestBeforeSetupOnlyWhatWorksIsOffered(t *testing.T) {
	for name, v := range pictures(t) {
		v.SetUp, v.Busy = false, nil
		for _, verb := range verbs(Build(v)) {
			if !slices.Contains([]command.Verb{command.UseFolder, command.ChooseFolder, command.Autostart, command.CheckHealth, command.Quit}, verb) {
				t.Errorf("%s: got %s", filepath.Base(name), verb)
			}
		}
	}
}

// The menu promises exactly the steps of the library's plan.
func TestCountsAreThoseOfThePlan(t *testing.T) {
	for name, v := range pictures(t) {
		if v.Snapshot == nil || !v.SetUp {
			continue
		}
		want := map[command.Verb]int{}
		for _, s := range syncer.PlanPull(*v.Snapshot, syncer.Scope{}) {
			if s.Action == syncer.Install || s.Action == syncer.Update {
				want[command.Pull]++
			}
		}
		for _, s := range syncer.PlanPush(*v.Snapshot, syncer.Scope{}) {
			if s.Action == syncer.Push {
				want[command.Push]++
			}
		}
		for _, i := range Build(v).Items {
			label := map[command.Verb]string{command.Pull: "Pull all", command.Push: "Push all"}[i.Do.Verb]
			if n := want[i.Do.Verb]; n > 0 {
				label += fmt.Sprintf(" (%d)", n)
			}
			if (i.Do.Verb == command.Pull || i.Do.Verb == command.Push) && i.Label != label {
				t.Errorf("%s: got %q, want %q", filepath.Base(name), i.Label, label)
			}
		}
	}
}

func TestBuildChangesNothingInTheView(t *testing.T) {
	first, second := pictures(t), pictures(t)
	for name, v := range first {
		Build(v)
		if !reflect.DeepEqual(v, second[name]) {
			t.Errorf("%s: the view was changed", filepath.Base(name))
		}
	}
}

func TestStopIsThereWhileThereIsSomethingToStop(t *testing.T) {
	for scene, want := range map[string]bool{"setup\nlook 2m": false, "setup\nlook 2m\nbusy pull 1/2": true, "setup\nbusy pull 1/2 stopping": false, "busy look 0/0": true} {
		if got := slices.Contains(verbs(Build(readScene(t, scene))), command.Stop); got != want {
			t.Errorf("%q: got %v, want %v", scene, got, want)
		}
	}
}
