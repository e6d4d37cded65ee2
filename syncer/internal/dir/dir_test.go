package dir

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"claude-sync/syncer/internal/stamp"
)

func TestReadKnowsWhatLstatKnows(t *testing.T) {
	dir := t.TempDir()
	for _, err := range []error{os.WriteFile(filepath.Join(dir, "b.x"), []byte("text"), 0o640), os.WriteFile(filepath.Join(dir, "a.x"), nil, 0o400),
		os.WriteFile(filepath.Join(dir, "other"), nil, 0o600), os.Mkdir(filepath.Join(dir, "d.x"), 0o750)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	want := []string{"a.x", "b.x", "d.x"}
	if os.Symlink("nowhere", filepath.Join(dir, "l.x")) == nil {
		want = append(want, "l.x")
	}
	all, err := Read(dir, func(name string) bool { return strings.HasSuffix(name, ".x") })
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range all {
		got = append(got, e.Name)
		info, err := os.Lstat(filepath.Join(dir, e.Name))
		if err != nil || e.Err != nil {
			t.Fatal(err, e.Err)
		}
		if e.Mode != info.Mode() || e.Stamp != stamp.Of(info) || e.Away {
			t.Errorf("got %+v, os.Lstat says %v %+v", e, info.Mode(), stamp.Of(info))
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if _, err := Read(filepath.Join(dir, "none"), nil); !os.IsNotExist(err) {
		t.Errorf("got %v", err)
	}
}

func TestStatIsReadOfNamesThatAreKnown(t *testing.T) {
	dir := t.TempDir()
	for n := range 2 * few {
		if err := os.WriteFile(filepath.Join(dir, strings.Repeat("x", n+1)), []byte("text"), 0o600); err != nil {
			t.Fatal(err)
		}
		all := func(string) bool { return true }
		want, err := Read(dir, all)
		if err != nil || len(want) != n+1 {
			t.Fatal(want, err)
		}
		names, err := Names(dir, all)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Stat(dir, append(names, "gone"))
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%d names: got %+v, %v, want %+v", n+1, got, err, want)
		}
	}
}

func TestEachDoesEveryOneOnce(t *testing.T) {
	for _, n := range []int{0, 1, 2, 1000} {
		done := make([]atomic.Int32, n)
		Each(n, func(i int) { done[i].Add(1) })
		for i := range done {
			if done[i].Load() != 1 {
				t.Fatalf("%d of %d was done %d times", i, n, done[i].Load())
			}
		}
	}
}
