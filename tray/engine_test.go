package tray

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"claude-sync/syncer"
	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/project"
	"claude-sync/syncer/transport"
	"claude-sync/tray/menu"
)

// do carries out a Command on the desktop.
func (w *world) do(c menu.Command) ([]syncer.Event, error) {
	return newEngine(w.desktopPaths).Do(w.t.Context(), c, func(syncer.Progress) {})
}

func (w *world) mustDo(c menu.Command) []syncer.Event {
	w.t.Helper()
	events, err := w.do(c)
	if err != nil || syncer.ExitCode(events) == 1 {
		w.t.Fatalf("%v: %v, %v", c, events, err)
	}
	return events
}

func (w *world) look() syncer.Snapshot {
	w.t.Helper()
	seen, err := newEngine(w.desktopPaths).Look(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	return seen.Snapshot
}

func (w *world) key() project.Key { return "git:https://example.com/me/app.git" }

// diverge lets both machines continue the same session. It returns its transcript on the desktop.
func (w *world) diverge(id ccsync.SessionID) string {
	w.t.Helper()
	here, there := filepath.Join(w.desktop, "code", "app"), filepath.Join(w.laptop, "code", "app")
	w.writes(w.lapPaths, there, id, 1, "the beginning")
	w.laptopPushes()
	w.mustDo(menu.Command{Verb: menu.Pull})
	w.writes(w.lapPaths, there, id, 2, "on the laptop")
	w.laptopPushes()
	return w.writes(w.desktopPaths, here, id, 3, "on the desktop")
}

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestBeforeSetUpALookFindsFoldersToChooseFrom(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	mkdir(t, filepath.Join(home, "Sync"))
	seen, err := newEngine(trialPaths(home)).Look(t.Context())
	if !errors.Is(err, syncer.ErrNotSetUp) {
		t.Errorf("got %v, want %v", err, syncer.ErrNotSetUp)
	}
	if want := []transport.Candidate{{Provider: "Sync folder", Dir: filepath.Join(home, "Sync", "claude-sync")}}; !slices.Equal(seen.Candidates, want) {
		t.Errorf("got %v, want %v", seen.Candidates, want)
	}
	if want := []string{home}; !slices.Equal(seen.Folders, want) { // where the configuration's folder would come
		t.Errorf("got %q watched, want %q", seen.Folders, want)
	}
}

func TestALookNamesEveryFolderThatTells(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "app")
	w.writes(w.desktopPaths, filepath.Join(w.desktop, "code", "app"), sessionNumber(1), 1, "x")
	w.mustDo(menu.Command{Verb: menu.Push})
	seen, err := newEngine(w.desktopPaths).Look(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	all := strings.Join(seen.Folders, "\n")
	for _, want := range []string{w.share + "\n", w.share + string(filepath.Separator), filepath.Join(w.desktop, ".claude", "sessions"),
		filepath.Join(w.desktop, ".claude", "projects", ""), filepath.Join(w.desktop, "config")} {
		if !strings.Contains(all+"\n", want) {
			t.Errorf("got\n%s\nwant %q among them", all, want)
		}
	}
	for _, f := range seen.Folders {
		if info, err := os.Stat(f); err != nil || !info.IsDir() {
			t.Errorf("%q is no folder", f)
		}
	}
}

func TestAMissingSyncFolderIsWatchedForWhereItWouldCome(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "app")
	if err := os.RemoveAll(w.share); err != nil {
		t.Fatal(err)
	}
	seen, err := newEngine(w.desktopPaths).Look(t.Context())
	var away *transport.UnavailableError
	if !errors.As(err, &away) || seen.SyncDir != w.share || !slices.Contains(seen.Folders, w.dir) {
		t.Errorf("got %v, %+v, want the folder above it watched", err, seen)
	}
}

func TestTheirsGoesOnAndOursIsKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "app")
	path := w.diverge(sessionNumber(1))
	events := w.mustDo(menu.Command{Verb: menu.TakeTheirs, Session: sessionNumber(1), Machine: "laptop"})
	if !slices.ContainsFunc(events, func(e syncer.Event) bool { return e.Kind == syncer.Forked }) {
		t.Errorf("got %v, want a fork among them", events)
	}
	if got := read(t, path); !strings.HasSuffix(strings.TrimSpace(got), `"on the laptop"}}`) || !strings.Contains(got, "on the desktop") {
		t.Errorf("got\n%s\nwant all rows, the laptop's last", got)
	}
}

