package engine

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"claude-sync/syncer"
	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/project"
	"claude-sync/syncer/transport"
)

const otherKey = project.Key("name:zzz")

// second registers another project on a machine.
func (w *world) second(m *Machine) (cwd string) {
	w.t.Helper()
	cwd = filepath.Join(w.dir, m.Name, "zzz")
	w.check(os.MkdirAll(cwd, 0o755))
	w.attach(m, otherKey, cwd)
	return cwd
}

// A pack belongs to the project that it names, in whatever folder somebody put it, and is no more read again there
// than in its own.
func TestPackCountsInAnyFolder(t *testing.T) {
	for where, folder := range map[string]string{"a folder of nobody's": "evil/", "another project's": otherKey.Dir() + "/", "no folder": ""} {
		t.Run(where, func(t *testing.T) {
			w := newWorld(t, t.TempDir(), "desktop", "laptop")
			desktop, laptop := w.machines[0], w.machines[1]
			w.second(laptop)
			w.write(desktop, sessionA, turn("1"))
			w.push(desktop)
			w.write(laptop, sessionA, turn("1")+turn("2"))
			name := desktop.packs().Name(testKey, sessionA)
			w.check(os.MkdirAll(filepath.Join(w.dir, "Sync", folder), 0o755))
			w.check(os.Rename(w.packPath(name), filepath.Join(w.dir, "Sync", folder+"moved.ccsync")))
			w.remembering()
			s := w.looked(laptop).Projects[0].Sessions
			if len(s) != 1 || s[0].State != syncer.Ahead || len(s[0].Versions) != 1 || s[0].Versions[0].Name != folder+"moved.ccsync" {
				t.Fatalf("got %+v", s)
			}
			var read atomic.Int64
			laptop.Transport = counted{laptop.Transport, &read}
			_, err := laptop.Look(t.Context())
			w.check(err)
			if read.Load() > 0 {
				t.Errorf("%d bytes of it were read again", read.Load())
			}
			w.write(laptop, sessionA, "")
			w.check(os.Remove(w.path(laptop, sessionA)))
			if events := w.pull(laptop); count(events, syncer.Installed) != 1 || len(events) != 1 || w.read(laptop, sessionA) != turn("1") {
				t.Errorf("pulled: %+v", events)
			}
		})
	}
}

// A session has one project on a machine. A pack that names another one, known here or not, installs no second.
func TestPackOfASessionThatBelongsElsewhereIsAStray(t *testing.T) {
	for _, known := range []bool{true, false} {
		t.Run(fmt.Sprint(known), func(t *testing.T) {
			w := newWorld(t, t.TempDir(), "desktop", "laptop")
			laptop := w.machines[1]
			if known {
				w.second(laptop)
			}
			w.write(laptop, sessionA, turn("1"))
			w.putFile(otherKey.Dir()+"/x.ccsync", packOf(t, otherKey, "evil", turn("evil")))
			w.remembering()
			for range 2 {
				s := w.looked(laptop)
				if len(s.Strays) != 1 || !strings.Contains(s.Strays[0].Reason.Error(), "here its session is in "+string(testKey)) || len(s.Waiting) != 0 {
					t.Errorf("strays %+v, waiting %+v", s.Strays, s.Waiting)
				}
			}
			if events := w.pull(laptop); count(events, syncer.Strayed) != 1 || len(events) != 1 {
				t.Errorf("pulled: %+v", events)
			}
		})
	}
}

// What a glance leaves out, nobody has to do or say anything about.
func TestGlanceHasAllThatMatters(t *testing.T) {
	w := newWorld(t, t.TempDir(), "desktop", "laptop")
	desktop, laptop := w.machines[0], w.machines[1]
	ids := several()
	for i, id := range ids {
		w.write(desktop, id, turn(fmt.Sprint(i)))
		at := w.now.Add(-time.Duration(i) * time.Hour)
		w.check(os.Chtimes(w.path(desktop, id), at, at))
	}
	w.push(desktop)
	w.pull(laptop)
	oldest, gone := ids[len(ids)-1], ids[len(ids)-2]
	w.write(laptop, oldest, w.read(laptop, oldest)+turn("more"))
	w.push(laptop)
	w.check(os.Remove(w.path(desktop, gone)))
	all := w.looked(desktop)
	short, err := desktop.LookBrief(t.Context(), 2)
	w.check(err)
	var got []ccsync.SessionID
	for _, s := range short.Projects[0].Sessions {
		got = append(got, s.ID)
	}
	if want := []ccsync.SessionID{ids[0], ids[1], oldest}; !reflect.DeepEqual(got, want) {
		t.Errorf("of %d sessions it has %v, want %v", len(all.Projects[0].Sessions), got, want)
	}
	if !reflect.DeepEqual(short.Machines, []string{"desktop", "laptop"}) || !reflect.DeepEqual(all.Machines, short.Machines) {
		t.Errorf("machines %v", short.Machines)
	}
	events, err := desktop.Pull(t.Context(), syncer.Scope{Session: string(gone)})
	w.check(err)
	if count(events, syncer.Installed) != 1 || w.read(desktop, gone) == "" {
		t.Errorf("an archived one that was asked for: %+v", events)
	}
}

// A look without the sync folder needs none, and knows nothing that the cache is to hold.
func TestLookHereLeavesTheCacheAlone(t *testing.T) {
	w := newWorld(t, t.TempDir(), "desktop")
	m := w.machines[0]
	w.write(m, sessionA, turn("1"))
	w.push(m)
	w.remembering()
	w.looked(m)
	before := w.state()
	alone := *m
	alone.Transport = nil
	s, err := alone.LookLocal(t.Context())
	w.check(err)
	if got := s.Projects[0].Sessions; len(got) != 1 || got[0].State != syncer.LocalOnly || w.state() != before {
		t.Errorf("got %+v, and\n%s\nwas\n%s", got, w.state(), before)
	}
}

// vanishing is a sync folder that is taken away while somebody looks at it.
type vanishing struct {
	transport.Transport
	away func()
}

// Folders implements transport.Transport.
func (v vanishing) Folders(ctx context.Context) ([]string, error) {
	defer v.away()
	return v.Transport.Folders(ctx)
}

func TestFolderThatGoesDuringALookIsNotEmpty(t *testing.T) {
	w := newWorld(t, t.TempDir(), "desktop")
	m := w.machines[0]
	w.write(m, sessionA, turn("1"))
	w.push(m)
	m.Transport = vanishing{m.Transport, func() {
		w.check(os.Rename(filepath.Join(w.dir, "Sync"), filepath.Join(w.dir, "away")))
		w.check(os.Mkdir(filepath.Join(w.dir, "Sync"), 0o700)) // where it was mounted
	}}
	s, err := m.Look(t.Context())
	var gone *transport.UnavailableError
	if !errors.As(err, &gone) || len(s.Projects) > 0 { // or its sessions would count as unsent
		t.Errorf("got %+v, %v", s, err)
	}
}
