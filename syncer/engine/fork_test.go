package engine

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"claude-sync/syncer"
	"claude-sync/syncer/ccsync"
)

// forkIDs is how many ids a fork may have.
const forkIDs = 8

// forkID is the first id of the fork of a session with this tip.
func forkID(session ccsync.SessionID, tip string) (ccsync.SessionID, error) {
	space, err := uuid.Parse(string(session))
	return ccsync.SessionID(uuid.NewSHA1(space, []byte(tip)).String()), err
}

// forksOn reads the forks that events tell of, each without its title row.
func (w *world) forksOn(m *Machine, events []syncer.Event) map[ccsync.SessionID]string {
	forks := map[ccsync.SessionID]string{}
	for _, id := range forksOf(events) {
		rows := strings.SplitAfter(w.read(m, id), "\n")
		forks[id] = strings.Join(rows[:len(rows)-2], "")
	}
	return forks
}

// parted is a session that the desktop and the laptop continued, and the id of the fork of the desktop's
// branch.
func parted(t *testing.T, desktops, laptops string) (w *world, laptop *Machine, fork ccsync.SessionID) {
	w = newWorld(t, t.TempDir(), "desktop", "laptop")
	desktop, laptop := w.machines[0], w.machines[1]
	w.write(desktop, sessionA, desktops)
	w.push(desktop)
	w.write(laptop, sessionA, laptops)
	fork, err := forkID(sessionA, "theirs")
	w.check(err)
	return w, laptop, fork
}

// rowsOf is every row of some texts, once.
func rowsOf(texts ...string) string {
	return strings.Join(slices.Sorted(maps.Keys(rowSet(strings.Join(texts, "")))), "\n")
}

func after(parent, id string) string {
	return fmt.Sprintf(`{"type":"user","parentUuid":%q,"uuid":%q}`, parent, id) + "\n"
}

// A live session goes on in a file without its beginning after Claude Code's clean-up. What it lacks then is no
// branch, wherever it stands in the other file.
func TestWhatTurnsGoOnFromIsNoBranch(t *testing.T) {
	for name, c := range map[string]struct{ theirs, ours, tip, fork string }{
		"only the beginning is new": {turn("1") + after("1", "2"), after("1", "2") + after("2", "ours"), "", ""},
		"the beginning stands last": {after("1", "2") + after("2", "theirs") + turn("1"), after("9", "ours"), "theirs", turn("1") + after("1", "2") + after("2", "theirs")},
	} {
		t.Run(name, func(t *testing.T) {
			w, laptop, _ := parted(t, c.theirs, c.ours)
			events, err := laptop.Resolve(t.Context(), syncer.Scope{Session: string(sessionA)}, "")
			w.check(err)
			forks := w.forksOn(laptop, events)
			id, err := forkID(sessionA, c.tip)
			w.check(err)
			if len(forks) != min(len(c.tip), 1) || forks[id] != c.fork || count(events, syncer.Resolved) != 1 {
				t.Errorf("%+v, and the forks are %q", events, forks)
			}
			if got := rowSet(w.read(laptop, sessionA)); len(got) != len(rowSet(c.theirs+c.ours)) {
				t.Errorf("the session is %v", got)
			}
		})
	}
}

// A transcript that was merged before may end with turns that the other side has too. The fork is named
// after the last turn that only the loser has, so it ends there: else two machines would make two different
// sessions of one name, and Claude Code would go on from a turn that is no news.
func TestAForkEndsWithTheTurnThatNamesIt(t *testing.T) {
	w, laptop, fork := parted(t, turn("0")+turn("theirs")+glance("theirs")+turn("1")+glance("1"), turn("0")+turn("1")+turn("ours"))
	events, err := laptop.Resolve(t.Context(), syncer.Scope{Session: string(sessionA)}, "")
	w.check(err)
	if got, want := w.forksOn(laptop, events)[fork], turn("0")+turn("theirs")+glance("theirs"); got != want {
		t.Errorf("%+v, and the fork is %q, want %q", events, got, want)
	}
	if got, want := rowSet(w.read(laptop, sessionA)), rowSet(turn("0")+turn("theirs")+glance("theirs")+turn("1")+glance("1")+turn("ours")); len(got) != len(want) {
		t.Errorf("the session is %q", w.read(laptop, sessionA))
	}
}

