package engine

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"claude-sync/syncer"
	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/claude"
	"claude-sync/syncer/internal/oserr"
	"claude-sync/syncer/project"
	"claude-sync/syncer/transport"
)

const (
	testKey  = project.Key("name:myapp")
	sessionA = ccsync.SessionID("a0000000-0000-4000-8000-00000000000a")
	sessionB = ccsync.SessionID("b0000000-0000-4000-8000-00000000000b")
)

// world is some machines that share a sync folder, each with a checkout of one project.
type world struct {
	t        failer
	dir      string
	now      time.Time
	machines []*Machine
}

// failer is what the tests of one history and those of many have in common.
type failer interface {
	Helper()
	Fatal(args ...any)
	Context() context.Context
}

func newWorld(t failer, dir string, names ...string) *world {
	t.Helper()
	w := &world{t: t, dir: dir, now: time.Now()}
	folder := transport.NewFolder(filepath.Join(dir, "Sync"))
	w.check(folder.Prepare())
	for _, name := range names {
		home := filepath.Join(dir, name)
		w.check(os.MkdirAll(filepath.Join(home, "myapp"), 0o755))
		w.check(os.MkdirAll(filepath.Join(home, ".claude", "sessions"), 0o700))
		m := New(Options{Name: name, Store: claude.Store{Dir: filepath.Join(home, ".claude")}, Transport: folder,
			Registry: filepath.Join(home, "projects.json"), Installed: filepath.Join(home, "seen.json"), LockFile: filepath.Join(home, "lock")})
		m.Now = func() time.Time { return w.now }
		w.attach(m, testKey, w.cwd(m))
		w.machines = append(w.machines, m)
	}
	return w
}

// turn is a conversation row, glance a metadata row.
func turn(id string) string   { return fmt.Sprintf(`{"type":"user","uuid":%q}`, id) + "\n" }
func glance(id string) string { return fmt.Sprintf(`{"type":"mode","n":%q}`, id) + "\n" }

// rowSet is the rows of a transcript.
func rowSet(text string) map[string]bool {
	set := map[string]bool{}
	for row := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
		set[row] = true
	}
	return set
}

// attach registers a checkout.
func (w *world) attach(m *Machine, key project.Key, cwd string) {
	w.t.Helper()
	_, err := m.attach(w.t.Context(), checkout{key: key, cwd: cwd})
	w.check(err)
}

// unpack returns the transcript in a pack.
func (w *world) unpack(m *Machine, name string) string {
	w.t.Helper()
	p, err := m.packs().Open(w.t.Context(), name)
	w.check(err)
	defer p.Close()
	var text strings.Builder
	_, err = io.Copy(&text, p.Open())
	w.check(err)
	return text.String()
}

func (w *world) check(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) cwd(m *Machine) string { return filepath.Join(filepath.Dir(m.Registry), "myapp") }

func (w *world) path(m *Machine, id ccsync.SessionID) string {
	w.t.Helper()
	path, err := m.Store.TranscriptPath(w.cwd(m), id)
	w.check(err)
	return path
}

// pathIn is where the machine keeps a session of a folder.
func (w *world) pathIn(m *Machine, cwd string, id ccsync.SessionID) string {
	w.t.Helper()
	path, err := m.Store.TranscriptPath(cwd, id)
	w.check(err)
	return path
}

// write makes the transcript of a session.
func (w *world) write(m *Machine, id ccsync.SessionID, text string) {
	w.t.Helper()
	path := w.path(m, id)
	w.check(os.MkdirAll(filepath.Dir(path), 0o755))
	w.check(os.WriteFile(path, []byte(text), 0o600))
}

// read returns the transcript of a session, "" when there is none.
func (w *world) read(m *Machine, id ccsync.SessionID) string {
	w.t.Helper()
	b, err := os.ReadFile(w.path(m, id))
	if err != nil && !oserr.Missing(err) {
		w.t.Fatal(err)
	}
	return string(b)
}

func (w *world) push(m *Machine) []syncer.Event {
	w.t.Helper()
	events, err := m.Push(w.t.Context(), syncer.Scope{})
	w.check(err)
	return events
}

func (w *world) pull(m *Machine) []syncer.Event {
	w.t.Helper()
	events, err := m.Pull(w.t.Context(), syncer.Scope{})
	w.check(err)
	return events
}

