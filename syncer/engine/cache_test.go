package engine

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"claude-sync/syncer"
	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/scan/cache"
	"claude-sync/syncer/transport"

	"pgregory.net/rapid"
)

// remembering gives every machine a cache, and lets it take no file for young.
func (w *world) remembering() {
	w.now = w.now.Add(time.Hour)
	for _, m := range w.machines {
		m.Cache = filepath.Join(w.dir, m.Name, "compared")
	}
}

// looked is a look with the cache, which has to see what a look without one sees.
func (w *world) looked(m *Machine) syncer.Snapshot {
	w.t.Helper()
	got, err := m.Look(w.t.Context())
	w.check(err)
	forgetful := *m
	forgetful.Cache = ""
	want, err := forgetful.Look(w.t.Context())
	w.check(err)
	if a, b := shown(got), shown(want); a != b {
		w.t.Fatal(fmt.Sprintf("with the cache %s sees\n%s\nwithout it\n%s", m.Name, a, b))
	}
	short, err := m.LookBrief(w.t.Context(), 1)
	w.check(err)
	if a, b := plans(short), plans(want); a != b {
		w.t.Fatal(fmt.Sprintf("after a glance %s does\n%s\nafter a look\n%s", m.Name, a, b))
	}
	return got
}

// plans is what a pull and a push would do.
func plans(s syncer.Snapshot) string {
	var b strings.Builder
	for _, step := range slices.Concat(syncer.PlanPull(s, syncer.Scope{}), syncer.PlanPush(s, syncer.Scope{})) {
		versions := step.Session.Versions
		step.Session.Versions = nil
		fmt.Fprintf(&b, "%+v\n%+v\n", step, versions)
	}
	return b.String()
}

// shown is everything in a snapshot.
func shown(s syncer.Snapshot) string {
	var b strings.Builder
	for _, p := range s.Projects {
		for _, session := range p.Sessions {
			versions := session.Versions
			session.Versions = nil
			fmt.Fprintf(&b, "%s %+v\n", p.Key, session)
			for _, v := range versions {
				fmt.Fprintf(&b, "  %+v\n", v)
			}
		}
	}
	fmt.Fprintf(&b, "%+v\n%+v\n", s.Waiting, s.Strays)
	return b.String()
}

// Whatever happens to the files of two machines, a look that remembers sees what one does that reads it all.
func TestCacheNeverShowsInALook(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		dir, err := os.MkdirTemp("", "compared-*")
		if err != nil {
			rt.Fatal(err)
		}
		defer os.RemoveAll(dir)
		w := newWorld(rt, dir, "desktop", "laptop")
		w.remembering()
		w.second(w.machines[1])
		n := 0
		for range rapid.IntRange(3, 20).Draw(rt, "steps") {
			n++
			m := w.machines[rapid.IntRange(0, 1).Draw(rt, "machine")]
			id := rapid.SampledFrom([]ccsync.SessionID{sessionA, sessionB}).Draw(rt, "session")
			text := w.read(m, id)
			switch rapid.SampledFrom([]string{"turn", "turn", "glance", "torn", "rewrite", "same size", "remove", "push", "push", "pull", "pull", "theirs",
				"spoil", "copy", "lose", "forge", "move"}).Draw(rt, "action") {
			case "turn":
				w.write(m, id, text+turn(fmt.Sprint(n)))
			case "glance":
				w.write(m, id, text+glance(fmt.Sprint(n)))
			case "torn":
				w.write(m, id, text+`{"uuid":"`)
			case "rewrite":
				w.write(m, id, turn(fmt.Sprint(n))+text)
			case "same size":
				w.write(m, id, strings.ToUpper(text))
			case "remove":
				w.check(os.RemoveAll(w.path(m, id)))
			case "push":
				w.push(m)
			case "pull":
				w.pull(m)
			case "theirs":
				_, err := m.Pull(w.t.Context(), syncer.Scope{Overwrite: true})
				w.check(err)
			case "spoil":
				w.spoil(func(b []byte) []byte { return b[:len(b)/2] })
			case "copy":
				w.spoil(func(b []byte) []byte { return append(slices.Clone(b), ' ') })
			case "lose":
				w.check(os.RemoveAll(m.Cache))
			case "move":
				w.movePack(rapid.SampledFrom([]string{"", "evil/", otherKey.Dir() + "/"}).Draw(rt, "folder"))
			case "forge":
				w.check(os.WriteFile(m.Cache, []byte("claude-sync cache 5\nnonsense"), 0o600))
			}
			w.looked(m)
			w.looked(m)
		}
	})
}

