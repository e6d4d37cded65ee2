package engine

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"claude-sync/syncer"
	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/installed"
	"claude-sync/syncer/internal/oserr"
	"claude-sync/syncer/packs"
	"claude-sync/syncer/transport"
)

// What is held here was once otherwise; each test is named for the law that was broken.

// replacePack puts another version of a pack in its place, as a sync tool does.
func (w *world) replacePack(name string, data []byte) {
	w.t.Helper()
	w.check(os.WriteFile(w.packPath(name)+"x", data, 0o600))
	w.check(os.Rename(w.packPath(name)+"x", w.packPath(name)))
}

func TestOnlyThePackThatWasLookedAtGrows(t *testing.T) {
	for name, first := range map[string]string{"whole rows": turn("1"), "an open last row": strings.TrimSuffix(turn("1"), "\n")} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, t.TempDir(), "desktop", "laptop")
			m, laptop := w.machines[0], w.machines[1]
			w.remembering()
			w.write(m, sessionA, first)
			w.push(m)
			pack := m.packs().Name(testKey, sessionA)
			old, err := os.ReadFile(w.packPath(pack))
			w.check(err)
			w.write(m, sessionA, turn("1")+turn("2")+long())
			w.push(m)
			w.looked(m)
			w.appendTo(m, sessionA, turn("last"))
			s := w.looked(m)
			w.replacePack(pack, old)
			events, err := m.PushFrom(t.Context(), s, syncer.Scope{})
			w.check(err)
			if count(events, syncer.Pushed) != 1 || len(events) != 1 {
				t.Errorf("pushed: %+v", events)
			}
			w.pull(laptop)
			if got, want := w.read(laptop, sessionA), w.read(m, sessionA); got != want {
				t.Errorf("%d bytes arrived of %d: %.100q", len(got), len(want), got)
			}
		})
	}
}

func TestAnInstallIsToldWhateverComesAfterIt(t *testing.T) {
	w := newWorld(t, t.TempDir(), "desktop", "laptop", "attic")
	desktop, laptop, attic := w.machines[0], w.machines[1], w.machines[2]
	w.write(desktop, sessionA, turn("1")+turn("2")+turn("3"))
	w.push(desktop)
	data, err := os.ReadFile(w.packPath(desktop.packs().Name(testKey, sessionA)))
	w.check(err)
	short := strings.Replace(strings.Replace(string(data), `"desktop"`, `"laptop"`, 1), "  3,", "  2,", 1)
	w.check(os.WriteFile(w.packPath(laptop.packs().Name(testKey, sessionA)), []byte(short[:len(short)-40]), 0o600)) // still arriving
	events := w.pull(attic)
	if count(events, syncer.Installed) != 1 || count(events, syncer.Strayed) == 0 || w.read(attic, sessionA) == "" {
		t.Errorf("pulled: %+v, and here is %q", events, w.read(attic, sessionA))
	}
	known, err := installed.Record(attic.Installed).Load()
	w.check(err)
	if !known.Has(testKey, sessionA) {
		t.Error("the install was not remembered")
	}
}

// What waits for the disk takes room and open files. A step that cannot be begun beside it has another
// chance when nothing waits.
func TestAFailureBesideWhatWaitsIsTriedAlone(t *testing.T) {
	dir, hook, done := newDisk(t).world()
	defer done()
	w := newWorld(t, dir, "desktop")
	m := w.machines[0]
	ids := several()
	for i, id := range ids {
		w.write(m, id, turn(fmt.Sprint(i)))
	}
	waiting := 0 // temporary files that have no name yet
	hook(func(step, path string) error {
		switch {
		case !strings.HasPrefix(path, filepath.Join(dir, "Sync")):
		case step == "create" && waiting > 2:
			return errors.New("no space left on device")
		case step == "create":
			waiting++
		case step == "rename":
			waiting--
		}
		return nil
	})
	events := w.push(m)
	hook(nil)
	if count(events, syncer.Pushed) != len(ids) || len(events) != len(ids) {
		t.Errorf("%d of %d pushed: %+v", count(events, syncer.Pushed), len(ids), events)
	}
}