func count(events []syncer.Event, k syncer.Kind) int {
	n := 0
	for _, e := range events {
		if e.Kind == k {
			n++
		}
	}
	return n
}

// Whatever bytes a transcript has, they arrive as they are, or the session is refused alone.
func TestEveryTranscriptArrivesByteForByte(t *testing.T) {
	var tenThousand strings.Builder
	for i := range 10_000 {
		fmt.Fprintf(&tenThousand, `{"uuid":"%d","text":"line %d"}`+"\n", i, i)
	}
	noise := bytes.Repeat([]byte{0xff, 0xfe, 0xc3, 0x28, 0x00, 0xed, 0xa0, 0x80}, 10_000)
	for name, text := range map[string]string{
		"ten thousand rows":     tenThousand.String(),
		"a row of 30 MB":        `{"uuid":"1","text":"` + strings.Repeat("0123456789", 3<<20) + "\"}\n" + turn("2"),
		"line separators":       "{\"uuid\":\"1\",\"text\":\"\u2028\u2029\"}\n",
		"surrogate escapes":     `{"uuid":"1","text":"\ud83d \udc00 \udcff"}` + "\n",
		"NUL escapes":           `{"uuid":"1","text":"\u0000"}` + "\n",
		"NUL bytes":             "{\"uuid\":\"1\"}\n\x00\x00\x00\n",
		"CRLF":                  "{\"uuid\":\"1\"}\r\n{\"uuid\":\"2\"}\r\n",
		"blank rows":            "\n\n{\"uuid\":\"1\"}\n\n",
		"bytes that are no UTF": string(noise) + "\n",
		"no final newline":      turn("1") + strings.TrimSuffix(turn("2"), "\n"),
		"a BOM":                 "\ufeff" + turn("1"),
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, t.TempDir(), "desktop", "laptop")
			desktop, laptop := w.machines[0], w.machines[1]
			w.write(desktop, sessionA, text)
			w.write(desktop, sessionB, turn("neighbour"))
			if events := w.push(desktop); count(events, syncer.Pushed) != 2 {
				t.Fatalf("pushed: %+v", events)
			}
			if events := w.pull(laptop); count(events, syncer.Installed) != 2 {
				t.Fatalf("pulled: %+v", events)
			}
			if got := w.read(laptop, sessionA); got != text {
				t.Errorf("%d bytes arrived, %d were sent, or they differ", len(got), len(text))
			}
			if events := append(w.push(laptop), w.pull(desktop)...); len(events) != 0 {
				t.Errorf("afterwards there was still something to do: %+v", events)
			}
		})
	}
}

func TestEmptyOrTornTranscriptsDoNotTravelAndStopNobody(t *testing.T) {
	for name, text := range map[string]string{"empty": "", "torn first row": `{"uuid":"1","te`} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, t.TempDir(), "desktop", "laptop")
			w.write(w.machines[0], sessionA, text)
			w.write(w.machines[0], sessionB, turn("neighbour"))
			if events := w.push(w.machines[0]); count(events, syncer.Pushed) != 1 || len(events) != 1 {
				t.Fatalf("pushed: %+v", events)
			}
			if events := w.pull(w.machines[1]); count(events, syncer.Installed) != 1 || len(events) != 1 {
				t.Fatalf("pulled: %+v", events)
			}
			if _, err := os.Stat(w.path(w.machines[1], sessionA)); !oserr.Missing(err) {
				t.Errorf("something arrived: %v", err)
			}
		})
	}
}

func TestPulledTranscriptHasTheTimeOfItsLastRowAndIsPrivate(t *testing.T) {
	row := func(when time.Time) string {
		return fmt.Sprintf(`{"uuid":"%d","timestamp":%q}`+"\n", when.Unix(), when.UTC().Format(time.RFC3339Nano))
	}
	w := newWorld(t, t.TempDir(), "desktop", "laptop")
	now := w.now.Truncate(time.Millisecond)
	for id, c := range map[ccsync.SessionID]struct{ last, want time.Time }{
		sessionA: {now.Add(-3 * 24 * time.Hour), now.Add(-3 * 24 * time.Hour)},
		sessionB: {now.Add(-40 * 24 * time.Hour), w.now.Add(-15 * 24 * time.Hour)}, // else Claude Code sweeps it at once
	} {
		w.write(w.machines[0], id, row(c.last.Add(-time.Hour))+row(c.last)+glance("no time"))
		w.push(w.machines[0])
		w.pull(w.machines[1])
		info, err := os.Stat(w.path(w.machines[1], id))
		w.check(err)
		if d := info.ModTime().Sub(c.want); d < -time.Second || d > time.Second {
			t.Errorf("%s: got %v, want %v", id, info.ModTime(), c.want)
		}
		if info.Mode().Perm() != 0o600 && os.PathSeparator == '/' {
			t.Errorf("%s: mode %v", id, info.Mode())
		}
	}
}

