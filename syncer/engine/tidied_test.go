package engine

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"

	"claude-sync/syncer"
	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/transport"
)

// copied is a world in which the desktop's pack has the rows ours, and a sync tool's copy of it the rows theirs. Both
// machines have what the pack has.
func copied(t failer, dir, ours, theirs string, form func(own string) string) (w *world, name string) {
	t.Helper()
	w = newWorld(t, dir, "desktop", "laptop")
	desktop, laptop := w.machines[0], w.machines[1]
	own := desktop.packs().Name(testKey, sessionA)
	w.write(desktop, sessionA, theirs)
	w.push(desktop)
	text, err := os.ReadFile(w.packPath(own))
	w.check(err)
	w.check(os.Remove(w.packPath(own)))
	w.write(desktop, sessionA, ours)
	w.push(desktop)
	w.pull(laptop)
	w.put(form(own), text)
	return w, form(own)
}

func (w *world) exists(name string) bool {
	w.t.Helper()
	_, err := os.Stat(w.packPath(name))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		w.t.Fatal(err)
	}
	return err == nil
}

// tidied is the number of copies that these events tell of.
func tidied(events []syncer.Event) int {
	n := 0
	for _, e := range events {
		if e.Kind == syncer.Tidied {
			n += e.Count
		}
	}
	return n
}

// goes reports whether a copy of this form is removed: it lies beside the pack, and its name begins with the pack's or
// has something before it. Another file may be there for another reason.
func goes(form string) bool {
	return !strings.HasPrefix(form, "folder") && form != "at the top" && form != "named anew"
}

func TestACopyThatAddsNothingGoesAndOnlyByItsWriter(t *testing.T) {
	for form, named := range conflictForms() {
		t.Run(form, func(t *testing.T) {
			w, name := copied(t, t.TempDir(), turn("1")+turn("2"), turn("1"), named)
			desktop, laptop := w.machines[0], w.machines[1]
			w.appendTo(laptop, sessionA, turn("laptop"))
			events := append(w.pull(laptop), w.push(laptop)...)
			if tidied(events) != 0 || !w.exists(name) {
				t.Errorf("the other machine removed it: %+v", events)
			}
			if events := w.pull(desktop); tidied(events) != 0 || !w.exists(name) {
				t.Errorf("a pull removed it: %+v", events)
			}
			own := w.unpack(desktop, desktop.packs().Name(testKey, sessionA))
			want := 0
			if goes(form) {
				want = 1
			}
			if events := w.push(desktop); tidied(events) != want || w.exists(name) != (want == 0) {
				t.Errorf("%s is there: %v, and a push said %+v", name, w.exists(name), events)
			}
			if got := w.unpack(desktop, desktop.packs().Name(testKey, sessionA)); got != own {
				t.Errorf("the own pack became %q, it was %q", got, own)
			}
			w.settles()
		})
	}
}

// What is in a copy comes into the pack and into the transcripts, whether the machine pulls or pushes first.
func TestACopyWithNewsIsUnitedBeforeItGoes(t *testing.T) {
	for name, c := range map[string]struct {
		ours, theirs string
		forks        int
		quiet        bool // a look says nothing: rows that are no turns make nobody behind who has more turns
	}{
		"the copy has more turns":             {turn("1"), turn("1") + turn("copy"), 0, false},
		"the copy has a metadata row":         {turn("1"), turn("1") + glance("copy"), 0, false},
		"metadata there, turns here":          {turn("1") + turn("2"), turn("1") + glance("copy"), 0, true},
		"both have turns of their own":        {turn("1") + turn("2"), turn("1") + turn("copy"), 1, false},
		"the pack has lost its beginning":     {turn("2"), turn("1") + turn("2"), 0, false},
		"last row of the copy has no newline": {turn("1"), turn("1") + turn("3") + strings.TrimSuffix(turn("copy"), "\n"), 0, false},
	} {
		for _, first := range []string{"push", "pull", "session is open"} {
			t.Run(name+", "+first, func(t *testing.T) {
				w, copyName := copied(t, t.TempDir(), c.ours, c.theirs, beside("Syncthing"))
				desktop := w.machines[0]
				switch first {
				case "pull":
					w.check(errors.Join(failures(w.pull(desktop))...))
				case "session is open":
					w.check(os.WriteFile(desktop.Store.Dir+"/sessions/1.json", fmt.Appendf(nil, `{"pid":%d,"sessionId":%q}`, os.Getpid(), sessionA), 0o600))
				}
				if s := w.looked(desktop).Projects[0].Sessions[0]; first != "pull" && s.State == syncer.Same && !c.quiet {
					t.Errorf("before, the session is said to be %v", s.State)
				}
				events := w.push(desktop)
				if tidied(events) != 1 || count(events, syncer.Forked) != c.forks || w.exists(copyName) || len(failures(events)) > 0 {
					t.Fatalf("got %+v, and the copy is there: %v", events, w.exists(copyName))
				}
				have := rowSet(w.unpack(desktop, desktop.packs().Name(testKey, sessionA)))
				for row := range rowSet(c.ours + strings.TrimSuffix(c.theirs, "\n")) {
					if !have[row] {
						t.Errorf("the pack lacks %s", row)
					}
				}
				_ = os.Remove(desktop.Store.Dir + "/sessions/1.json")
				w.settles()
				if got := rowSet(w.read(w.machines[1], sessionA)); len(got) != len(have) {
					t.Errorf("in the end there are the rows %v, want %v", got, have)
				}
			})
		}
	}
}

