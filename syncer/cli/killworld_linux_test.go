package cli_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/claude"
	"claude-sync/syncer/internal/atomicfile"

	"github.com/google/uuid"
)

// killWorld is a folder with two machines, desktop and laptop, and the sync folder between them. The
// project is a folder without repository, so that no git runs and every call is claude-sync's own.
type killWorld struct {
	t    *testing.T
	root string
}

// killed is the session that all stories are about. One is enough: what a fault does to a session's
// neighbours is the scenarios' business.
const killed = ccsync.SessionID("a0000000-0000-4000-8000-00000000000a")

// newKillWorld sets both machines up and registers the project on both. Claude Code's folder for it is
// there only on the machines that had a turn.
func newKillWorld(t *testing.T) *killWorld {
	t.Helper()
	w := &killWorld{t, filepath.Join(t.TempDir(), "w")}
	for _, m := range []string{"desktop", "laptop"} {
		w.check(os.MkdirAll(w.cwd(m), 0o755))
		w.check(os.MkdirAll(filepath.Join(w.root, m, ".claude", "sessions"), 0o700)) // as every Claude Code of today has it
		w.do(m, "init", filepath.Join(w.root, "Sync"), "--name", m)
		w.do(m, "register")
	}
	return w
}

func (w *killWorld) check(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *killWorld) cwd(machine string) string { return filepath.Join(w.root, machine, "notes") }

// command is claude-sync on a machine. It is this test's own binary, as in the scenarios.
func (w *killWorld) command(machine string, args ...string) *exec.Cmd {
	self, err := exec.LookPath("claude-sync")
	w.check(err)
	c := exec.CommandContext(w.t.Context(), self, args...)
	c.Dir = w.cwd(machine)
	home := filepath.Dir(c.Dir)
	// No cache: whether one is written depends on how long ago the last run was. Nothing else of the environment: what a run does must not depend on who runs the tests. GORACE: a race binary would sleep a second before it ends.
	c.Env = []string{"PATH=" + os.Getenv("PATH"), "PWD=" + c.Dir, "HOME=" + home, "XDG_CONFIG_HOME=" + home + "/.config",
		"XDG_STATE_HOME=" + home + "/.local/state", "XDG_CACHE_HOME=/dev/null", "XDG_RUNTIME_DIR=" + home + "/.run", "GORACE=atexit_sleep_ms=0"}
	return c
}

// do runs a verb that has to succeed, or to leave a conflict.
func (w *killWorld) do(machine string, args ...string) {
	w.t.Helper()
	if got := finish(w.t, w.command(machine, args...)); got.code != 0 && got.code != 3 {
		w.t.Fatalf("%s: claude-sync %q: exit %d: %s", machine, args, got.code, got.stderr)
	}
}

// transcript is where a machine has the session.
func (w *killWorld) transcript(machine string) string {
	store := claude.Store{Dir: filepath.Join(w.root, machine, ".claude")}
	path, err := store.TranscriptPath(w.cwd(machine), killed)
	w.check(err)
	return path
}

// row is written as Claude Code writes: at the end, and in one piece.
func (w *killWorld) row(machine string, row map[string]any) {
	line, err := json.Marshal(row)
	w.check(err)
	path := w.transcript(machine)
	w.check(os.MkdirAll(filepath.Dir(path), 0o755))
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	w.check(err)
	_, err = f.Write(append(line, '\n'))
	w.check(err)
	w.check(f.Close())
}

// turn is one more row of the conversation, so long that a transcript takes more than one write.
func (w *killWorld) turn(machine, text string) {
	w.row(machine, map[string]any{"type": "user", "uuid": uuid.NewSHA1(uuid.UUID{}, []byte(text)).String(), "sessionId": killed,
		"cwd": w.cwd(machine), "timestamp": time.Now().UTC().Format(time.RFC3339Nano),
		"message": map[string]any{"role": "user", "content": text + strings.Repeat(" and so on", 4<<10)}})
}

// glance is a metadata row: the session was looked at.
func (w *killWorld) glance(machine string) {
	w.row(machine, map[string]any{"type": "cost-state", "sessionId": killed, "machine": machine})
}