// state is every file of the world with its time and size.
func (w *world) state() string {
	var b strings.Builder
	w.check(filepath.WalkDir(w.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		fmt.Fprintln(&b, path, info.Size(), info.ModTime().UnixNano(), info.Mode())
		return err
	}))
	return b.String()
}

func TestPullThatChangesNothingWritesNothing(t *testing.T) {
	w := newWorld(t, t.TempDir(), "desktop", "laptop")
	w.write(w.machines[0], sessionA, turn("1"))
	w.push(w.machines[0])
	w.pull(w.machines[1])
	w.write(w.machines[1], sessionB, turn("2"))
	w.push(w.machines[1])
	w.pull(w.machines[0])
	before := w.state()
	for _, m := range w.machines {
		if events := append(w.pull(m), w.push(m)...); len(events) > 0 {
			t.Errorf("%s: %+v", m.Name, events)
		}
	}
	if after := w.state(); after != before {
		t.Errorf("before\n%s\nafter\n%s", before, after)
	}
}

// Not even a transcript that lost its beginning takes rows out of the sync folder.
func TestPushNeverTakesRowsOutOfTheFolder(t *testing.T) {
	w := newWorld(t, t.TempDir(), "desktop", "laptop")
	desktop, laptop := w.machines[0], w.machines[1]
	w.write(desktop, sessionA, turn("1")+glance("a")+turn("2"))
	w.push(desktop)
	w.write(desktop, sessionA, turn("1")+turn("2")+turn("3"))
	w.push(desktop)
	w.pull(laptop)
	if got := rowSet(w.read(laptop, sessionA)); len(got) != 4 {
		t.Errorf("got %v", got)
	}
}

func TestChangeBetweenLookAndReplaceIsNotOverwritten(t *testing.T) {
	w := newWorld(t, t.TempDir(), "desktop")
	m := w.machines[0]
	w.write(m, sessionA, turn("1"))
	ours, err := claude.OpenFile(w.path(m, sessionA), false)
	w.check(err)
	defer ours.Close()
	w.write(m, sessionA, turn("1")+turn("2"))
	_, err = m.Store.Replace(ours, w.now, func(out io.Writer) error {
		_, err := out.Write([]byte(turn("1")))
		return err
	})
	if err == nil || w.read(m, sessionA) != turn("1")+turn("2") {
		t.Errorf("got %v, and the transcript is %q", err, w.read(m, sessionA))
	}
}

func TestLeftoversOfKilledRunsAreSweptADayLater(t *testing.T) {
	w := newWorld(t, t.TempDir(), "desktop", "laptop")
	desktop, laptop := w.machines[0], w.machines[1]
	w.write(desktop, sessionA, turn("1"))
	w.write(laptop, sessionB, turn("2"))
	const name = "~syncthing~x.ccs0123456789abcdef.tmp"
	folder := filepath.Join(w.dir, "Sync")
	laptop.Cache = filepath.Join(w.dir, "laptop", "cache", "compared")
	w.check(os.MkdirAll(filepath.Dir(laptop.Cache), 0o700))
	for _, dir := range []string{folder, filepath.Dir(w.path(laptop, sessionB)), filepath.Dir(laptop.Installed), filepath.Dir(laptop.Cache)} {
		w.check(os.WriteFile(filepath.Join(dir, name), nil, 0o600))
	}
	w.push(desktop)
	if !strings.Contains(w.state(), name) {
		t.Fatal("a young leftover was taken: it may be another process's")
	}
	w.now = w.now.Add(25 * time.Hour)
	w.pull(laptop)
	if strings.Contains(w.state(), name) {
		t.Errorf("left behind:\n%s", w.state())
	}
}
