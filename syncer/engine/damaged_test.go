package engine

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"claude-sync/syncer"
	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/doctor"
	"claude-sync/syncer/internal/fingerprint"
	"claude-sync/syncer/transport"
)

// damages are what carriers do to a pack. Readable says whether rows can still be read in it.
func damages() map[string]struct {
	do       func(whole []byte) []byte
	readable bool
} {
	type damage = struct {
		do       func(whole []byte) []byte
		readable bool
	}
	lastRow := func(b []byte) int { return strings.LastIndex(string(b), "{") + 5 }
	return map[string]damage{
		"cut in the last row": {func(b []byte) []byte { return b[:lastRow(b)] }, true},
		"zeros from the last row on": {func(b []byte) []byte {
			return append(b[:lastRow(b):lastRow(b)], make([]byte, len(b)-lastRow(b))...)
		}, true},
		"cut in the header": {func(b []byte) []byte { return b[:50] }, false},
	}
}

// A push that mends damaged packs is stopped before each step on the disk, and run again. The damaged file is always
// there, under its name or another one, and in the end each pack has all rows that the transcript has, and all that
// could be read in the damaged one.
func TestAStoppedMendingLosesNothing(t *testing.T) {
	d := newDisk(t)
	for name, c := range damages() {
		t.Run(name, func(t *testing.T) {
			for _, ids := range [][]ccsync.SessionID{{sessionA}, {sessionA, sessionB}} { // one by itself, several in a batch
				for kill, done := 1, false; !done; kill++ {
					done = mendKilled(t, d, c.do, c.readable, ids, kill)
				}
			}
		})
	}
}

func mendKilled(t *testing.T, d *disk, damage func([]byte) []byte, readable bool, ids []ccsync.SessionID, kill int) (done bool) {
	dir, hook, end := d.world()
	defer end()
	w := newWorld(t, dir, "desktop")
	m := w.machines[0]
	whole, torn := map[ccsync.SessionID]string{}, map[ccsync.SessionID]string{}
	for _, id := range ids {
		w.write(m, id, turn("1")+turn("2")+turn("3"))
	}
	w.push(m)
	for _, id := range ids {
		whole[id] = filepath.Join(m.Transport.String(), m.packs().Name(testKey, id))
		b, err := os.ReadFile(whole[id])
		w.check(err)
		torn[id] = string(damage(b))
		w.check(os.WriteFile(whole[id], []byte(torn[id]), 0o600))
		w.write(m, id, turn("1")+turn("4"))
	}
	steps := 0
	hook(func(string, string) error {
		if steps++; steps >= kill {
			return errKilled
		}
		return nil
	})
	_, _ = m.Push(context.Background(), syncer.Scope{})
	hook(nil)
	for _, id := range ids {
		if kept(t, whole[id], torn[id]) == 0 {
			t.Errorf("killed at %d: the damaged file of %s is gone", kill, id)
		}
	}
	w.push(m)
	for _, id := range ids {
		if n := kept(t, whole[id]+".damaged", torn[id]); n != 1 {
			t.Errorf("killed at %d: %d files hold what was damaged", kill, n)
		}
		text := w.unpack(m, m.packs().Name(testKey, id))
		for _, n := range []string{"1", "2", "4"} {
			if (readable || n != "2") && !isRow(text, turn(n)) {
				t.Errorf("killed at %d: row %s is not in %q", kill, n, text)
			}
		}
	}
	return steps < kill
}

