package transporttest

import (
	"errors"
	"io"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"time"

	"claude-sync/syncer/transport"
)

// powers tests the optional powers of the transport, and skips those that it does not have.
func powers(t *testing.T, open func(t *testing.T) transport.Transport) {
	t.Run("Batcher: a batch has its names, and is durable after one sync a folder", func(t *testing.T) { testBatch(t, open(t)) })
	t.Run("Batcher: SyncSoon is followed by Commit or Discard, too", func(t *testing.T) { testSyncSoon(t, open(t)) })
	t.Run("Copier: a draft goes on from another file's content", func(t *testing.T) { testCopy(t, open(t)) })
	t.Run("Copier: the content may be another transport's", func(t *testing.T) { testCopyForeign(t, open(t)) })
	t.Run("Sweeper: packs and running drafts stay", func(t *testing.T) { testSweep(t, open(t)) })
	t.Run("Limiter: a short pack is no longer than the longest", func(t *testing.T) { testLongest(t, open(t)) })
	t.Run("Remover: one file goes, its neighbours stay", func(t *testing.T) { testRemove(t, open(t)) })
	t.Run("Keeper: what is set aside is kept, under a name that nobody reads", func(t *testing.T) { testKeep(t, open(t)) })
	t.Run("Preparer: what is prepared is left as it is", func(t *testing.T) { testPrepare(t, open(t)) })
	t.Run("Checker: a usable place is said to be one", func(t *testing.T) { testCheck(t, open(t)) })
}

// with returns v as a P. It skips the test if v does not have that power.
func with[P any](t *testing.T, v any) P {
	t.Helper()
	power, ok := v.(P)
	if !ok {
		t.Skip("the transport does not have this power")
	}
	return power
}

// batch is a transport.Batch that records the folders that were added.
type batch struct {
	dirs  []string
	syncs []func() error
}

// Add implements transport.Batch.
func (b *batch) Add(dir string, sync func() error) {
	if !slices.Contains(b.dirs, dir) {
		b.dirs, b.syncs = append(b.dirs, dir), append(b.syncs, sync)
	}
}

// begin writes a draft and calls its SyncSoon.
func begin(t *testing.T, tr transport.Transport, name, text string) transport.Batcher {
	t.Helper()
	d := draft(t, tr, name, text)
	t.Cleanup(func() { _ = d.Discard() })
	b := with[transport.Batcher](t, d)
	b.SyncSoon()
	return b
}

func testBatch(t *testing.T, tr transport.Transport) {
	texts := map[string]string{"a/1.ccsync": "first", "a/2.ccsync": "second", "b/1.ccsync": "third"}
	put(t, tr, "a/2.ccsync", "old")
	drafts := map[string]transport.Batcher{}
	for name, text := range texts {
		drafts[name] = begin(t, tr, name, text)
	}
	if files := list(t, tr); len(files) != 1 || get(t, tr, "a/2.ccsync") != "old" {
		t.Errorf("SyncSoon is seen: %v", files)
	}
	if one, two, other := drafts["a/1.ccsync"].Dir(), drafts["a/2.ccsync"].Dir(), drafts["b/1.ccsync"].Dir(); one != two || one == other {
		t.Errorf("one folder is called %q and %q, another one %q", one, two, other)
	}
	var b batch
	for name, d := range drafts {
		known := len(b.dirs)
		if err := d.CommitIn(&b); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if len(b.dirs) > known && b.dirs[known] != d.Dir() {
			t.Errorf("%s: Add got %q, Dir says %q", name, b.dirs[known], d.Dir())
		}
		if got := get(t, tr, name); got != texts[name] {
			t.Errorf("%s: got %q, want %q", name, got, texts[name])
		}
	}
	for i, sync := range b.syncs {
		if err := sync(); err != nil {
			t.Errorf("%s: %v", b.dirs[i], err)
		}
	}
	for name, d := range drafts {
		if err := d.Discard(); err != nil {
			t.Errorf("discarding what was committed: %s: %v", name, err)
		}
	}
	if files := list(t, tr); len(files) != len(texts) {
		t.Errorf("listed %v", files)
	}
}

func testSyncSoon(t *testing.T, tr transport.Transport) {
	d := begin(t, tr, name, "dropped")
	if err := d.Discard(); err != nil {
		t.Fatal(err)
	}
	if files := list(t, tr); len(files) != 0 {
		t.Errorf("listed after Discard: %v", files)
	}
	d = begin(t, tr, name, "kept")
	if err := d.Commit(); err != nil {
		t.Fatal(err)
	}
	if got := get(t, tr, name); got != "kept" {
		t.Errorf("got %q", got)
	}
}

