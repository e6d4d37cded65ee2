package engine

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"claude-sync/syncer"
	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/transport"
)

// conflictNames are the names that sync tools give to the file that lost, where stem.ccsync is the one
// that won. Some of them say a host's name, which need not be what the machine is called here.
func conflictNames(stem string) map[string]string {
	return map[string]string{
		"Dropbox":                   stem + " (DESKTOP-4711's conflicted copy 2026-11-20)",
		"Dropbox, the second":       stem + " (DESKTOP-4711's conflicted copy 2026-11-20) (1)",
		"Dropbox, of a user":        stem + " (Eve Example's conflicted copy)",
		"Dropbox, in German":        stem + " (In Konflikt stehende Kopie von laptop 2026-11-20)",
		"Dropbox, by case":          stem + " (Case Conflict 1)",
		"Syncthing":                 stem + ".sync-conflict-20261120-101500-ABCDEFG",
		"Syncthing, twice":          stem + ".sync-conflict-20261120-101500-ABCDEFG.sync-conflict-20261121-081500-GFEDCBA",
		"OneDrive":                  stem + "-laptop",
		"OneDrive, the second":      stem + "-laptop-2",
		"OneDrive, of a third host": stem + "-TABLET",
		"iCloud":                    stem + " 2",
		"Google Drive":              stem + " (1)",
		"Google Drive, old":         stem + " [Conflict]",
		"Google Drive, copy":        "Copy of " + stem,
		"Nextcloud":                 stem + " (conflicted copy 2026-11-20 101500)",
		"ownCloud":                  stem + "_conflict-20261120-101500",
		"Box":                       stem + " (Eve Example)",
		"Box, with an address":      stem + " (eve@example.com)",
		"Resilio":                   stem + ".Conflict",
		"Explorer":                  stem + " - Copy",
		"named anew":                "x",
	}
}

// conflicted is a world in which a sync tool kept a copy of the desktop's pack, under the name that form
// gives, with a row that stands nowhere else.
func conflicted(t *testing.T, form func(own string) string) *world {
	t.Helper()
	w := newWorld(t, t.TempDir(), "desktop", "laptop")
	desktop, laptop := w.machines[0], w.machines[1]
	own := desktop.packs().Name(testKey, sessionA)
	w.write(desktop, sessionA, turn("1")+turn("copy"))
	w.push(desktop)
	copied, err := os.ReadFile(w.packPath(own))
	w.check(err)
	w.check(os.Remove(w.packPath(own)))
	w.write(desktop, sessionA, turn("1"))
	w.push(desktop)
	w.pull(laptop)
	w.put(form(own), copied)
	return w
}

func (w *world) packPath(name string) string {
	return filepath.Join(w.sync(), filepath.FromSlash(name))
}

// beside puts a conflicted copy's name into the folder of the pack itself.
func beside(tool string) func(own string) string {
	return func(own string) string {
		dir, base := path.Split(own)
		return dir + conflictNames(strings.TrimSuffix(base, transport.Extension))[tool] + transport.Extension
	}
}

func conflictForms() map[string]func(string) string {
	forms := map[string]func(string) string{
		"at the top":         path.Base,
		"folder, by iCloud":  func(own string) string { return path.Dir(own) + " 2/" + path.Base(own) },
		"folder, by Drive":   func(own string) string { return path.Dir(own) + " (1)/" + path.Base(own) },
		"folder, named anew": func(own string) string { return "New folder/" + path.Base(own) },
		"suffix upper case":  func(own string) string { return strings.TrimSuffix(own, ".ccsync") + " 2.CCSYNC" },
	}
	for tool := range conflictNames("") {
		forms[tool] = beside(tool)
	}
	return forms
}

func TestConflictedCopyIsOneMoreVersionOfItsOwnMachine(t *testing.T) {
	for name, form := range conflictForms() {
		t.Run(name, func(t *testing.T) {
			w := conflicted(t, form)
			s, err := w.machines[1].Look(t.Context())
			w.check(err)
			if len(s.Strays) > 0 || len(s.Waiting) > 0 || len(s.Projects) != 1 || len(s.Projects[0].Sessions) != 1 {
				t.Fatalf("got %+v", s)
			}
			session := s.Projects[0].Sessions[0]
			if got := machinesOf(session); len(session.Versions) != 2 || !slices.Equal(got, []string{"desktop"}) {
				t.Errorf("got %d versions of %v, want 2 of the desktop", len(session.Versions), got)
			}
			if session.State != syncer.Behind {
				t.Errorf("got %v, want %v", session.State, syncer.Behind)
			}
			events := w.pull(w.machines[1])
			if len(events) != 1 || events[0].Kind != syncer.Updated || !slices.Equal(events[0].From, []string{"desktop"}) {
				t.Errorf("got %+v", events)
			}
			if got, want := w.read(w.machines[1], sessionA), turn("1")+turn("copy"); got != want {
				t.Errorf("got %q, want %q", got, want)
			}
			w.settles()
		})
	}
}