// movePack puts the last pack of the sync folder into another folder of it, as a person may.
func (w *world) movePack(folder string) {
	files, err := transport.All(w.t.Context(), w.machines[0].Transport)
	w.check(err)
	if len(files) == 0 {
		return
	}
	name := files[len(files)-1].Name
	w.check(os.MkdirAll(filepath.Join(w.dir, "Sync", folder), 0o755))
	w.check(os.Rename(w.packPath(name), w.packPath(folder+filepath.Base(name))))
}

// spoil changes the first pack in the sync folder.
func (w *world) spoil(how func([]byte) []byte) {
	files, err := transport.All(w.t.Context(), w.machines[0].Transport)
	w.check(err)
	if len(files) == 0 {
		return
	}
	path := filepath.Join(w.dir, "Sync", filepath.FromSlash(files[0].Name))
	data, err := os.ReadFile(path)
	w.check(err)
	w.check(os.WriteFile(path, how(data), 0o600))
}

// known counts the entries of a machine's cache.
func (w *world) known(m *Machine) (transcripts, packs, related int) {
	owner := m.Name + "\x00" + m.Store.Dir + "\x00" + m.Transport.String()
	return cache.Open(m.Cache, owner).Count()
}

// A pull that changes nothing writes nothing, the cache included: other looks keep that.
func TestPullThatChangesNothingLeavesTheCacheAlone(t *testing.T) {
	w := newWorld(t, t.TempDir(), "desktop", "laptop")
	desktop, laptop := w.machines[0], w.machines[1]
	w.write(desktop, sessionA, turn("1"))
	w.push(desktop)
	w.pull(laptop)
	w.remembering() // from now on all of it is old enough to be remembered
	before := w.state()
	if events := w.pull(laptop); len(events) != 0 {
		t.Fatalf("pulled: %+v", events)
	}
	if after := w.state(); after != before {
		t.Errorf("before\n%s\nafter\n%s", before, after)
	}
}

func TestCacheKnowsWhatIsOldAndNothingYoung(t *testing.T) {
	w := newWorld(t, t.TempDir(), "desktop", "laptop")
	desktop := w.machines[0]
	w.write(desktop, sessionA, turn("1"))
	w.write(desktop, sessionB, turn("2"))
	desktop.Cache = filepath.Join(w.dir, "compared")
	w.push(desktop)
	w.looked(desktop)
	if a, b, c := w.known(desktop); a+b+c > 0 {
		t.Errorf("of files that were just written it knows %d transcripts, %d packs, %d relations", a, b, c)
	}
	w.remembering()
	w.looked(desktop)
	if a, b, c := w.known(desktop); a != 2 || b != 2 || c != 2 {
		t.Errorf("of old files it knows %d transcripts, %d packs, %d relations, want 2 of each", a, b, c)
	}
	before := w.state()
	w.looked(desktop)
	if after := w.state(); after != before {
		t.Errorf("nothing changed, but something was written: before\n%s\nafter\n%s", before, after)
	}
	w.check(os.Remove(w.path(desktop, sessionB)))
	w.looked(desktop)
	if a, b, c := w.known(desktop); a != 1 || b != 2 || c != 1 {
		t.Errorf("after one transcript is gone it knows %d transcripts, %d packs, %d relations", a, b, c)
	}
	w.check(os.Remove(w.packPath(desktop.packs().Name(testKey, sessionB))))
	w.looked(desktop)
	if a, b, c := w.known(desktop); a != 1 || b != 1 || c != 1 {
		t.Errorf("after its pack is gone it knows %d transcripts, %d packs, %d relations", a, b, c)
	}
}

// A look writes the sections anew of which something has changed, and takes the others from the old file.
func TestCacheOfOneProjectComesThroughAChangeOfAnother(t *testing.T) {
	w := newWorld(t, t.TempDir(), "desktop")
	m := w.machines[0]
	zzz := w.second(m)
	path, err := m.Store.TranscriptPath(zzz, sessionB)
	w.check(err)
	w.check(os.MkdirAll(filepath.Dir(path), 0o755))
	w.check(os.WriteFile(path, []byte(turn("b")), 0o600))
	w.write(m, sessionA, turn("1"))
	w.push(m)
	w.remembering()
	w.looked(m)
	before, err := os.ReadFile(m.Cache)
	w.check(err)
	w.write(m, sessionA, turn("1")+turn("2"))
	w.push(m) // which looks before it writes
	after, err := os.ReadFile(m.Cache)
	w.check(err)
	if a, b, c := w.known(m); a != 2 || b != 2 || c != 2 || bytes.Equal(after, before) {
		t.Errorf("it knows %d transcripts, %d packs, %d relations", a, b, c)
	}
	w.check(os.RemoveAll(filepath.Join(w.dir, "Sync", otherKey.Dir())))
	w.check(os.Remove(path))
	w.looked(m)
	if a, b, c := w.known(m); a != 1 || b != 1 || c != 1 {
		t.Errorf("after the other is gone it knows %d transcripts, %d packs, %d relations", a, b, c)
	}
}
