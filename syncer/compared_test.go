package syncer

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/transport"

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
	short, err := m.Glance(w.t.Context(), 1)
	w.check(err)
	if a, b := plans(short), plans(want); a != b {
		w.t.Fatal(fmt.Sprintf("after a glance %s does\n%s\nafter a look\n%s", m.Name, a, b))
	}
	return got
}

// plans is what a pull and a push would do.
func plans(s Snapshot) string {
	var b strings.Builder
	for _, step := range slices.Concat(PlanPull(s, Scope{}), PlanPush(s, Scope{})) {
		versions := step.Session.Versions
		step.Session.Versions = nil
		fmt.Fprintf(&b, "%+v\n%+v\n", step, versions)
	}
	return b.String()
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
				_, err := m.Pull(w.t.Context(), Scope{Overwrite: true})
				w.check(err)
			case "spoil":
				w.spoil(func(b []byte) []byte { return b[:len(b)/2] })
			case "copy":
				w.spoil(func(b []byte) []byte { return append(slices.Clone(b), ' ') })
			case "lose":
				w.check(os.RemoveAll(m.Compared))
			case "move":
				w.movePack(rapid.SampledFrom([]string{"", "evil/", otherKey.Dir() + "/"}).Draw(rt, "folder"))
			case "forge":
				w.check(os.WriteFile(m.Compared, []byte(comparedMagic+"nonsense"), 0o600))
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

// known is what a machine's cache holds.
func (w *world) known(m *Machine) (transcripts, packs, related int) {
	c := m.openCompared()
	defer c.done()
	for folder := range c.sections {
		known := c.section(folder)
		for _, p := range known.packs {
			if p.to != nil {
				related++
			}
		}
		transcripts, packs = transcripts+len(known.transcripts), packs+len(known.packs)
	}
	return transcripts, packs, related
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
	w.check(os.Remove(w.packPath(desktop.packName(testKey, sessionB))))
	w.looked(desktop)
	if a, b, c := w.known(desktop); a != 1 || b != 1 || c != 1 {
		t.Errorf("after its pack is gone it knows %d transcripts, %d packs, %d relations", a, b, c)
	}
}

// Somebody else's cache, one of another version, and one that lost a bit are all as good as none: all of it, or the
// section that is concerned.
func TestCacheThatIsNotOursIsNone(t *testing.T) {
	var file bytes.Buffer
	one := encodeCompared(sampleCompared())
	if err := (comparedFile{}).write(&file, "us", []section{{"a", one}, {"b", one}}); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "compared")
	sections := func(data []byte, whose string) (read int) {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		c := comparedFile{from: f}
		if c.sections, err = contentsOf(f, int64(len(data)), whose); err != nil {
			return 0
		}
		for folder := range c.sections {
			if known := c.section(folder); len(known.packs) == 2 && len(known.transcripts) == 2 {
				read++
			}
		}
		return read
	}
	data := file.Bytes()
	if n := sections(data, "us"); n != 2 {
		t.Fatalf("%d sections of 2", n)
	}
	if n := sections(data, "them"); n != 0 {
		t.Error("another machine's was taken")
	}
	contents := len(data) - 2*len(one)
	for i := range data {
		left := 1
		if i < contents {
			left = 0
		}
		spoilt := slices.Clone(data)
		spoilt[i] ^= 4
		if n := sections(spoilt, "us"); n != left {
			t.Errorf("with another byte %d: %d sections", i, n)
		}
		if n := sections(data[:i], "us"); n != 0 {
			t.Errorf("%d sections of %d of %d bytes", n, i, len(data))
		}
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
	before, err := os.ReadFile(m.Compared)
	w.check(err)
	w.write(m, sessionA, turn("1")+turn("2"))
	w.push(m) // which looks before it writes
	after, err := os.ReadFile(m.Compared)
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
	got, err := decodeCompared(encodeCompared(want))
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

// What has a right checksum may be anything all the same.
func FuzzCache(f *testing.F) {
	data := encodeCompared(sampleCompared())
	f.Add(data[:len(data)-4])
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := decodeCompared(sealed(slices.Clone(text)))
		if err != nil {
			return
		}
		again, err := decodeCompared(encodeCompared(c))
		if err != nil || !slices.EqualFunc(again.packs, c.packs, func(a, b *knownPack) bool { return a.header == b.header && a.title == b.title && a.tag == b.tag }) {
			t.Fatalf("%+v came back as %+v, %v", c, again, err)
		}
	})
}

func FuzzContentsOfTheCache(f *testing.F) {
	var file bytes.Buffer
	if err := (comparedFile{}).write(&file, "us", []section{{"a", []byte("1")}, {"b", []byte("23")}}); err != nil {
		f.Fatal(err)
	}
	f.Add(file.Bytes()[len(comparedMagic)+4:file.Len()-7], int64(3))
	f.Fuzz(func(t *testing.T, contents []byte, more int64) {
		head := binary.LittleEndian.AppendUint32([]byte(comparedMagic), uint32(len(contents)))
		data := sealed(append(head, contents...))
		size := int64(len(data)) + max(0, more)
		sections, err := contentsOf(bytes.NewReader(data), size, "us")
		if err != nil {
			return
		}
		var all int64
		for _, at := range sections {
			if at.size < 0 || at.from < int64(len(data)) || at.from+at.size > size {
				t.Fatalf("of %d bytes: %+v", size, sections)
			}
			all += at.size
		}
		if int64(len(data))+all != size {
			t.Fatalf("of %d bytes: %+v", size, sections)
		}
	})
}
