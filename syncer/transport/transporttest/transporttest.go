// Package transporttest is the suite that every transport must pass. It tests everything that syncer relies
// on. It does not prove that a transport is fast, or that packs arrive on other machines.
package transporttest

import (
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"

	"claude-sync/syncer/transport"
)

// Run tests the transport that open returns, with every optional power that it has. Each call of open returns
// a new, empty, usable place.
func Run(t *testing.T, open func(t *testing.T) transport.Transport) {
	t.Run("an empty place lists nothing", func(t *testing.T) {
		if files := list(t, open(t)); len(files) != 0 {
			t.Errorf("got %v", files)
		}
	})
	t.Run("what was committed is listed and read back", func(t *testing.T) { testRoundTrip(t, open(t)) })
	t.Run("a draft is invisible until it is committed", func(t *testing.T) { testInvisible(t, open(t)) })
	t.Run("a discarded draft leaves the old content", func(t *testing.T) { testDiscard(t, open(t)) })
	t.Run("an open content outlives its replacement", func(t *testing.T) { testReplace(t, open(t)) })
	t.Run("a tag tells contents apart", func(t *testing.T) { testTag(t, open(t)) })
	t.Run("names are listed in order", func(t *testing.T) { testOrder(t, open(t)) })
	t.Run("machine files lie apart from packs", func(t *testing.T) { testMachines(t, open(t)) })
	t.Run("names that lead elsewhere are refused", func(t *testing.T) { testNames(t, open(t)) })
	t.Run("a missing file is an error", func(t *testing.T) {
		if c, err := open(t).Open(t.Context(), "p/missing.ccsync"); err == nil {
			c.Close()
			t.Error("opened")
		}
	})
	powers(t, open)
}

const name = "project/session-machine.ccsync"

func list(t *testing.T, tr transport.Transport) []transport.File {
	t.Helper()
	files, err := transport.All(t.Context(), tr)
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func draft(t *testing.T, tr transport.Transport, name, text string) transport.Draft {
	t.Helper()
	d, err := tr.Create(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(d, text); err != nil {
		t.Fatal(err)
	}
	return d
}

func put(t *testing.T, tr transport.Transport, name, text string) {
	t.Helper()
	if err := draft(t, tr, name, text).Commit(); err != nil {
		t.Fatal(err)
	}
}

func get(t *testing.T, tr transport.Transport, name string) string {
	t.Helper()
	c, err := tr.Open(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	return text(t, c)
}

func text(t *testing.T, c transport.Content) string {
	t.Helper()
	b, err := io.ReadAll(io.NewSectionReader(c, 0, c.Size()))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func testRoundTrip(t *testing.T, tr transport.Transport) {
	d := draft(t, tr, name, "count: 0 of many")
	if _, err := d.WriteAt([]byte("7"), 7); err != nil {
		t.Fatal(err)
	}
	if err := d.Commit(); err != nil {
		t.Fatal(err)
	}
	if err := d.Discard(); err != nil {
		t.Errorf("discarding what was committed: %v", err)
	}
	files := list(t, tr)
	if len(files) != 1 || files[0].Name != name || files[0].Size != 16 || files[0].Problem != nil || files[0].ModTime.IsZero() {
		t.Errorf("listed %+v", files)
	}
	if got := get(t, tr, name); got != "count: 7 of many" {
		t.Errorf("read %q", got)
	}
}

func testInvisible(t *testing.T, tr transport.Transport) {
	d := draft(t, tr, name, "half")
	if files := list(t, tr); len(files) != 0 {
		t.Errorf("listed before it was committed: %v", files)
	}
	if err := d.Commit(); err != nil {
		t.Fatal(err)
	}
	if files := list(t, tr); len(files) != 1 {
		t.Errorf("listed afterwards: %v", files)
	}
}

func testDiscard(t *testing.T, tr transport.Transport) {
	put(t, tr, name, "old")
	if err := draft(t, tr, name, "new").Discard(); err != nil {
		t.Fatal(err)
	}
	if got := get(t, tr, name); got != "old" || len(list(t, tr)) != 1 {
		t.Errorf("got %q in %v", got, list(t, tr))
	}
}

func testReplace(t *testing.T, tr transport.Transport) {
	put(t, tr, name, "old")
	c, err := tr.Open(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	d := draft(t, tr, name, "newer")
	err = d.Commit()
	if got := text(t, c); got != "old" {
		t.Errorf("the open content became %q", got)
	}
	if err != nil && runtime.GOOS == "windows" { // which may refuse to replace an open file
		if got := get(t, tr, name); got != "old" {
			t.Errorf("after a refused commit: got %q", got)
		}
		_ = c.Close()
		d = draft(t, tr, name, "newer")
		err = d.Commit()
	}
	if err != nil {
		t.Fatal(err)
	}
	if got := get(t, tr, name); got != "newer" {
		t.Errorf("got %q", got)
	}
}

// testTag checks that two contents have different tags, or none.
func testTag(t *testing.T, tr transport.Transport) {
	put(t, tr, name, "old")
	old, again := list(t, tr)[0], list(t, tr)[0]
	if again.Tag != old.Tag || !again.Written.Equal(old.Written) {
		t.Errorf("the tag of what did not change was %q and is %q", old.Tag, again.Tag)
	}
	put(t, tr, name, "longer")
	if is := list(t, tr)[0]; is.Tag == old.Tag && is.Tag != "" {
		t.Errorf("the tag of another content is %q, too", is.Tag)
	}
}

func testOrder(t *testing.T, tr transport.Transport) {
	for _, n := range []string{"b/2.ccsync", "a/9.ccsync", "b/10.ccsync"} {
		put(t, tr, n, "x")
	}
	var got []string
	for _, f := range list(t, tr) {
		got = append(got, f.Name)
	}
	if want := "a/9.ccsync b/10.ccsync b/2.ccsync"; strings.Join(got, " ") != want {
		t.Errorf("got %v, want %v", got, want)
	}
}

// testMachines checks that a place lists machine files when it is asked for them, and at no other time.
func testMachines(t *testing.T, tr transport.Transport) {
	if files, err := tr.List(t.Context(), transport.Machines); err != nil || len(files) != 0 {
		t.Errorf("an empty place has machine files: %v, %v", files, err)
	}
	put(t, tr, name, "pack")
	put(t, tr, "machines/laptop.json", "{}")
	put(t, tr, "machines/desktop.json", "{ }")
	put(t, tr, "machines/laptop.ccsync", "no machine file")
	if files := list(t, tr); len(files) != 1 || files[0].Name != name {
		t.Errorf("machine files are listed among the packs: %v", files)
	}
	files, err := tr.List(t.Context(), transport.Machines)
	if err != nil || len(files) != 2 || files[0].Name != "machines/desktop.json" || files[1].Name != "machines/laptop.json" {
		t.Fatalf("got %v, %v", files, err)
	}
	if files[0].Size != 3 || files[0].Problem != nil || get(t, tr, files[0].Name) != "{ }" {
		t.Errorf("got %+v, which reads %q", files[0], get(t, tr, files[0].Name))
	}
}

// badNames are names that Create and Remove do not take.
func badNames() []string {
	return []string{"", "x.ccsync", "../x.ccsync", "a/../x.ccsync", "/a/x.ccsync", "a/b/x.ccsync", `a\b/x.ccsync`, "a/.."}
}

func testNames(t *testing.T, tr transport.Transport) {
	for _, n := range badNames() {
		d, err := tr.Create(t.Context(), n)
		if err == nil {
			t.Errorf("%q was taken", n)
			err = errors.Join(d.Discard())
		}
		if err == nil {
			continue
		}
	}
}