// A session that Claude Code has deleted here is in the sync folder alone, and its copy, too.
func TestACopyOfAnArchivedSessionLosesNothing(t *testing.T) {
	for name, c := range map[string]struct {
		ours, theirs string
		gone         bool
	}{
		"no news":  {turn("1") + turn("2"), turn("1"), true},
		"news":     {turn("1"), turn("1") + turn("copy"), true},
		"diverged": {turn("1") + turn("2"), turn("1") + turn("copy"), false},
	} {
		t.Run(name, func(t *testing.T) {
			w, copyName := copied(t, t.TempDir(), c.ours, c.theirs, beside("Dropbox"))
			desktop := w.machines[0]
			w.check(os.Remove(w.path(desktop, sessionA)))
			events := w.push(desktop)
			if len(failures(events)) > 0 || w.exists(copyName) == c.gone {
				t.Errorf("got %+v, and the copy is there: %v", events, w.exists(copyName))
			}
			if w.read(desktop, sessionA) != "" {
				t.Error("a push brought the session back")
			}
			_, err := desktop.Pull(t.Context(), syncer.Scope{Session: string(sessionA)})
			w.check(err)
			w.settles()
			have := ""
			for _, rows := range w.rowsOf(desktop) {
				have += rows
			}
			for row := range rowSet(c.ours + c.theirs) {
				if !strings.Contains(have, row) {
					t.Errorf("lost %s", row)
				}
			}
		})
	}
}

// A push is killed at each of its disk steps; whatever is left of it, no row of the copy is nowhere.
func TestKilledTidyingLosesNoRow(t *testing.T) {
	for name, theirs := range map[string]string{"no news": turn("1"), "news": turn("1") + turn("2") + turn("copy"), "diverged": turn("1") + turn("copy")} {
		t.Run(name, func(t *testing.T) {
			disk := newDisk(t)
			for kill := 1; ; kill++ {
				dir, hook, done := disk.world()
				w, copyName := copied(t, dir, turn("1")+turn("2"), theirs, beside("Syncthing"))
				desktop := w.machines[0]
				w.appendTo(desktop, sessionA, turn("3"))
				steps := 0
				hook(func(string, string) error {
					if steps++; steps >= kill {
						return errKilled
					}
					return nil
				})
				_, _ = desktop.Push(t.Context(), syncer.Scope{})
				hook(nil)
				have := rowSet(w.unpack(desktop, desktop.packs().Name(testKey, sessionA)))
				for row := range rowSet(theirs) {
					if !w.exists(copyName) && !have[row] {
						t.Fatalf("killed at step %d: %s is lost", kill, row)
					}
				}
				killed := steps >= kill
				events := w.push(desktop)
				if w.exists(copyName) || len(failures(events)) > 0 || count(events, syncer.Forked) > 1 {
					t.Fatalf("killed at step %d, then pushed again: %+v, and the copy is there: %v", kill, events, w.exists(copyName))
				}
				w.settles()
				done()
				if !killed {
					return
				}
			}
		})
	}
}

