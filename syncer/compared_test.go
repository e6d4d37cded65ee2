package syncer

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"claude-sync/syncer/ccsync"

	"github.com/zeebo/xxh3"
	"pgregory.net/rapid"
)

// remembering gives every machine a cache, and lets it take no file for young.
func (w *world) remembering() {
	w.now = w.now.Add(time.Hour)
	for _, m := range w.machines {
		m.Compared = filepath.Join(w.dir, m.Name, "compared")
	}
}

// looked is a look with the cache, which has to see what a look without one sees.
func (w *world) looked(m *Machine) Snapshot {
	w.t.Helper()
	got, err := m.Look(w.t.Context())
	w.check(err)
	forgetful := *m
	forgetful.Compared = ""
	want, err := forgetful.Look(w.t.Context())
	w.check(err)
	if a, b := shown(got), shown(want); a != b {
		w.t.Fatal(fmt.Sprintf("with the cache %s sees\n%s\nwithout it\n%s", m.Name, a, b))
	}
	return got
}

// shown is everything in a snapshot.
func shown(s Snapshot) string {
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
		n := 0
		for range rapid.IntRange(3, 20).Draw(rt, "steps") {
			n++
			m := w.machines[rapid.IntRange(0, 1).Draw(rt, "machine")]
			id := rapid.SampledFrom([]ccsync.SessionID{sessionA, sessionB}).Draw(rt, "session")
			text := w.read(m, id)
			switch rapid.SampledFrom([]string{"turn", "turn", "glance", "torn", "rewrite", "same size", "remove", "push", "push", "pull", "pull", "theirs",
				"spoil", "copy", "lose", "forge"}).Draw(rt, "action") {
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
				_, err := m.Pull(w.t.Context(), Scope{Overwrite: true})
				w.check(err)
			case "spoil":
				w.spoil(func(b []byte) []byte { return b[:len(b)/2] })
			case "copy":
				w.spoil(func(b []byte) []byte { return append(slices.Clone(b), ' ') })
			case "lose":
				w.check(os.RemoveAll(m.Compared))
			case "forge":
				w.check(os.WriteFile(m.Compared, []byte(comparedMagic+"nonsense"), 0o600))
			}
			w.looked(m)
			w.looked(m)
		}
	})
}

// spoil changes the first pack in the sync folder.
func (w *world) spoil(how func([]byte) []byte) {
	files, err := w.machines[0].Transport.List(w.t.Context())
	w.check(err)
	if len(files) == 0 {
		return
	}
	path := filepath.Join(w.dir, "Sync", filepath.FromSlash(files[0].Name))
	data, err := os.ReadFile(path)
	w.check(err)
	w.check(os.WriteFile(path, how(data), 0o600))
}

// known is what a machine's cache holds.
func (w *world) known(m *Machine) (transcripts, packs, related int) {
	c := m.loadCompared()
	for _, p := range c.packs {
		if p.to != nil {
			related++
		}
	}
	return len(c.transcripts), len(c.packs), related
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
	desktop.Compared = filepath.Join(w.dir, "compared")
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
}

// Somebody else's cache, one of another version, and one that lost a bit are all as good as none.
func TestCacheThatIsNotOursIsNone(t *testing.T) {
	data := string(encodeCompared(sampleCompared(), "us"))
	if c, err := decodeCompared(data, "us"); err != nil || len(c.packs) != 2 || len(c.transcripts) != 2 {
		t.Fatalf("got %+v, %v", c, err)
	}
	if _, err := decodeCompared(data, "them"); err == nil {
		t.Error("another machine's was taken")
	}
	for i := range data {
		spoilt := []byte(data)
		spoilt[i] ^= 4
		if _, err := decodeCompared(string(spoilt), "us"); err == nil {
			t.Errorf("taken with another byte %d", i)
		}
		if _, err := decodeCompared(data[:i], "us"); err == nil {
			t.Errorf("taken with %d of %d bytes", i, len(data))
		}
	}
}

func sampleCompared() compared {
	var c compared
	one := &knownTranscript{transcriptName{"/store/a", sessionA}, "tag", "Fix login", "/work", false}
	two := &knownTranscript{transcriptName{"/store/a", sessionB}, "gat", "", "/work", false}
	c.transcripts = []*knownTranscript{one, two}
	h := ccsync.Header{SessionID: sessionB, ProjectKey: "name:x", OriginalCwd: "/x", MachineName: "m", ExportedAt: 7, LineCount: 1 << 40}
	c.packs = []*knownPack{{packName: packName{"x/", string(sessionB), "-m.ccsync"}, tag: "t", header: h, to: two, held: true, standing: standing{Ahead, stem{1 << 21, 1 << 63, xxh3.Uint128{Hi: 7, Lo: 1 << 62}}}},
		{packName: splitName("odd.ccsync"), tag: "u", header: h, whole: true, title: "Fix login"}}
	return c
}

func TestCacheComesBackFromItsFile(t *testing.T) {
	want := sampleCompared()
	got, err := decodeCompared(string(encodeCompared(want, "us")), "us")
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got.packs[0].to != got.transcripts[1] {
		t.Error("the pack stands to a transcript that is not in the cache")
	}
}

// What follows a right checksum may be anything all the same.
func FuzzCache(f *testing.F) {
	data := encodeCompared(sampleCompared(), "us")
	f.Add(data[len(comparedMagic) : len(data)-4])
	f.Fuzz(func(t *testing.T, rest []byte) {
		data := comparedMagic + string(rest)
		sum := castagnoli(data)
		c, err := decodeCompared(data+string([]byte{byte(sum), byte(sum >> 8), byte(sum >> 16), byte(sum >> 24)}), "us")
		if err != nil {
			return
		}
		again, err := decodeCompared(string(encodeCompared(c, "us")), "us")
		if err != nil || !slices.EqualFunc(again.packs, c.packs, func(a, b *knownPack) bool { return a.header == b.header && a.title == b.title && a.tag == b.tag }) {
			t.Fatalf("%+v came back as %+v, %v", c, again, err)
		}
	})
}
