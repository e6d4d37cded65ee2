package cache

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/internal/fingerprint"
	"claude-sync/syncer/transcript"

	"github.com/zeebo/xxh3"
)

const (
	sessionA = ccsync.SessionID("a0000000-0000-4000-8000-00000000000a")
	sessionB = ccsync.SessionID("b0000000-0000-4000-8000-00000000000b")
)

// Somebody else's cache, one of another version, and one that lost a bit are all as good as none: all of it, or the
// section that is concerned.
func TestCacheThatIsNotOursIsNone(t *testing.T) {
	var file bytes.Buffer
	one := encode(sample())
	if err := (File{}).write(&file, "us", []Section{{"a", one}, {"b", one}}); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "cache")
	sections := func(data []byte, owner string) (read int) {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		c := File{from: f}
		if c.sections, err = contentsOf(f, int64(len(data)), owner); err != nil {
			return 0
		}
		for folder := range c.sections {
			if known := c.Entries(folder); len(known.packs) == 2 && len(known.transcripts) == 2 {
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

func sample() Entries {
	var c Entries
	one := &Transcript{transcriptName: transcriptName{"/store/a", sessionA}, tag: "tag", Title: "Fix login", Cwd: "/work", LastCwd: "/work/web", lines: 8}
	two := &Transcript{transcriptName: transcriptName{"/store/a", sessionB}, tag: "gat", Cwd: "/work", Empty: true}
	c.transcripts = []*Transcript{one, two}
	h := ccsync.Header{SessionID: sessionB, ProjectKey: "name:x", OriginalCwd: "/x", MachineName: "m", ExportedAt: 7, LineCount: 1 << 40}
	c.packs = []*Pack{{packName: packName{"x/", string(sessionB), "-m.ccsync"}, tag: "t", header: h, relations: []relation{{two, true, Standing{transcript.Ahead, true, fingerprint.Fingerprint{Size: 1 << 21, Ends: 1 << 63, All: xxh3.Uint128{Hi: 7, Lo: 1 << 62}}}}}},
		{packName: splitName("odd.ccsync"), tag: "u", header: h, complete: true, title: "Fix login", relations: []relation{}}}
	return c
}

func TestCacheComesBackFromItsFile(t *testing.T) {
	want := sample()
	got, err := decode(encode(want))
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got.packs[0].relations[0].to != got.transcripts[1] {
		t.Error("the pack stands to a transcript that is not in the cache")
	}
}

// What has a right checksum may be anything all the same.
func FuzzCache(f *testing.F) {
	data := encode(sample())
	f.Add(data[:len(data)-4])
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := decode(withChecksum(slices.Clone(text)))
		if err != nil {
			return
		}
		again, err := decode(encode(c))
		if err != nil || !slices.EqualFunc(again.packs, c.packs, func(a, b *Pack) bool { return a.header == b.header && a.title == b.title && a.tag == b.tag }) {
			t.Fatalf("%+v came back as %+v, %v", c, again, err)
		}
	})
}

func FuzzContentsOfTheCache(f *testing.F) {
	var file bytes.Buffer
	if err := (File{}).write(&file, "us", []Section{{"a", []byte("1")}, {"b", []byte("23")}}); err != nil {
		f.Fatal(err)
	}
	f.Add(file.Bytes()[len(magic)+4:file.Len()-7], int64(3))
	f.Fuzz(func(t *testing.T, contents []byte, more int64) {
		head := binary.LittleEndian.AppendUint32([]byte(magic), uint32(len(contents)))
		data := withChecksum(append(head, contents...))
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
