package tray

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"claude-sync/syncer"
	"claude-sync/syncer/ccsync"
)

// trialPaths keeps everything of ours in one home.
func trialPaths(home string) syncer.Paths {
	in := func(parts ...string) string { return filepath.Join(append([]string{home}, parts...)...) }
	return syncer.Paths{Config: in("config", "config.json"), Registry: in("config", "projects.json"), Seen: in("state", "seen.json"),
		Notified: in("state", "notified.json"), Lock: in("state", "lock"), Upstream: in(".claude-sync"), Home: home}
}

// world is two machines, their checkouts of the same repository, and the folder between them. The desktop
// runs the tray; the laptop is used through the library.
type world struct {
	t                      *testing.T
	dir, share             string
	desktop, laptop        string // homes
	desktopPaths, lapPaths syncer.Paths
}

func newWorld(t *testing.T, repository string) *world {
	t.Helper()
	w := &world{t: t, dir: shortFolder(t)}
	w.share = filepath.Join(w.dir, "share")
	w.desktop, w.laptop = filepath.Join(w.dir, "desktop"), filepath.Join(w.dir, "laptop")
	w.desktopPaths, w.lapPaths = trialPaths(w.desktop), trialPaths(w.laptop)
	for home, paths := range map[string]syncer.Paths{w.desktop: w.desktopPaths, w.laptop: w.lapPaths} {
		// A registry of open sessions, or every young transcript would count as open.
		mkdir(t, filepath.Join(home, ".claude", "sessions"))
		clone(t, filepath.Join(home, "code", repository))
		_, _, err := syncer.Init(t.Context(), paths, syncer.Setup{SyncDir: w.share, Machine: filepath.Base(home), Cwd: filepath.Join(home, "code", repository)})
		if err != nil {
			t.Fatal(err)
		}
	}
	return w
}

func mkdir(t *testing.T, dir string) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
}

// clone makes a checkout with a remote that is the same everywhere.
func clone(t *testing.T, dir string) {
	t.Helper()
	mkdir(t, dir)
	for _, args := range [][]string{{"init", "-q"}, {"remote", "add", "origin", "https://example.com/me/" + filepath.Base(dir) + ".git"}} {
		c := exec.Command("git", args...)
		c.Dir = dir
		if out, err := c.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
}

// writes lets Claude Code append a row to a session in a checkout, and returns the transcript's path.
func (w *world) writes(paths syncer.Paths, cwd string, id ccsync.SessionID, n int, text string) string {
	w.t.Helper()
	m, err := syncer.Open(paths)
	if err != nil {
		w.t.Fatal(err)
	}
	path, err := m.Store.TranscriptPath(cwd, id)
	if err != nil {
		w.t.Fatal(err)
	}
	mkdir(w.t, filepath.Dir(path))
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		w.t.Fatal(err)
	}
	fmt.Fprintf(f, `{"type":"user","uuid":"%08d-0000-4000-8000-000000000000","sessionId":"%s","cwd":"%s","timestamp":"2026-11-20T10:00:00.000Z","message":{"role":"user","content":"%s"}}`+"\n",
		n, id, cwd, text)
	if err := f.Close(); err != nil {
		w.t.Fatal(err)
	}
	return path
}

// laptopPushes puts the laptop's sessions into the folder.
func (w *world) laptopPushes() {
	w.t.Helper()
	m, err := syncer.Open(w.lapPaths)
	if err != nil {
		w.t.Fatal(err)
	}
	if events, err := m.Push(w.t.Context(), syncer.Scope{}); err != nil || syncer.ExitCode(events) != 0 {
		w.t.Fatal(events, err)
	}
}

func sessionNumber(n int) ccsync.SessionID {
	return ccsync.SessionID(fmt.Sprintf("%08d-1111-4111-8111-111111111111", n))
}