// machinesOf are the machines that a session's versions come from, each once.
func machinesOf(s syncer.Session) []string {
	var names []string
	for _, v := range s.Versions {
		names = append(names, v.Machine)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// settles lets the machines pull and push in turn until nothing is left to do, and holds that then all of
// them have the same sessions with the same rows, whatever still lies in the folder.
func (w *world) settles() {
	w.t.Helper()
	for range 4 {
		var events []syncer.Event
		for _, m := range w.machines {
			events = append(append(events, w.pull(m)...), w.push(m)...)
		}
		w.check(errors.Join(failures(events)...))
		if len(events) == 0 {
			w.allSame()
			return
		}
	}
	w.t.Fatal("after four rounds there is still something to do")
}

func (w *world) allSame() {
	w.t.Helper()
	first := w.rowsOf(w.machines[0])
	for _, m := range w.machines[1:] {
		if got := w.rowsOf(m); !maps.Equal(got, first) {
			w.t.Fatal(fmt.Sprintf("%s has %v, %s has %v", m.Name, got, w.machines[0].Name, first))
		}
	}
}

// rowsOf is what a machine has of each session, in whatever order.
func (w *world) rowsOf(m *Machine) map[ccsync.SessionID]string {
	w.t.Helper()
	found, err := m.Store.Transcripts(w.cwd(m))
	w.check(err)
	all := map[ccsync.SessionID]string{}
	for _, transcript := range found {
		rows := slices.Sorted(strings.Lines(w.read(m, transcript.ID)))
		all[transcript.ID] = strings.Join(slices.Compact(rows), "")
	}
	return all
}

// Both machines have gone on when the copy appears, so that a person has to choose between it and what is
// here.
func TestDivergedConflictedCopyIsSettledLikeAnyOtherVersion(t *testing.T) {
	for name, form := range conflictForms() {
		t.Run(name, func(t *testing.T) {
			w := conflicted(t, form)
			laptop := w.machines[1]
			w.write(laptop, sessionA, turn("1")+turn("laptop"))
			events := w.pull(laptop)
			if len(events) != 1 || events[0].Kind != syncer.Conflicted || !slices.Equal(events[0].From, []string{"desktop"}) {
				t.Fatalf("got %+v, want a conflict with the desktop", events)
			}
			events, err := laptop.Resolve(t.Context(), syncer.Scope{Session: string(sessionA)}, "desktop")
			w.check(err)
			if count(events, syncer.Forked) != 1 || count(events, syncer.Resolved) != 1 || len(events) != 2 {
				t.Fatalf("got %+v", events)
			}
			if got := w.read(laptop, sessionA); got != turn("1")+turn("laptop")+turn("copy") {
				t.Errorf("after it was settled for the copy, the transcript is %q", got)
			}
			w.settles()
			if got := w.rowsOf(w.machines[0]); len(got) != 2 || got[events[0].Session] == "" {
				t.Errorf("the desktop has %v, and no fork %s", got, events[0].Session)
			}
		})
	}
}

// A machine takes back what a sync tool has kept of its own pack, and names nobody else as its source.
func TestConflictedCopyOfOurOwnPackGivesItsRowsBack(t *testing.T) {
	for name, form := range conflictForms() {
		t.Run(name, func(t *testing.T) {
			w := conflicted(t, form)
			desktop := w.machines[0]
			if events := w.pull(desktop); len(events) != 1 || events[0].Kind != syncer.Updated || !slices.Equal(events[0].From, []string{"desktop"}) {
				t.Errorf("got %+v", events)
			}
			if got, want := w.read(desktop, sessionA), turn("1")+turn("copy"); got != want {
				t.Errorf("got %q, want %q", got, want)
			}
			w.settles()
		})
	}
}

// An old copy says nothing new: nobody is told of it but that it is removed, and it never comes back as a conflict.
func TestConflictedCopyThatIsOldIsQuiet(t *testing.T) {
	w := conflicted(t, beside("Dropbox"))
	desktop, laptop := w.machines[0], w.machines[1]
	w.pull(laptop)
	w.write(laptop, sessionA, w.read(laptop, sessionA)+turn("2"))
	w.push(laptop)
	w.pull(desktop)
	if events := w.push(desktop); tidied(events) != 1 || len(failures(events)) > 0 {
		t.Errorf("got %+v", events)
	}
	for _, m := range w.machines {
		if events := append(w.pull(m), w.push(m)...); len(events) > 0 {
			t.Errorf("%s: %+v", m.Name, events)
		}
	}
	if got := w.read(desktop, sessionA); got != turn("1")+turn("copy")+turn("2") {
		t.Errorf("got %q", got)
	}
}

func TestWaitingProjectNamesEachMachineOnce(t *testing.T) {
	w := conflicted(t, beside("Syncthing"))
	laptop := w.machines[1]
	w.check(laptop.Forget(testKey))
	w.check(os.RemoveAll(w.cwd(laptop)))
	s, err := laptop.Look(t.Context())
	w.check(err)
	if len(s.Waiting) != 1 || !slices.Equal(s.Waiting[0].Machines, []string{"desktop"}) || s.Waiting[0].Sessions != 1 {
		t.Errorf("got %+v, want one session of the desktop", s.Waiting)
	}
}

// However much of a pack has arrived, what is missing is waited for, and the rest is taken in one piece.
func TestHalfDownloadedPackIsTakenOnceItIsWhole(t *testing.T) {
	w := newWorld(t, t.TempDir(), "desktop", "laptop")
	desktop, laptop := w.machines[0], w.machines[1]
	own := desktop.packs().Name(testKey, sessionA)
	text := turn("0")
	w.write(desktop, sessionA, text)
	w.push(desktop)
	w.pull(laptop)
	for i := range 20 {
		text += turn(fmt.Sprint(i+1, strings.Repeat("x", 500)))
		w.write(desktop, sessionA, text)
		w.push(desktop)
		whole, err := os.ReadFile(w.packPath(own))
		w.check(err)
		w.put(own, whole[:len(whole)*i/20])
		w.laterThen(laptop, own, func() { w.put(own, whole) })
		if got := w.read(laptop, sessionA); got != text {
			t.Fatalf("%d twentieths: %d bytes are here, want %d", i, len(got), len(text))
		}
	}
}

// laterThen holds that the machine waits for the pack called name, and takes it once it has arrived.
func (w *world) laterThen(m *Machine, name string, arrive func()) {
	w.t.Helper()
	s, err := m.Look(w.t.Context())
	w.check(err)
	if len(s.Strays) != 1 || s.Strays[0].Name != name || !s.Strays[0].Later {
		w.t.Fatal(fmt.Sprintf("strays %+v, want only %s, for later", s.Strays, name))
	}
	before := w.files(m.Store.Dir)
	if events := w.pull(m); len(events) != 1 || events[0].Kind != syncer.Strayed || !maps.Equal(w.files(m.Store.Dir), before) {
		w.t.Fatal(fmt.Sprintf("while it was on its way: %+v", events))
	}
	arrive()
	if events := w.pull(m); len(events) != 1 || events[0].Kind != syncer.Updated && events[0].Kind != syncer.Installed {
		w.t.Fatal(fmt.Sprintf("once it was there: %+v", events))
	}
}

// Older macOS leaves ".name.icloud" in place of a file whose content is only in the cloud.
func TestPackThatIsOnlyInTheCloudIsTakenOnceItIsHere(t *testing.T) {
	for name, known := range map[string]bool{"of a session that is here": true, "of one that is not": false} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, t.TempDir(), "desktop", "laptop")
			desktop, laptop := w.machines[0], w.machines[1]
			own := desktop.packs().Name(testKey, sessionA)
			w.write(desktop, sessionA, turn("1"))
			if known {
				w.push(desktop)
				w.pull(laptop)
			}
			w.write(desktop, sessionA, turn("1")+turn("2"))
			w.push(desktop)
			placeholder := filepath.Join(filepath.Dir(w.packPath(own)), "."+path.Base(own)+".icloud")
			whole, err := os.ReadFile(w.packPath(own))
			w.check(err)
			w.check(os.Remove(w.packPath(own)))
			w.check(os.WriteFile(placeholder, []byte("bplist00"), 0o644))
			w.laterThen(laptop, own, func() {
				w.check(os.Remove(placeholder))
				w.put(own, whole)
			})
			if got := w.read(laptop, sessionA); got != turn("1")+turn("2") {
				t.Errorf("got %q", got)
			}
		})
	}
}