// diverge makes both machines go on with one session: the laptop's branch is in the sync folder, the
// desktop's is not yet.
func (w *killWorld) diverge() {
	w.turn("desktop", "the beginning")
	w.do("desktop", "push")
	w.do("laptop", "pull")
	w.turn("laptop", "from the laptop")
	w.do("laptop", "push")
	w.turn("desktop", "from the desktop")
}

// litter is what a process that was killed two days ago left in a machine's store: it is swept along with
// the next success.
func (w *killWorld) litter(machine string) {
	path := filepath.Join(filepath.Dir(w.transcript(machine)), "~syncthing~x.jsonl.ccs0123456789abcdef.tmp")
	w.check(os.WriteFile(path, []byte("half a row"), 0o600))
	old := time.Now().Add(-48 * time.Hour)
	w.check(os.Chtimes(path, old, old))
}

// file is one file, or folder, as it was.
type file struct {
	info fs.FileInfo
	text []byte
}

// disk is a folder as it was; the names are relative to it, and folders stand before what they hold.
type disk struct {
	names []string
	files map[string]file
}

// take reads everything below the root.
func (w *killWorld) take() disk {
	w.t.Helper()
	d := disk{files: map[string]file{}}
	w.check(filepath.WalkDir(w.root, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		f := file{info: info}
		if info.Mode().IsRegular() {
			f.text, err = os.ReadFile(path)
		}
		name := strings.TrimPrefix(path, w.root)
		d.names = append(d.names, name)
		d.files[name] = f
		return err
	}))
	return d
}

// put makes the world what it was. Its paths stand in the registries and in Claude Code's folder names,
// so that it cannot be copied to another place; modification times are part of what a pull looks at.
func (w *killWorld) put(d disk) {
	w.t.Helper()
	w.check(os.RemoveAll(w.root))
	for _, name := range d.names {
		f, path := d.files[name], w.root+name
		if f.info.IsDir() {
			w.check(os.Mkdir(path, f.info.Mode().Perm()))
			continue
		}
		w.check(os.WriteFile(path, f.text, f.info.Mode().Perm()))
		w.check(os.Chtimes(path, time.Time{}, f.info.ModTime()))
	}
}

// temps returns the temporary files of ours.
func (d disk) temps() []string {
	var all []string
	for _, name := range d.names {
		if atomicfile.IsTemp(filepath.Base(name)) {
			all = append(all, name)
		}
	}
	return all
}

// contents returns what the files say, but for the temporary ones, which nobody reads: of a pack its members
// and transcript without the time of the export, of a machine file all but id and time, of everything else its bytes. A file that is torn says so,
// and is like no other.
func (d disk) contents() map[string]string {
	all := map[string]string{}
	for _, name := range d.names {
		f := d.files[name]
		if f.info.IsDir() || atomicfile.IsTemp(filepath.Base(name)) {
			continue
		}
		all[name] = content(name, f.text)
	}
	return all
}

func content(name string, text []byte) string {
	switch filepath.Ext(name) {
	case ".json": // another id is made in every run, at another time
		return regexp.MustCompile(`"lastSeen": "[^"]*"|[0-9a-f]{32}`).ReplaceAllString(string(text), "*")
	case ".jsonl":
		if !bytes.HasSuffix(text, []byte("\n")) {
			return fmt.Sprintf("torn: the transcript %s ends within a row, after %d bytes", name, len(text))
		}
	case ".ccsync":
		p, err := ccsync.Open(bytes.NewReader(text), int64(len(text)))
		if err != nil {
			return fmt.Sprintf("torn: the pack %s: %v", name, err)
		}
		// Only reading to the end checks the rest: the number of lines, and that nothing follows.
		body, err := io.ReadAll(p.Body())
		if err != nil {
			return fmt.Sprintf("torn: the pack %s: %v", name, err)
		}
		h := p.Header
		h.ExportedAt = 0
		return fmt.Sprintf("%+v\n%s", h, body)
	}
	return string(text)
}

// rowsOf splits what a transcript or pack says; of other files it returns nothing.
func rowsOf(name, content string) []string {
	switch filepath.Ext(name) {
	case ".jsonl":
		return strings.Split(strings.TrimSuffix(content, "\n"), "\n")
	case ".ccsync":
		return strings.Split(strings.TrimSuffix(content, "\n"), "\n")[1:] // without the header
	}
	return nil
}