// What can be read of the damaged pack is united with the transcript, as if it were a whole pack of those rows.
func TestAMendedPackHoldsTheRowsOfBoth(t *testing.T) {
	for name, c := range map[string]struct{ ours, want string }{
		"the transcript has just these rows":     {turn("1") + turn("2"), turn("1") + turn("2")},
		"the transcript has more":                {turn("1") + turn("2") + turn("4"), turn("1") + turn("2") + turn("4")},
		"the transcript has fewer":               {turn("1"), turn("1") + turn("2")},
		"the transcript has fewer, and metadata": {turn("1") + glance("x"), turn("1") + glance("x") + turn("2")},
		"the transcript was made anew":           {turn("4"), turn("1") + turn("2") + turn("4")},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, t.TempDir(), "desktop")
			m := w.machines[0]
			w.write(m, sessionA, turn("1")+turn("2")+turn("3"))
			w.push(m)
			pack := m.packs().Name(testKey, sessionA)
			path := filepath.Join(m.Transport.String(), pack)
			b, err := os.ReadFile(path)
			w.check(err)
			w.check(os.WriteFile(path, b[:strings.LastIndex(string(b), "{")+5], 0o600))
			w.write(m, sessionA, c.ours)
			other := filepath.Join(filepath.Dir(m.Registry), "copy") // each copy is compared with the pack
			w.check(os.Mkdir(other, 0o755))
			w.attach(m, testKey, other)
			w.check(os.MkdirAll(filepath.Dir(w.pathIn(m, other, sessionA)), 0o755))
			w.check(os.WriteFile(w.pathIn(m, other, sessionA), []byte(c.ours), 0o600))
			snap, err := m.Look(t.Context())
			w.check(err)
			if s := snap.Projects[0].Sessions[0]; len(snap.Strays) != 1 || snap.Strays[0].Later || !s.Unsent() || s.State != syncer.Ahead || len(s.Copies) != 1 {
				t.Errorf("seen as %+v, strays %+v", s, snap.Strays)
			}
			events := w.push(m)
			if got := w.unpack(m, pack); count(events, syncer.Mended) != 1 || got != c.want {
				t.Errorf("%+v; the pack has\n%swant\n%s", events, got, c.want)
			}
			if snap, err := m.Look(t.Context()); err != nil || len(snap.Strays) != 0 {
				t.Errorf("afterwards: %+v, %v", snap.Strays, err)
			}
		})
	}
}

// kept counts the files with a text whose names begin with a path.
func kept(t *testing.T, path, text string) (n int) {
	t.Helper()
	found, err := filepath.Glob(path + "*")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		if b, err := os.ReadFile(f); err == nil && string(b) == text {
			n++
		}
	}
	return n
}

// A pack that becomes whole while a push mends it, because a sync tool brings it after all, is not replaced.
func TestAPackThatArrivesWhileItIsMendedIsLeftAlone(t *testing.T) {
	dir, hook, done := newDisk(t).world()
	defer done()
	w := newWorld(t, dir, "desktop")
	m := w.machines[0]
	w.write(m, sessionA, turn("1")+turn("2"))
	w.push(m)
	path := filepath.Join(m.Transport.String(), m.packs().Name(testKey, sessionA))
	whole, err := os.ReadFile(path)
	w.check(err)
	w.check(os.WriteFile(path, whole[:len(whole)-30], 0o600))
	w.write(m, sessionA, turn("1"))
	hook(func(step, of string) error {
		if step == "create" {
			w.check(os.WriteFile(path, whole, 0o600))
		}
		return nil
	})
	events := w.push(m)
	hook(nil)
	if count(events, syncer.Failed) != 1 || !isRow(w.unpack(m, m.packs().Name(testKey, sessionA)), turn("2")) || kept(t, path+".damaged", string(whole)) > 0 {
		t.Errorf("got %+v", events)
	}
}

// unreadable is a folder in which one file cannot be read, as on a failing disk or a mount whose program was killed.
type unreadable struct {
	*transport.Folder
	name  string
	fails bool
	from  int // reads of fewer bytes succeed
}

type failing struct {
	transport.Content
	from int
}

func (f failing) ReadAt(b []byte, off int64) (int, error) {
	if len(b) < f.from {
		return f.Content.ReadAt(b, off)
	}
	return 0, fmt.Errorf("read x: %w", diskError())
}