// What sync tools and systems keep for themselves is neither a pack nor worth a word.
func TestFilesOfSyncToolsAreNotSeen(t *testing.T) {
	w := newWorld(t, t.TempDir(), "desktop", "laptop")
	desktop, laptop := w.machines[0], w.machines[1]
	w.write(desktop, sessionA, turn("1"))
	w.push(desktop)
	own := desktop.packs().Name(testKey, sessionA)
	whole, err := os.ReadFile(w.packPath(own))
	w.check(err)
	dir, base := path.Split(own)
	for _, name := range []string{"~syncthing~" + base + ".tmp", ".syncthing." + base + ".tmp", ".~" + base, "~$" + base, base + ".part", base + ".tmp",
		"." + base + ".Xa12Bc", base + ".!sync", base + ".partial", "~" + base, "desktop.ini", ".DS_Store", "Thumbs.db", ".dropbox.attr"} {
		w.put(dir+name, whole[:len(whole)/2])
		w.put(name, whole[:len(whole)/2])
	}
	for _, name := range []string{".stversions/" + own, ".stversions/" + base, ".dropbox.cache/" + base, ".Trash-1000/" + base, ".stfolder/" + base} {
		w.put(name, whole)
	}
	s, err := laptop.Look(t.Context())
	w.check(err)
	if len(s.Strays) > 0 || len(s.Projects[0].Sessions) != 1 || len(s.Projects[0].Sessions[0].Versions) != 1 {
		t.Errorf("got %+v", s)
	}
	if events := w.pull(laptop); count(events, syncer.Installed) != 1 || len(events) != 1 {
		t.Errorf("got %+v", events)
	}
}