// A merge may have put a turn in front of the one that it goes on from, which both sides had.
func TestAForkHasWhatItsTipGoesOnFrom(t *testing.T) {
	w := newWorld(t, t.TempDir(), "desktop", "laptop", "tower")
	desktop, laptop, tower := w.machines[0], w.machines[1], w.machines[2]
	w.write(desktop, sessionA, turn("p"))
	w.push(desktop)
	w.pull(laptop)
	w.appendTo(laptop, sessionA, glance("m"))
	w.appendTo(desktop, sessionA, after("p", "a"))
	w.push(desktop)
	w.pull(laptop)
	w.appendTo(laptop, sessionA, after("a", "c"))
	w.appendTo(desktop, sessionA, after("a", "b"))
	w.push(desktop)
	w.pull(tower)
	w.appendTo(tower, sessionA, after("b", "d"))
	w.push(laptop)
	for _, m := range []*Machine{desktop, tower} {
		_, err := m.Push(t.Context(), syncer.Scope{Session: string(sessionA), Overwrite: true})
		w.check(err)
	}
	fork, err := forkID(sessionA, "c")
	w.check(err)
	got := w.read(tower, fork)
	if want := turn("p") + after("p", "a") + after("a", "c"); !strings.HasPrefix(strings.ReplaceAll(got, glance("m"), ""), want) || strings.Contains(got, after("a", "b")) {
		t.Errorf("the fork is %q, want %q and nothing of b", got, want)
	}
}

// A fork that is there already may have been gone on with, may have lost its end, or may hold something
// else altogether: Claude Code, which had it open, made it anew after its local clean-up.
func TestAForkIsNotMadeOverWhatStandsThere(t *testing.T) {
	branch := turn("1") + turn("theirs")
	const title = `{"type":"custom-title","customTitle":"mine","sessionId":"x"}` + "\n"
	for name, c := range map[string]struct{ there, then, more string }{
		"gone on with": {branch + turn("on"), branch + turn("on"), ""},
		"cut":          {turn("1"), branch, ""},
		"made anew":    {turn("on"), turn("on"), branch},
		"planted":      {turn("theirs"), turn("1"), ""},
		"renamed":      {branch + title, branch + title, ""},
	} {
		t.Run(name, func(t *testing.T) {
			w, laptop, fork := parted(t, branch, turn("1")+turn("ours"))
			w.write(laptop, fork, c.there)
			events, err := laptop.Resolve(t.Context(), syncer.Scope{Session: string(sessionA)}, "")
			w.check(err)
			got := w.read(laptop, fork)
			all := strings.Count(rowsOf(c.then, c.there), `"uuid"`)
			if !strings.HasPrefix(got, c.then) || strings.Count(got, `"uuid"`) != all || c.then == c.there && got != c.there {
				t.Errorf("the fork is %q, want %q", got, c.then)
			}
			forks := w.forksOn(laptop, events)
			delete(forks, fork)
			for id, got := range forks {
				if got != c.more {
					t.Errorf("%s is %q, want %q", id, got, c.more)
				}
			}
			if (len(forks) > 0) != (c.more != "") || len(forks) > 1 {
				t.Errorf("%d more forks: %+v", len(forks), events)
			}
			if again, err := laptop.Resolve(t.Context(), syncer.Scope{Session: string(sessionA)}, ""); err != nil || len(again) != 0 {
				t.Errorf("again: %+v, %v", again, err)
			}
		})
	}
}

// Whoever can write into the sync folder can put something under any number of names.
func TestAForkHasOnlySoManyNames(t *testing.T) {
	branch := turn("1") + turn("theirs")
	w, laptop, id := parted(t, branch, turn("1")+turn("ours"))
	for range forkIDs {
		w.write(laptop, id, turn("something else"))
		next, err := forkID(id, "theirs")
		w.check(err)
		id = next
	}
	before := w.read(laptop, sessionA)
	if _, err := laptop.Resolve(t.Context(), syncer.Scope{Session: string(sessionA)}, ""); err != nil {
		t.Fatal(err)
	}
	if got := w.read(laptop, sessionA); got != before || w.read(laptop, id) != "" {
		t.Errorf("it was merged without its fork: %q", got)
	}
}
