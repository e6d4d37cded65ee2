package desktop_test

import (
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/claude"

	"github.com/jezek/xgb"
)

var update = flag.Bool("update", false, "rewrite the README's pictures")

// workshop is the folder in which the real program is built, once for all tests.
var (
	workshop string
	build    = sync.OnceValues(func() (program string, err error) {
		program = filepath.Join(workshop, "claude-sync")
		if out, err := exec.Command("go", "build", "-o", program, "claude-sync").CombinedOutput(); err != nil {
			return "", fmt.Errorf("%w\n%s", err, out)
		}
		return program, nil
	})
)

func TestMain(m *testing.M) {
	// The X servers of these tests use no authorization.
	os.Setenv("XAUTHORITY", os.DevNull)
	xgb.Logger.SetOutput(io.Discard)
	var err error
	if workshop, err = os.MkdirTemp("", "cs"); err != nil {
		panic(err)
	}
	code := m.Run()
	os.RemoveAll(workshop)
	os.Exit(code)
}

// world is two machines that share a folder and the repositories of a third.
type world struct {
	t       *testing.T
	dir     string
	program string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	program, err := build()
	must(t, err)
	w := &world{t, shortFolder(t), program}
	for _, machine := range []string{"desktop", "laptop"} {
		// Claude Code's folder of open sessions. Without it every young transcript would count as open.
		mkdir(t, w.home(machine), ".claude", "sessions")
		write(t, `{"personal":{"path":"`+filepath.Join(w.dir, "Dropbox")+`"}}`, w.home(machine), ".dropbox", "info.json")
	}
	return w
}

func (w *world) home(machine string) string { return filepath.Join(w.dir, machine) }

func (w *world) share() string { return filepath.Join(w.dir, "Dropbox", "claude-sync") }

func (w *world) cwd(machine, repository string) string {
	return filepath.Join(w.home(machine), "code", repository)
}

// says runs a command on a machine, as in a terminal.
func (w *world) says(machine, repository string, args ...string) {
	w.t.Helper()
	c := exec.Command(w.program, args...)
	c.Dir = w.cwd(machine, repository)
	c.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + w.home(machine), "XDG_RUNTIME_DIR=" + mkdir(w.t, w.dir, "run-"+machine)}
	if out, err := c.CombinedOutput(); err != nil {
		w.t.Fatalf("%s on %s: %v\n%s", strings.Join(args, " "), machine, err, out)
	}
}

// clone gives a machine a checkout of a repository.
func (w *world) clone(machine, repository string) {
	w.t.Helper()
	origin, cwd := filepath.Join(w.dir, "origin", repository+".git"), w.cwd(machine, repository)
	commands := [][]string{{"clone", "-q", origin, cwd}, {"-C", cwd, "remote", "set-url", "origin", "https://github.com/you/" + repository + ".git"}}
	if _, err := os.Stat(origin); err != nil {
		commands = append([][]string{{"init", "-q", "--bare", origin}}, commands...)
	}
	for _, args := range commands {
		c := exec.Command("git", args...)
		c.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null")
		if out, err := c.CombinedOutput(); err != nil {
			w.t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
}

// transcript returns the path of a session's transcript.
func (w *world) transcript(machine, repository string, id ccsync.SessionID) string {
	w.t.Helper()
	path, err := claude.Store{Dir: filepath.Join(w.home(machine), ".claude")}.TranscriptPath(w.cwd(machine, repository), id)
	must(w.t, err)
	return path
}

// talks appends a row to a session, as Claude Code does.
func (w *world) talks(machine, repository string, id ccsync.SessionID, row int, text string) {
	w.t.Helper()
	path := w.transcript(machine, repository, id)
	mkdir(w.t, filepath.Dir(path))
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	must(w.t, err)
	fmt.Fprintf(f, `{"type":"user","uuid":"%08d-0000-4000-8000-000000000000","sessionId":"%s","cwd":"%s","timestamp":"2026-11-20T10:00:00.000Z",`+
		`"message":{"role":"user","content":"%s"}}`+"\n", row, id, w.cwd(machine, repository), text)
	must(w.t, f.Close())
}

// read returns a transcript's text, or "" if there is none.
func (w *world) read(machine, repository string, id ccsync.SessionID) string {
	text, _ := os.ReadFile(w.transcript(machine, repository, id))
	return string(text)
}

// packed reports whether the sync folder has a machine's pack of a session.
func (w *world) packed(machine string, id ccsync.SessionID) bool {
	packs, err := filepath.Glob(filepath.Join(w.share(), "*", string(id)+"-"+machine+".ccsync"))
	must(w.t, err)
	return len(packs) == 1
}

func session(n int) ccsync.SessionID {
	return ccsync.SessionID(fmt.Sprintf("%08d-1111-4111-8111-111111111111", n))
}
