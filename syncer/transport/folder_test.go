package transport_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"claude-sync/syncer/internal/atomicfile"
	"claude-sync/syncer/transport"
	"claude-sync/syncer/transport/transporttest"
)

func folder(t *testing.T) (*transport.Folder, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "Sync")
	f := transport.NewFolder(dir)
	if err := f.Prepare(); err != nil {
		t.Fatal(err)
	}
	return f, dir
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestFolderIsATransport(t *testing.T) {
	transporttest.Run(t, func(t *testing.T) transport.Transport {
		f, _ := folder(t)
		return f
	})
}

func TestMissingOrEmptiedFolderIsNotAnEmptyOne(t *testing.T) {
	f, dir := folder(t)
	if _, err := transport.All(t.Context(), f); err != nil {
		t.Fatalf("prepared: %v", err)
	}
	for name, change := range map[string]func() error{
		"emptied":     func() error { return os.Remove(filepath.Join(dir, transport.Marker)) },
		"not mounted": func() error { return os.RemoveAll(dir) },
		"a file":      func() error { return os.WriteFile(dir, nil, 0o600) },
	} {
		_ = os.RemoveAll(dir)
		if err := f.Prepare(); err != nil {
			t.Fatal(err)
		}
		if name == "a file" {
			_ = os.RemoveAll(dir)
		}
		if err := change(); err != nil {
			t.Fatal(err)
		}
		var gone *transport.UnavailableError
		if _, err := transport.All(t.Context(), f); !errors.As(err, &gone) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// A sync tool may remove a project's folder at any time, and a drive may go with all of them.
func TestFolderThatWentWhileOthersWereListed(t *testing.T) {
	f, dir := folder(t)
	if files, err := f.List(t.Context(), "gone"); err != nil || len(files) != 0 {
		t.Errorf("got %v, %v", files, err)
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	var gone *transport.UnavailableError
	for _, name := range []string{"gone", ""} {
		if files, err := f.List(t.Context(), name); !errors.As(err, &gone) {
			t.Errorf("%q: got %v, %v", name, files, err)
		}
	}
}

func TestCreateNeverMakesTheFolderItself(t *testing.T) {
	f, dir := folder(t)
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	var gone *transport.UnavailableError
	if _, err := f.Create(t.Context(), "p/s.ccsync"); !errors.As(err, &gone) {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("the folder was made")
	}
}

// A drive that is pulled out leaves its mount point, an empty folder. A pack that is written there reaches
// no other machine, and the next look must not take the mount point for the sync folder.
func TestNothingIsWrittenWithoutTheMarker(t *testing.T) {
	const name = "p/s.ccsync"
	for _, c := range []struct {
		when  string
		put   string // a file that is there besides
		begin bool   // the draft is begun while the marker is still there
		batch bool   // it is committed as part of a batch
	}{
		{when: "before the draft, nothing else there"},
		{when: "before the draft, another pack there", put: "p/other.ccsync"},
		{when: "before the draft, this pack there", put: name},
		{when: "after the draft, nothing else there", begin: true},
		{when: "after the draft, this pack there", begin: true, put: name},
		{when: "after the draft, in a batch", begin: true, put: name, batch: true},
	} {
		t.Run(c.when, func(t *testing.T) {
			f, dir := folder(t)
			if c.put != "" {
				write(t, filepath.Join(dir, c.put), "old")
			}
			var d transport.Draft
			var err error
			if c.begin {
				d, err = f.Create(t.Context(), name)
			}
			if err := errors.Join(err, os.Remove(filepath.Join(dir, transport.Marker))); err != nil {
				t.Fatal(err)
			}
			if c.batch {
				err = errors.Join(d.(transport.Batcher).CommitIn(&atomicfile.Batch{}), d.Discard())
			} else if c.begin {
				err = errors.Join(d.Commit(), d.Discard())
			} else if d, err = f.Create(t.Context(), name); err == nil {
				t.Error("a draft was begun")
				err = d.Commit()
			}
			if gone := (*transport.UnavailableError)(nil); !errors.As(err, &gone) {
				t.Errorf("got error %v", err)
			}
			want := ""
			if c.put == name {
				want = "old"
			}
			if got, _ := os.ReadFile(filepath.Join(dir, name)); string(got) != want {
				t.Errorf("the pack is %q, want %q", got, want)
			}
			left, err := filepath.Glob(filepath.Join(dir, "*", "~*"))
			if len(left) > 0 || err != nil {
				t.Errorf("left behind: %q, %v", left, err)
			}
		})
	}
}

// Another drive may be mounted where the sync folder was, and hold a file of that name.
func TestNothingIsRemovedWithoutTheMarker(t *testing.T) {
	f, dir := folder(t)
	write(t, filepath.Join(dir, "p", "s-m.ccsync"), "x")
	if err := os.Remove(filepath.Join(dir, transport.Marker)); err != nil {
		t.Fatal(err)
	}
	var gone *transport.UnavailableError
	if err := f.Remove(t.Context(), "p/s-m.ccsync"); !errors.As(err, &gone) {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "p", "s-m.ccsync")); err != nil {
		t.Error(err)
	}
}

// Packs alone never make a folder the sync folder: an older claude-sync may have pushed them into a bare mount
// point.
func TestPacksWithoutMarkerWaitForPrepare(t *testing.T) {
	f, dir := folder(t)
	write(t, filepath.Join(dir, "p", "s-m.ccsync"), "x")
	if err := os.Remove(filepath.Join(dir, transport.Marker)); err != nil {
		t.Fatal(err)
	}
	var gone *transport.UnavailableError
	if files, err := transport.All(t.Context(), f); !errors.As(err, &gone) || len(files) > 0 {
		t.Errorf("got %v, %v", files, err)
	}
	if err := f.Prepare(); err != nil {
		t.Fatal(err)
	}
	if files, err := transport.All(t.Context(), f); err != nil || len(files) != 1 {
		t.Errorf("prepared: got %v, %v", files, err)
	}
}

// Older macOS renames a file whose content it moved into iCloud.
func TestAMarkerInTheCloudIsAMarker(t *testing.T) {
	f, dir := folder(t)
	write(t, filepath.Join(dir, "p", "s-m.ccsync"), "x")
	if err := os.Rename(filepath.Join(dir, transport.Marker), filepath.Join(dir, "."+transport.Marker+".icloud")); err != nil {
		t.Fatal(err)
	}
	if files, err := transport.All(t.Context(), f); err != nil || len(files) != 1 || !f.Marked() {
		t.Errorf("got %v, %v; marked %v", files, err, f.Marked())
	}
	if err := f.Prepare(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Lstat(filepath.Join(dir, transport.Marker)); err == nil {
		t.Error("a second marker was made beside the one in the cloud")
	}
}

func TestOnlyPacksAreListedAndOddOnesSayWhy(t *testing.T) {
	f, dir := folder(t)
	in := func(name string) string { return filepath.Join(dir, "p", name) }
	for _, name := range []string{"a.ccsync", "UPPER.CCSYNC", ".hidden.ccsync", "~tmp.ccsync", "notes.txt",
		"~syncthing~a.ccsync.ccs0123456789abcdef.tmp", ".away.ccsync.icloud"} {
		write(t, in(name), "x")
	}
	write(t, filepath.Join(dir, "top.ccsync"), "x")
	write(t, filepath.Join(dir, ".stversions", "old.ccsync"), "x")
	if err := os.Mkdir(in("dir.ccsync"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(in("a.ccsync"), in("link.ccsync")); err != nil {
		t.Fatal(err)
	}
	files, err := transport.All(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, file := range files {
		line := file.Name
		if file.Problem != nil {
			line += ": " + file.Problem.Error()
		}
		got = append(got, line)
	}
	want := "p/UPPER.CCSYNC, p/a.ccsync, p/away.ccsync: not yet downloaded, p/dir.ccsync: it is not a regular file, " +
		"p/link.ccsync: it is a symbolic link, top.ccsync"
	if s := strings.Join(got, ", "); s != want {
		t.Errorf("got  %s\nwant %s", s, want)
	}
}

func TestSymbolicLinksNeverLeadOut(t *testing.T) {
	f, dir := folder(t)
	outside := t.TempDir()
	write(t, filepath.Join(outside, "secret"), "secret")
	if err := os.Symlink(outside, filepath.Join(dir, "out")); err != nil {
		t.Fatal(err)
	}
	if c, err := f.Open(t.Context(), "out/secret"); err == nil {
		c.Close()
		t.Error("read through a link")
	}
	if d, err := f.Create(t.Context(), "out/new.ccsync"); err == nil {
		_ = d.Discard()
		t.Error("would write through a link")
	}
	if files, err := transport.All(t.Context(), f); err != nil || len(files) != 0 {
		t.Errorf("listed %v, %v", files, err)
	}
}

func TestSweepTakesLeftoversInProjectFolders(t *testing.T) {
	f, dir := folder(t)
	old := filepath.Join(dir, "p", "~syncthing~a.ccsync.ccs0123456789abcdef.tmp")
	write(t, old, "x")
	f.Sweep(time.Now())
	if _, err := os.Stat(old); err != nil {
		t.Error("a young one was taken")
	}
	f.Sweep(time.Now().Add(25 * time.Hour))
	if _, err := os.Stat(old); err == nil {
		t.Error("an old one was left")
	}
}

func TestFreeSpaceIsKnown(t *testing.T) {
	f, _ := folder(t)
	if free, err := f.FreeSpace(); err != nil || free <= 0 {
		t.Errorf("got %d, %v", free, err)
	}
}

// A machine file is listed with what is wrong with it, as a pack is. On a stick, names may be in upper case.
func TestMachineFilesOfAFolder(t *testing.T) {
	f, dir := folder(t)
	in := func(name string) string { return filepath.Join(dir, transport.Machines, name) }
	for _, name := range []string{"a.json", "UPPER.JSON", ".hidden.json", "~b.json", "a.json.bak", "~syncthing~a.json.ccs0123456789abcdef.tmp",
		".away.json.icloud", "p.ccsync", ".p.ccsync.icloud"} {
		write(t, in(name), "x")
	}
	write(t, filepath.Join(dir, "p", "x.json"), "no machine's")
	if err := os.Mkdir(in("dir.json"), 0o755); err != nil {
		t.Fatal(err)
	}
	files, err := f.List(t.Context(), transport.Machines)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, file := range files {
		problem := ""
		if file.Problem != nil {
			problem = " " + file.Problem.Error()
		}
		got = append(got, file.Name+problem)
	}
	want := []string{"machines/UPPER.JSON", "machines/a.json", "machines/away.json not yet downloaded", "machines/dir.json it is not a regular file"}
	if slices.Sort(got); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if packs, err := transport.All(t.Context(), f); err != nil || len(packs) != 0 {
		t.Errorf("among the packs: %v, %v", packs, err)
	}
}

func TestMachinesOfTwoNamesNeverShareAFile(t *testing.T) {
	taken := map[string]string{}
	for _, name := range []string{"laptop", "Laptop", "LAPTOP", "laptop-", "laptop~", "my laptop", "my-laptop", "my_laptop", "märz", "marz", "", "..", "a/b", `a\b`, "con"} {
		file := transport.FileName(name)
		if other, twice := taken[file]; twice {
			t.Errorf("%q and %q are both %q", name, other, file)
		}
		if taken[file] = name; strings.Trim(file, "abcdefghijklmnopqrstuvwxyz0123456789-_~") != "" {
			t.Errorf("%q is no file name for every system", file)
		}
	}
	if got := transport.FileName("desktop"); got != "desktop" {
		t.Errorf("got %q", got)
	}
}

// A mount that takes a file only from its beginning to its end is found out without a push.
func TestWritableSaysWhyNotInAPersonsWords(t *testing.T) {
	f, dir := folder(t)
	atomicfile.TestStep = func(step, path string) error {
		if step == "writeat" {
			return fmt.Errorf("writing %s: %w", path, syscall.ESPIPE)
		}
		return nil
	}
	defer func() { atomicfile.TestStep = nil }()
	err := f.Writable()
	if !errors.Is(err, syscall.ESPIPE) || strings.Contains(err.Error(), ".tmp") || !strings.Contains(err.Error(), dir) {
		t.Errorf("got %v", err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 1 {
		t.Errorf("left %v, %v", left, err)
	}
	if err := os.Remove(filepath.Join(dir, transport.Marker)); err != nil {
		t.Fatal(err)
	}
	if err := f.Prepare(); !errors.Is(err, syscall.ESPIPE) || f.Marked() {
		t.Errorf("got %v, and a mark: %v", err, f.Marked())
	}
}