func TestOnlyABrokenOwnPackIsToBeMovedAway(t *testing.T) {
	for err, want := range map[error]bool{
		&packs.OwnError{Name: "x.ccsync", Err: oserr.ErrChanged}:             false,
		&packs.OwnError{Name: "x.ccsync", Err: context.Canceled}:             false,
		&packs.OwnError{Name: "x.ccsync", Err: errors.New("too many files")}: false,
		&packs.OwnError{Name: "x.ccsync", Err: transport.ErrNotDownloaded}:   false,
		&packs.OwnError{Name: "x.ccsync", Err: ccsync.ErrTruncated}:          true,
	} {
		if got := strings.Contains(syncer.Hint(err), "out of the sync folder"); got != want {
			t.Errorf("%v: got the hint %q", err, syncer.Hint(err))
		}
	}
}

// looking lets a test do something when a look opens its first pack.
type looking struct {
	transport.Transport
	once func()
}

// Open implements transport.Transport.
func (l *looking) Open(ctx context.Context, name string) (transport.Content, error) {
	if do := l.once; do != nil {
		l.once = nil
		do()
	}
	return l.Transport.Open(ctx, name)
}

func TestATranscriptThatIsAwayForAMomentIsNotRememberedSo(t *testing.T) {
	w := newWorld(t, t.TempDir(), "desktop")
	m := w.machines[0]
	w.remembering()
	w.write(m, sessionA, turn("1"))
	w.push(m)
	w.write(m, sessionA, turn("1")+turn("2"))
	here := filepath.Dir(w.path(m, sessionA))
	m.Transport = &looking{m.Transport, func() { w.check(os.Rename(here, here+".away")) }} // after it was listed
	_, err := m.Look(t.Context())
	w.check(err)
	w.check(os.Rename(here+".away", here)) // none of the transcript's own times tells
	if s := w.looked(m); s.Projects[0].Sessions[0].State != syncer.Ahead {
		t.Errorf("got %v, want %v", s.Projects[0].Sessions[0].State, syncer.Ahead)
	}
}

func TestHugeHeadersAreNotRemembered(t *testing.T) {
	w := newWorld(t, t.TempDir(), "desktop", "laptop")
	desktop, laptop := w.machines[0], w.machines[1]
	w.remembering()
	w.write(desktop, sessionA, turn("1"))
	w.push(desktop)
	name := desktop.packs().Name(testKey, sessionA)
	data, err := os.ReadFile(w.packPath(name))
	w.check(err)
	w.replacePack(name, []byte(strings.Replace(string(data), `"originalCwd": "`, `"originalCwd": "`+strings.Repeat("x", 1<<19), 1)))
	w.looked(laptop)
	if _, packs, _ := w.known(laptop); packs != 0 {
		t.Errorf("%d packs are remembered", packs)
	}
}

// refusing is a transport that, as an object store's client would, refuses a ctx that is done.
type refusing struct{ *transport.Folder }

// Open implements transport.Transport.
func (r refusing) Open(ctx context.Context, name string) (transport.Content, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return r.Folder.Open(ctx, name)
}

func TestWhatIsWrittenGetsItsNameAlsoWhenThePushIsStopped(t *testing.T) {
	w := newWorld(t, t.TempDir(), "desktop")
	m := w.machines[0]
	for i, id := range several() {
		w.write(m, id, turn(fmt.Sprint(i)))
	}
	m.Transport = refusing{m.Transport.(*transport.Folder)}
	ctx, stop := context.WithCancel(t.Context())
	m.Progress = func(p syncer.Progress) {
		if p.Step == 3 {
			stop()
		}
	}
	events, err := m.Push(ctx, syncer.Scope{})
	w.check(err)
	var own *packs.OwnError
	if count(events, syncer.Pushed) < 2 || errors.As(events[0].Err, &own) {
		t.Errorf("pushed: %+v", events)
	}
}