// Who wrote a copy is in it, and not in its name.
func TestAFileOfAnotherMachineNeverGoes(t *testing.T) {
	w := newWorld(t, t.TempDir(), "desktop", "desktop-2")
	one, two := w.machines[0], w.machines[1]
	w.write(one, sessionA, turn("1"))
	w.push(one)
	w.pull(two)
	w.appendTo(two, sessionA, turn("2"))
	w.push(two)
	own := one.packs().Name(testKey, sessionA)
	theirs := packOf(t, testKey, "laptop", turn("1"))
	w.putFile(strings.TrimSuffix(own, transport.Extension)+" 2.ccsync", theirs)
	w.pull(one)
	before := w.files(w.sync())
	if events := w.push(one); len(events) != 0 {
		t.Errorf("got %+v", events)
	}
	if after := w.files(w.sync()); len(after) != len(before) || !w.exists(two.packs().Name(testKey, sessionA)) {
		t.Errorf("there were %d files, now %d", len(before), len(after))
	}
}

func TestACopyStaysInAProjectThatIsKeptHere(t *testing.T) {
	w, name := copied(t, t.TempDir(), turn("1")+turn("2"), turn("1"), beside("Syncthing"))
	w.check(w.machines[0].KeepLocal(testKey, true))
	if events := w.push(w.machines[0]); len(events) != 0 || !w.exists(name) {
		t.Errorf("got %+v, and the copy is there: %v", events, w.exists(name))
	}
}

// A push of one session tidies that session only.
func TestAPushTidiesWhatItIsFor(t *testing.T) {
	w, name := copied(t, t.TempDir(), turn("1")+turn("2"), turn("1"), beside("Syncthing"))
	desktop := w.machines[0]
	w.write(desktop, sessionB, turn("b"))
	for _, c := range []struct {
		id   ccsync.SessionID
		want int
	}{{sessionB, 0}, {sessionA, 1}} {
		events, err := desktop.Push(t.Context(), syncer.Scope{Session: string(c.id)})
		w.check(err)
		if tidied(events) != c.want || w.exists(name) != (c.want == 0) {
			t.Errorf("push of %s: %+v", c.id, events)
		}
	}
}

// One event tells of all copies of a session; a case of the own pack's name is no copy, for it may be the pack itself.
func TestManyCopiesGoAtOnce(t *testing.T) {
	w, name := copied(t, t.TempDir(), turn("1")+turn("2"), turn("1"), beside("Syncthing"))
	desktop := w.machines[0]
	text, err := os.ReadFile(w.packPath(name))
	w.check(err)
	own := desktop.packs().Name(testKey, sessionA)
	for _, tool := range []string{"iCloud", "Dropbox", "OneDrive"} {
		w.put(beside(tool)(own), text)
	}
	shouting := strings.TrimSuffix(own, transport.Extension) + strings.ToUpper(transport.Extension)
	w.put(shouting, text)
	events := w.push(desktop)
	if tidied(events) != 4 || count(events, syncer.Tidied) != 1 || !slices.Equal(failures(events), nil) {
		t.Errorf("got %+v", events)
	}
	if !w.exists(own) || !w.exists(shouting) {
		t.Error("the pack itself is gone")
	}
}

// A row that was rewritten here stands in the own pack as it is here; the old form in a copy is nothing to send.
func TestAnOldFormOfARowInACopyIsNoNews(t *testing.T) {
	const old, rewritten = `{"type":"user","uuid":"1","cwd":"/old"}` + "\n", `{"type":"user","uuid":"1","cwd":"/new"}` + "\n"
	w, name := copied(t, t.TempDir(), rewritten+turn("2"), old+turn("2"), beside("Syncthing"))
	desktop := w.machines[0]
	if s := w.looked(desktop).Projects[0].Sessions[0]; s.State != syncer.Same || s.Unsent() {
		t.Errorf("it is said to be %v", s.State)
	}
	if events := w.push(desktop); tidied(events) != 1 || len(events) != 1 || w.exists(name) {
		t.Errorf("got %+v", events)
	}
	if got := w.unpack(desktop, desktop.packs().Name(testKey, sessionA)); got != rewritten+turn("2") {
		t.Errorf("the pack became %q", got)
	}
}
