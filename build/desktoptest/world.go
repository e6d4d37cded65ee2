package desktoptest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"claude-sync/syncer"
	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/engine"
)

// Paths returns the program's own paths if HOME is home and no other variable changes them.
func Paths(home string) engine.Paths {
	config, state := filepath.Join(home, ".config", "claude-sync"), filepath.Join(home, ".local", "state", "claude-sync")
	return engine.Paths{Config: filepath.Join(config, "config.json"), Registry: filepath.Join(config, "projects.json"),
		Installed: filepath.Join(state, "seen.json"), ID: filepath.Join(state, "id.json"), Notified: filepath.Join(state, "notified.json"), Lock: filepath.Join(state, "lock"), Health: filepath.Join(state, "health.txt"),
		Upstream: filepath.Join(home, ".claude-sync"), Home: home}
}

// World is two machines with checkouts of the same repository, and their sync folder. The desktop runs the tray;
// tests use the laptop through the library.
type World struct {
	Dir, Share      string
	Desktop, Laptop Machine

	t testing.TB
}

// Machine is one of a person's computers.
type Machine struct {
	Home  string
	Paths engine.Paths
	Code  string // the folder with the checkouts

	t testing.TB
}

// NewWorld makes both machines and sets them up, each with a checkout of the repository. CLAUDE_CONFIG_DIR must be
// unset, or both machines share one Claude Code.
func NewWorld(t testing.TB, repository string) *World {
	t.Helper()
	w := &World{t: t, Dir: ShortFolder(t)}
	w.Share = filepath.Join(w.Dir, "share")
	w.Desktop, w.Laptop = w.machine("desktop"), w.machine("laptop")
	for _, m := range []Machine{w.Desktop, w.Laptop} {
		// Claude Code's folder of open sessions. Without it every young transcript would count as open.
		Mkdir(t, filepath.Join(m.Home, ".claude", "sessions"))
		Clone(t, filepath.Join(m.Code, repository))
		_, _, err := engine.Init(t.Context(), m.Paths, engine.Setup{SyncDir: w.Share, Machine: filepath.Base(m.Home), Cwd: filepath.Join(m.Code, repository)})
		must(t, err)
	}
	return w
}

func (w *World) machine(name string) Machine {
	home := filepath.Join(w.Dir, name)
	return Machine{Home: home, Paths: Paths(home), Code: filepath.Join(home, "code"), t: w.t}
}

// Mkdir makes a folder and its parents.
func Mkdir(t testing.TB, dir string) {
	t.Helper()
	must(t, os.MkdirAll(dir, 0o700))
}

// Clone makes a checkout. Its remote is named after the folder, so it is the same on every machine.
func Clone(t testing.TB, dir string) {
	t.Helper()
	Mkdir(t, dir)
	for _, args := range [][]string{{"init", "-q"}, {"remote", "add", "origin", "https://example.com/me/" + filepath.Base(dir) + ".git"}} {
		c := exec.Command("git", args...)
		c.Dir = dir
		if out, err := c.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
}

// Open opens the library on this machine.
func (m Machine) Open() *engine.Machine {
	m.t.Helper()
	s, err := engine.Open(m.Paths)
	must(m.t, err)
	return s
}

// Transcript returns the path of a session's transcript in a checkout.
func (m Machine) Transcript(cwd string, id ccsync.SessionID) string {
	m.t.Helper()
	path, err := m.Open().Store.TranscriptPath(cwd, id)
	must(m.t, err)
	return path
}

// Writes appends row number n to a session in a checkout, as Claude Code does. It returns the transcript's
// path.
func (m Machine) Writes(cwd string, id ccsync.SessionID, n int, text string) string {
	m.t.Helper()
	path := m.Transcript(cwd, id)
	Mkdir(m.t, filepath.Dir(path))
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	must(m.t, err)
	_, err = fmt.Fprintf(f, `{"type":"user","uuid":"%08d-0000-4000-8000-000000000000","sessionId":"%s","cwd":"%s","timestamp":"2026-11-20T10:00:00.000Z","message":{"role":"user","content":"%s"}}`+"\n",
		n, id, cwd, text)
	must(m.t, err)
	must(m.t, f.Close())
	return path
}

// Pushes pushes the machine's sessions into the sync folder.
func (m Machine) Pushes() {
	m.t.Helper()
	if events, err := m.Open().Push(m.t.Context(), syncer.Scope{}); err != nil || syncer.ExitCode(events) != 0 {
		m.t.Fatal(events, err)
	}
}

// Pulls pulls everything from the sync folder.
func (m Machine) Pulls() {
	m.t.Helper()
	if events, err := m.Open().Pull(m.t.Context(), syncer.Scope{}); err != nil || syncer.ExitCode(events) != 0 {
		m.t.Fatal(events, err)
	}
}

// SessionNumber returns the session id number n.
func SessionNumber(n int) ccsync.SessionID {
	return ccsync.SessionID(fmt.Sprintf("%08d-1111-4111-8111-111111111111", n))
}
