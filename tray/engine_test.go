package tray

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"claude-sync/build/desktoptest"
	"claude-sync/syncer"
	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/command"
	"claude-sync/syncer/engine"
	"claude-sync/syncer/project"
	"claude-sync/syncer/transport"
	"claude-sync/syncer/transport/provider"
)

// world is two machines. The tests use the desktop through the tray's engine.
type world struct {
	*desktoptest.World
	t *testing.T
}

func newWorld(t *testing.T) world { return world{desktoptest.NewWorld(t, "app"), t} }

// do carries out a Command on the desktop.
func (w world) do(c command.Command) ([]syncer.Event, error) {
	return newEngine(w.Desktop.Paths).Do(w.t.Context(), c, func(syncer.Progress) {})
}

func (w world) mustDo(c command.Command) []syncer.Event {
	w.t.Helper()
	events, err := w.do(c)
	if err != nil || syncer.ExitCode(events) == 1 {
		w.t.Fatalf("%v: %v, %v", c, events, err)
	}
	return events
}

func (w world) look() syncer.Snapshot {
	w.t.Helper()
	seen, err := newEngine(w.Desktop.Paths).Look(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	return seen.Snapshot
}

func (w world) key() project.Key { return "git:https://example.com/me/app.git" }

// diverge lets both machines continue the same session. It returns its transcript on the desktop.
func (w world) diverge(id ccsync.SessionID) string {
	w.t.Helper()
	here, there := filepath.Join(w.Desktop.Code, "app"), filepath.Join(w.Laptop.Code, "app")
	w.Laptop.Writes(there, id, 1, "the beginning")
	w.Laptop.Pushes()
	w.mustDo(command.Command{Verb: command.Pull})
	w.Laptop.Writes(there, id, 2, "on the laptop")
	w.Laptop.Pushes()
	return w.Desktop.Writes(here, id, 3, "on the desktop")
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
	desktoptest.Mkdir(t, filepath.Join(home, "Sync"))
	seen, err := newEngine(desktoptest.Paths(home)).Look(t.Context())
	if !errors.Is(err, syncer.ErrNotSetUp) {
		t.Errorf("got %v, want %v", err, syncer.ErrNotSetUp)
	}
	if want := []provider.Candidate{{Provider: "Sync folder", Dir: filepath.Join(home, "Sync", "claude-sync")}}; !slices.Equal(seen.Candidates, want) {
		t.Errorf("got %v, want %v", seen.Candidates, want)
	}
	if want := []string{home}; !slices.Equal(seen.Folders, want) { // where the configuration's folder would come
		t.Errorf("got %q watched, want %q", seen.Folders, want)
	}
}

func TestALookNamesEveryFolderThatTells(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Desktop.Writes(filepath.Join(w.Desktop.Code, "app"), desktoptest.SessionNumber(1), 1, "x")
	w.mustDo(command.Command{Verb: command.Push})
	seen, err := newEngine(w.Desktop.Paths).Look(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	all := strings.Join(seen.Folders, "\n")
	for _, want := range []string{w.Share + "\n", w.Share + string(filepath.Separator), filepath.Join(w.Desktop.Home, ".claude", "sessions"),
		filepath.Join(w.Desktop.Home, ".claude", "projects", ""), filepath.Dir(w.Desktop.Paths.Config)} {
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
	w := newWorld(t)
	if err := os.RemoveAll(w.Share); err != nil {
		t.Fatal(err)
	}
	seen, err := newEngine(w.Desktop.Paths).Look(t.Context())
	var away *transport.UnavailableError
	if !errors.As(err, &away) || seen.SyncDir != w.Share || !slices.Contains(seen.Folders, w.Dir) {
		t.Errorf("got %v, %+v, want the folder above it watched", err, seen)
	}
}

func TestTheirsGoesOnAndOursIsKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	path := w.diverge(desktoptest.SessionNumber(1))
	events := w.mustDo(command.Command{Verb: command.TakeTheirs, Session: desktoptest.SessionNumber(1), Machine: "laptop"})
	if !slices.ContainsFunc(events, func(e syncer.Event) bool { return e.Kind == syncer.Forked }) {
		t.Errorf("got %v, want a fork among them", events)
	}
	if got := read(t, path); !strings.HasSuffix(strings.TrimSpace(got), `"on the laptop"}}`) || !strings.Contains(got, "on the desktop") {
		t.Errorf("got\n%s\nwant all rows, the laptop's last", got)
	}
}

func TestOursGoesOnAndTravels(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	path := w.diverge(desktoptest.SessionNumber(1))
	w.mustDo(command.Command{Verb: command.TakeOurs, Project: w.key(), Session: desktoptest.SessionNumber(1)})
	if got := read(t, path); !strings.HasSuffix(strings.TrimSpace(got), `"on the desktop"}}`) {
		t.Errorf("got\n%s\nwant the desktop's row last", got)
	}
	packs, err := filepath.Glob(filepath.Join(w.Share, "*", "*-desktop.ccsync"))
	if err != nil || len(packs) != 2 {
		t.Errorf("got the packs %q, %v, want one of the session and one of the fork", packs, err)
	}
}

func TestKeepLocalIsAToggle(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, want := range []bool{true, false, true} {
		w.mustDo(command.Command{Verb: command.KeepLocal, Project: w.key()})
		if got := w.look().Projects[0].LocalOnly; got != want {
			t.Errorf("got %v, want %v", got, want)
		}
	}
}

func TestAChosenFolderIsLocatedOnlyWhenItIsTheProject(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	old, moved, other := filepath.Join(w.Desktop.Code, "app"), filepath.Join(w.Desktop.Home, "moved", "app"), filepath.Join(w.Desktop.Code, "other")
	desktoptest.Clone(t, other)
	desktoptest.Mkdir(t, filepath.Dir(moved))
	if err := os.Rename(old, moved); err != nil {
		t.Fatal(err)
	}
	if _, err := w.do(command.Command{Verb: command.Located, Project: w.key(), Path: other}); err == nil || !strings.Contains(err.Error(), "other") {
		t.Errorf("got %v, want what the folder is instead", err)
	}
	w.mustDo(command.Command{Verb: command.Located, Project: w.key(), Path: moved})
	if got := w.look().Projects[0]; got.Stale() || len(got.Cwds) != 1 || got.Cwds[0].Path != moved {
		t.Errorf("got %+v, want it at %q", got, moved)
	}
}

func TestTwoProjectsAreJoined(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	old, other := filepath.Join(w.Desktop.Code, "app"), filepath.Join(w.Desktop.Code, "other")
	desktoptest.Clone(t, other)
	desktoptest.Mkdir(t, filepath.Join(other, "api"))
	if err := os.RemoveAll(old); err != nil {
		t.Fatal(err)
	}
	key := w.key() + "//api"
	w.mustDo(command.Command{Verb: command.Join, Project: key, Path: other}) // the repository, where the project is below
	w.mustDo(command.Command{Verb: command.Located, Project: key, Path: other})
	if got := w.look().Projects; !slices.ContainsFunc(got, func(p syncer.Project) bool { return p.Key == key && p.Cwds[0].Path == filepath.Join(other, "api") }) {
		t.Errorf("got %+v, want %s in %s", got, key, other)
	}
}

func TestAProjectBelowARepositoryIsLocatedByTheRepository(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	sub := filepath.Join(w.Desktop.Code, "app", "api")
	desktoptest.Mkdir(t, sub)
	key := w.key() + "//api"
	w.mustDo(command.Command{Verb: command.Located, Project: key, Path: filepath.Dir(sub)})
	if got := w.look().Projects; !slices.ContainsFunc(got, func(p syncer.Project) bool { return p.Key == key && p.Cwds[0].Path == sub }) {
		t.Errorf("got %+v, want %s at %s", got, key, sub)
	}
}

func TestForgetAndWhatIsUnknown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.mustDo(command.Command{Verb: command.Forget, Project: w.key()})
	if got := w.look().Projects; len(got) != 0 {
		t.Errorf("got %+v, want none", got)
	}
	if _, err := w.do(command.Command{Verb: "dance"}); err == nil {
		t.Error("an unknown verb was done")
	}
}

func TestWorkWaitsForOtherProcesses(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Desktop.Writes(filepath.Join(w.Desktop.Code, "app"), desktoptest.SessionNumber(1), 1, "x")
	unlock, err := engine.New(engine.Options{LockFile: w.Desktop.Paths.Lock}).Lock(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Second) // many times longer than it takes
	defer cancel()
	_, err = newEngine(w.Desktop.Paths).Do(ctx, command.Command{Verb: command.Push}, func(syncer.Progress) {})
	if packs, _ := filepath.Glob(filepath.Join(w.Share, "*", "*.ccsync")); !errors.Is(err, context.DeadlineExceeded) || len(packs) > 0 {
		t.Errorf("got %v and the packs %q beside another process, want it to wait", err, packs)
	}
	unlock()
	w.mustDo(command.Command{Verb: command.Push})
}

func TestNoOtherProcessChangesAnythingBesideWork(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Desktop.Writes(filepath.Join(w.Desktop.Code, "app"), desktoptest.SessionNumber(1), 1, "x")
	asked := false
	_, err := newEngine(w.Desktop.Paths).Do(t.Context(), command.Command{Verb: command.Push}, func(syncer.Progress) {
		asked = true
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		if unlock, err := engine.New(engine.Options{LockFile: w.Desktop.Paths.Lock}).Lock(ctx, cancel); err == nil {
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
	w := newWorld(t)
	if err := os.RemoveAll(filepath.Join(w.Desktop.Code, "app")); err != nil {
		t.Fatal(err)
	}
	path, err := newEngine(w.Desktop.Paths).Health(t.Context())
	if err != nil || filepath.Dir(path) != filepath.Dir(w.Desktop.Paths.Lock) {
		t.Fatalf("got %q, %v, want a file beside the lock", path, err)
	}
	got := read(t, path)
	for _, want := range []string{"app is gone", "-> claude-sync register"} {
		if !strings.Contains(got, want) {
			t.Errorf("got\n%s\nwant %q in it", got, want)
		}
	}
}

func TestOneOfSeveralCheckoutsIsForgottenAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	kept, gone := filepath.Join(w.Desktop.Code, "app"), filepath.Join(w.Desktop.Code, "second", "app")
	desktoptest.Clone(t, gone)
	if _, _, err := w.Desktop.Open().Register(t.Context(), gone); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(gone); err != nil {
		t.Fatal(err)
	}
	w.mustDo(command.Command{Verb: command.Forget, Project: w.key(), Path: gone})
	if got := w.look().Projects; len(got) != 1 || len(got[0].Cwds) != 1 || got[0].Cwds[0].Path != kept {
		t.Errorf("got %+v, want the project at %q alone", got, kept)
	}
}

func TestAProjectWithoutARemoteIsLocatedUnderAnotherName(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const site = project.Key("name:site")
	there, here := filepath.Join(w.Laptop.Code, "site"), filepath.Join(w.Desktop.Code, "homepage")
	desktoptest.Mkdir(t, there)
	desktoptest.Mkdir(t, here)
	w.Laptop.Writes(there, desktoptest.SessionNumber(1), 1, "a new page")
	if _, _, err := w.Laptop.Open().Register(t.Context(), there); err != nil {
		t.Fatal(err)
	}
	w.Laptop.Pushes()

	w.mustDo(command.Command{Verb: command.Located, Project: site, Path: here})
	w.mustDo(command.Command{Verb: command.Pull, Project: site})
	if got := read(t, w.Desktop.Transcript(here, desktoptest.SessionNumber(1))); !strings.Contains(got, "a new page") {
		t.Errorf("got the transcript %q, want the laptop's", got)
	}
	// Claude Code was used there: whatever registers such folders by itself must not take the choice back.
	if _, err := w.Desktop.Open().Discover(t.Context()); err != nil {
		t.Fatal(err)
	}
	if place, changed, err := w.Desktop.Open().Register(t.Context(), here); err != nil || len(changed) > 0 || place.Key != site {
		t.Errorf("got %v, changed %v, %v, want it to stay %s", place, changed, err, site)
	}
	other := filepath.Join(w.Desktop.Code, "other")
	desktoptest.Mkdir(t, other)
	if _, _, err := w.Desktop.Open().Register(t.Context(), other); err != nil {
		t.Fatal(err)
	}
	foreign := filepath.Join(w.Desktop.Code, "foreign") // not registered, but with a remote
	desktoptest.Clone(t, foreign)
	for path, want := range map[string]string{other: "is name:other, and not name:site", foreign: "is git:https://example.com/me/foreign.git, and not name:site"} {
		if _, err := w.do(command.Command{Verb: command.Located, Project: site, Path: path}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q in an error", path, err, want)
		}
	}
	// With a remote it has a key that is the same everywhere, and that counts.
	desktoptest.Clone(t, here)
	if place, _, err := w.Desktop.Open().Register(t.Context(), here); err != nil || place.Key != "git:https://example.com/me/homepage.git" {
		t.Errorf("got %v, %v, want the remote's key", place, err)
	}
}