// diskError is what this system says of a disk that cannot read.
func diskError() error {
	if runtime.GOOS == "windows" {
		return syscall.Errno(1117) // ERROR_IO_DEVICE
	}
	return syscall.EIO
}

func (u *unreadable) Open(ctx context.Context, name string) (transport.Content, error) {
	c, err := u.Folder.Open(ctx, name)
	if err != nil || name != u.name || !u.fails {
		return c, err
	}
	return failing{c, u.from}, nil
}

func TestAPackThatTheDiskCannotReadIsSetAside(t *testing.T) {
	w := newWorld(t, t.TempDir(), "desktop")
	m := w.machines[0]
	w.write(m, sessionA, turn("1"))
	w.push(m)
	u := &unreadable{Folder: m.Transport.(*transport.Folder), name: m.packs().Name(testKey, sessionA), fails: true}
	m.Transport = u
	snap, err := m.Look(t.Context())
	w.check(err)
	findings := fmt.Sprint(doctor.Diagnose(doctor.Facts{Look: snap, Now: w.now}))
	if !strings.Contains(findings, "claude-sync push --all mends it") || strings.Contains(findings, "wait until") {
		t.Errorf("doctor says %s", findings)
	}
	events := w.push(m)
	u.fails = false
	if count(events, syncer.Mended) != 1 || events[0].Path != u.name+".damaged" || !errors.Is(events[0].Err, diskError()) || w.unpack(m, u.name) != turn("1") {
		t.Errorf("got %+v", events)
	}
	if events := w.push(m); len(events) != 0 {
		t.Errorf("again: %+v", events)
	}
}

// A pack that only grew is not read by a scan, so the push is the first to see that it cannot be read.
func TestAPackThatCannotBeCopiedIsSetAside(t *testing.T) {
	fingerprint.TestMinSize = 1
	t.Cleanup(func() { fingerprint.TestMinSize = 0 })
	w := newWorld(t, t.TempDir(), "desktop")
	m := w.machines[0]
	m.Cache = filepath.Join(t.TempDir(), "cache")
	w.now = w.now.Add(time.Hour)
	long := turn(strings.Repeat("1", 9000))
	w.write(m, sessionA, long)
	w.push(m)
	_, err := m.Look(t.Context())
	w.check(err)
	w.write(m, sessionA, long+turn("2"))
	snap, err := m.Look(t.Context())
	w.check(err)
	m.Transport = &unreadable{Folder: m.Transport.(*transport.Folder), name: m.packs().Name(testKey, sessionA), fails: true, from: 4096}
	events, err := m.PushFrom(t.Context(), snap, syncer.Scope{})
	if base := snap.Projects[0].Sessions[0].Versions[0].Base; base.Size == 0 || count(events, syncer.Mended) != 1 || err != nil {
		t.Errorf("got %+v, %v, on base %+v", events, err, base)
	}
}

// plainTransport has none of the optional powers.
type plainTransport struct{ transport.Transport }

func TestWithoutThePowerToSetAsideADamagedPackIsLeft(t *testing.T) {
	w := newWorld(t, t.TempDir(), "desktop")
	m := w.machines[0]
	w.write(m, sessionA, turn("1"))
	w.push(m)
	folder, name := m.Transport, m.packs().Name(testKey, sessionA)
	m.Transport = plainTransport{folder}
	for text, want := range map[string]syncer.Kind{"{": syncer.Failed, "": syncer.Mended} {
		w.check(os.WriteFile(filepath.Join(folder.String(), name), []byte(text), 0o600))
		w.write(m, sessionA, turn("1")+turn("2"))
		events := w.push(m)
		if count(events, want) != 1 {
			t.Errorf("%q: got %+v", text, events)
		}
		if want == syncer.Failed && events[0].Hint() != "move "+name+" out of the sync folder, then run claude-sync push again" {
			t.Errorf("hint %q", events[0].Hint())
		}
	}
}