func testCopy(t *testing.T, tr transport.Transport) {
	old := "count: 0, " + strings.Repeat("0123456789", 20_000)
	put(t, tr, name, old)
	c, err := tr.Open(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for _, other := range []string{"p/1.ccsync", "p/2.ccsync"} { // one content, used again
		grow(t, tr, other, c)
		if got, want := get(t, tr, other), "count: 7"+old[8:]+" and more"; got != want {
			t.Errorf("got %d bytes, %.20q…, want %d, %.20q…", len(got), got, len(want), want)
		}
	}
	if got := text(t, c); got != old {
		t.Errorf("the content became %.20q…", got)
	}
}

// grow makes a file from a copy of c, with another count and with more text at its end.
func grow(t *testing.T, tr transport.Transport, name string, c transport.Content) {
	t.Helper()
	d, err := tr.Create(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Discard()
	err = with[transport.Copier](t, d).CopyFrom(c)
	_, err2 := io.WriteString(d, " and more")
	_, err3 := d.WriteAt([]byte("7"), 7)
	if err := errors.Join(err, err2, err3, d.Commit()); err != nil {
		t.Fatal(err)
	}
}

// foreign is a content that no transport has opened.
type foreign struct{ *strings.Reader }

// Close implements transport.Content.
func (foreign) Close() error { return nil }

func testCopyForeign(t *testing.T, tr transport.Transport) {
	c := foreign{strings.NewReader("count: 0, from elsewhere")}
	if _, err := c.Seek(5, io.SeekStart); err != nil { // which must not matter to ReadAt
		t.Fatal(err)
	}
	grow(t, tr, name, c)
	if got, want := get(t, tr, name), "count: 7, from elsewhere and more"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// nowForSweep is the clock by which the transport's files got their times.
func nowForSweep() time.Time { return time.Now() }

func testSweep(t *testing.T, tr transport.Transport) {
	s := with[transport.Sweeper](t, tr)
	put(t, tr, name, "pack")
	d := draft(t, tr, "p/running.ccsync", "running")
	now := nowForSweep()
	s.Sweep(now)
	if err := d.Commit(); err != nil {
		t.Errorf("the running draft: %v", err)
	}
	s.Sweep(now.Add(365 * 24 * time.Hour))
	if files := list(t, tr); len(files) != 2 || get(t, tr, name) != "pack" || get(t, tr, "p/running.ccsync") != "running" {
		t.Errorf("left %v", files)
	}
}

func testLongest(t *testing.T, tr transport.Transport) {
	if longest := with[transport.Limiter](t, tr).Longest(); longest < 0 || longest > 0 && longest < 1<<20 {
		t.Errorf("no file over %d bytes", longest)
	}
}

func testRemove(t *testing.T, tr transport.Transport) {
	r := with[transport.Remover](t, tr)
	put(t, tr, name, "pack")
	copied := strings.TrimSuffix(name, transport.Extension) + " (Ann's conflicted copy)" + transport.Extension
	put(t, tr, copied, "copy")
	d := draft(t, tr, copied, "new")
	if err := r.Remove(t.Context(), copied); err != nil {
		t.Fatal(err)
	}
	if files := list(t, tr); len(files) != 1 || get(t, tr, name) != "pack" {
		t.Errorf("left %v", files)
	}
	if err := r.Remove(t.Context(), copied); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("what is gone: got %v", err)
	}
	if err := d.Commit(); err != nil || get(t, tr, copied) != "new" {
		t.Errorf("the draft that ran meanwhile: %v", err)
	}
	for _, n := range badNames() {
		if err := r.Remove(t.Context(), n); err == nil || errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%q was taken: %v", n, err)
		}
	}
}

func testKeep(t *testing.T, tr transport.Transport) {
	k := with[transport.Keeper](t, tr)
	if _, err := k.SetAside(t.Context(), name); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file that is not there: %v", err)
	}
	kept := map[string]string{}
	for _, text := range []string{"first", "second", "", "fourth"} {
		put(t, tr, name, text)
		aside, err := k.SetAside(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		if old, twice := kept[aside]; twice {
			t.Errorf("%q took the place of %q in %s", text, old, aside)
		}
		kept[aside] = text
		for _, f := range list(t, tr) {
			if f.Name != name {
				t.Errorf("listed %s", f.Name)
			}
		}
		put(t, tr, name, "new")
		for aside, text := range kept {
			if got := get(t, tr, aside); got != text {
				t.Errorf("%s holds %q, want %q", aside, got, text)
			}
		}
	}
}

func testPrepare(t *testing.T, tr transport.Transport) {
	p := with[transport.Preparer](t, tr)
	put(t, tr, name, "pack")
	for range 2 {
		if err := p.Prepare(); err != nil {
			t.Fatal(err)
		}
	}
	if files := list(t, tr); len(files) != 1 || get(t, tr, name) != "pack" {
		t.Errorf("left %v", files)
	}
}

func testCheck(t *testing.T, tr transport.Transport) {
	c := with[transport.Checker](t, tr)
	if err := c.Writable(); err != nil {
		t.Errorf("not writable: %v", err)
	}
	if !c.Marked() {
		t.Error("not marked")
	}
	if free, err := c.FreeSpace(); err == nil && free <= 0 {
		t.Errorf("%d bytes are free", free)
	}
	if files := list(t, tr); len(files) != 0 {
		t.Errorf("asking left %v", files)
	}
}