func TestOursGoesOnAndTravels(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "app")
	path := w.diverge(sessionNumber(1))
	w.mustDo(menu.Command{Verb: menu.TakeOurs, Project: w.key(), Session: sessionNumber(1)})
	if got := read(t, path); !strings.HasSuffix(strings.TrimSpace(got), `"on the desktop"}}`) {
		t.Errorf("got\n%s\nwant the desktop's row last", got)
	}
	packs, err := filepath.Glob(filepath.Join(w.share, "*", "*-desktop.ccsync"))
	if err != nil || len(packs) != 2 {
		t.Errorf("got the packs %q, %v, want one of the session and one of the fork", packs, err)
	}
}

func TestKeepLocalIsAToggle(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "app")
	for _, want := range []bool{true, false, true} {
		w.mustDo(menu.Command{Verb: menu.KeepLocal, Project: w.key()})
		if got := w.look().Projects[0].LocalOnly; got != want {
			t.Errorf("got %v, want %v", got, want)
		}
	}
}

func TestAChosenFolderIsLocatedOnlyWhenItIsTheProject(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "app")
	old, moved, other := filepath.Join(w.desktop, "code", "app"), filepath.Join(w.desktop, "moved", "app"), filepath.Join(w.desktop, "code", "other")
	clone(t, other)
	mkdir(t, filepath.Dir(moved))
	if err := os.Rename(old, moved); err != nil {
		t.Fatal(err)
	}
	if _, err := w.do(menu.Command{Verb: located, Project: w.key(), Path: other}); err == nil || !strings.Contains(err.Error(), "other") {
		t.Errorf("got %v, want what the folder is instead", err)
	}
	w.mustDo(menu.Command{Verb: located, Project: w.key(), Path: moved})
	if got := w.look().Projects[0]; got.Stale() || len(got.Cwds) != 1 || got.Cwds[0].Path != moved {
		t.Errorf("got %+v, want it at %q", got, moved)
	}
}

func TestAProjectBelowARepositoryIsLocatedByTheRepository(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "app")
	sub := filepath.Join(w.desktop, "code", "app", "api")
	mkdir(t, sub)
	key := w.key() + "//api"
	w.mustDo(menu.Command{Verb: located, Project: key, Path: filepath.Dir(sub)})
	if got := w.look().Projects; !slices.ContainsFunc(got, func(p syncer.Project) bool { return p.Key == key && p.Cwds[0].Path == sub }) {
		t.Errorf("got %+v, want %s at %s", got, key, sub)
	}
}

func TestForgetAndWhatIsUnknown(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "app")
	w.mustDo(menu.Command{Verb: menu.Forget, Project: w.key()})
	if got := w.look().Projects; len(got) != 0 {
		t.Errorf("got %+v, want none", got)
	}
	if _, err := w.do(menu.Command{Verb: "dance"}); err == nil {
		t.Error("an unknown verb was done")
	}
}

func TestWorkWaitsForOtherProcesses(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "app")
	unlock, err := (&syncer.Machine{LockFile: w.desktopPaths.Lock}).Lock(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() {
		_, err := w.do(menu.Command{Verb: menu.Push})
		done <- err
	}()
	select {
	case err := <-done:
		t.Errorf("the work was done beside another process: %v", err)
	default:
	}
	unlock()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestNoOtherProcessChangesAnythingBesideWork(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "app")
	w.writes(w.desktopPaths, filepath.Join(w.desktop, "code", "app"), sessionNumber(1), 1, "x")
	asked := false
	_, err := newEngine(w.desktopPaths).Do(t.Context(), menu.Command{Verb: menu.Push}, func(syncer.Progress) {
		asked = true
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		if unlock, err := (&syncer.Machine{LockFile: w.desktopPaths.Lock}).Lock(ctx, cancel); err == nil {
			unlock()
			t.Error("another process could take the lock")
		}
	})
	if err != nil || !asked {
		t.Errorf("got %v, and a report of progress: %v", err, asked)
	}
}

func TestTheHealthReportSaysWhatIsWrongAndWhatToDo(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "app")
	if err := os.RemoveAll(filepath.Join(w.desktop, "code", "app")); err != nil {
		t.Fatal(err)
	}
	got := newEngine(w.desktopPaths).Health(t.Context())
	for _, want := range []string{"is gone from disk", "-> claude-sync register"} {
		if !strings.Contains(got, want) {
			t.Errorf("got\n%s\nwant %q in it", got, want)
		}
	}
}
