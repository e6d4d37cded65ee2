package engine

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"claude-sync/syncer"
	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/project"
)

// put writes a file of the sync folder as somebody else would.
func (w *world) putFile(name, text string) {
	w.t.Helper()
	path := filepath.Join(w.dir, "Sync", filepath.FromSlash(name))
	w.check(os.MkdirAll(filepath.Dir(path), 0o755))
	w.check(os.WriteFile(path, []byte(text), 0o600))
}

func packOf(t *testing.T, key project.Key, machine, text string) string {
	t.Helper()
	var b bytes.Buffer
	var c ccsync.LineCounter
	c.Write([]byte(text))
	e, err := ccsync.NewEncoder(&b, ccsync.Header{SessionID: sessionA, ProjectKey: string(key), OriginalCwd: "/x", MachineName: machine, ExportedAt: 1, LineCount: c.Lines()})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if _, err := e.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// A pack that cannot be read to its end is a stray, also of a session that is not here yet, and does not
// keep the healthy pack of the same session from being installed.
func TestBrokenPackDoesNotBlockAHealthyOne(t *testing.T) {
	long := packOf(t, testKey, "evil", turn("1")+turn("2")+turn("3"))
	for name, text := range map[string]string{"cut": long[:len(long)-3], "empty": packOf(t, testKey, "evil", ""),
		"followed by more": long + "x"} {
		w := newWorld(t, t.TempDir(), "desktop", "laptop")
		w.write(w.machines[0], sessionA, turn("1"))
		w.push(w.machines[0])
		w.putFile("evil/x.ccsync", text)
		events := w.pull(w.machines[1])
		if count(events, syncer.Failed) != 0 || count(events, syncer.Strayed) != 1 || w.read(w.machines[1], sessionA) != turn("1") {
			t.Errorf("%s: %+v, and here is %q", name, events, w.read(w.machines[1], sessionA))
		}
	}
}

func TestConflictedCopyIsNoSecondMachine(t *testing.T) {
	w := newWorld(t, t.TempDir(), "desktop", "laptop")
	desktop, laptop := w.machines[0], w.machines[1]
	w.write(desktop, sessionA, turn("1")+turn("by desktop"))
	w.write(laptop, sessionA, turn("1")+turn("by laptop"))
	w.push(desktop)
	name := desktop.packs().Name(testKey, sessionA)
	text, err := os.ReadFile(filepath.Join(w.dir, "Sync", name))
	w.check(err)
	w.putFile(strings.TrimSuffix(name, ".ccsync")+" (laptop's conflicted copy 2026-11-20).ccsync", string(text))
	events, err := laptop.Pull(t.Context(), syncer.Scope{Overwrite: true})
	w.check(err)
	if count(events, syncer.Resolved) != 1 || count(events, syncer.Forked) != 1 || count(events, syncer.Conflicted) != 0 {
		t.Errorf("got %+v", events)
	}
}

// A hostile pack may install a session under another project; from then on it must not keep the real
// project's packs out.
func TestSessionOfTwoProjectsIsServedInBoth(t *testing.T) {
	const other = project.Key("name:zzz")
	w := newWorld(t, t.TempDir(), "desktop", "laptop")
	desktop, laptop := w.machines[0], w.machines[1]
	zzz := filepath.Join(w.dir, "laptop", "zzz")
	w.check(os.MkdirAll(zzz, 0o755))
	w.attach(laptop, other, zzz)
	w.write(desktop, sessionA, turn("1"))
	w.push(desktop)
	w.putFile("evil/x.ccsync", packOf(t, other, "evil", turn("evil")))
	w.pull(laptop)
	w.write(desktop, sessionA, turn("1")+turn("2"))
	w.push(desktop)
	if events := w.pull(laptop); w.read(laptop, sessionA) != turn("1")+turn("2") {
		t.Errorf("%+v, and here is %q", events, w.read(laptop, sessionA))
	}
}

func TestHostileFileNamesAreShownHarmless(t *testing.T) {
	if got := (syncer.Stray{Name: "evil/\x1b[2J\u202ex\n\xff.ccsync"}).Shown(); got != "evil/\uFFFD[2J\uFFFDx\uFFFD\uFFFD.ccsync" {
		t.Errorf("got %q", got)
	}
}
