package atomicfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestKeepKeepsAFileUnderAnotherName(t *testing.T) {
	noLinks := func(string, string) error { return errors.ErrUnsupported }
	for name, c := range map[string]struct {
		link func(string, string) error
		make func(path string) error
		want []string
	}{
		"as a second name":                     {os.Link, func(p string) error { return os.WriteFile(p, []byte("text"), 0o600) }, []string{"a", "a.kept"}},
		"as a copy, where there are no links":  {noLinks, func(p string) error { return os.WriteFile(p, []byte("text"), 0o600) }, []string{"a", "a.kept"}},
		"as its only name, if it has no bytes": {os.Link, func(p string) error { return os.Mkdir(p, 0o700) }, []string{"a.kept"}},
	} {
		t.Run(name, func(t *testing.T) {
			testLink = c.link
			t.Cleanup(func() { testLink = os.Link })
			path := filepath.Join(t.TempDir(), "a")
			if err := errors.Join(c.make(path), Keep(path, path+".kept")); err != nil {
				t.Fatal(err)
			}
			if got := names(t, filepath.Dir(path)); !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if len(c.want) == 2 && read(t, path+".kept") != "text" {
				t.Errorf("got %q", read(t, path+".kept"))
			}
		})
	}
}

func TestKeepReplacesNoFile(t *testing.T) {
	for name, link := range map[string]func(string, string) error{"links": os.Link, "no links": func(string, string) error { return errors.ErrUnsupported }} {
		t.Run(name, func(t *testing.T) {
			testLink = link
			t.Cleanup(func() { testLink = os.Link })
			path := filepath.Join(t.TempDir(), "a")
			if err := errors.Join(WriteFile(path, []byte("new")), WriteFile(path+".kept", []byte("old"))); err != nil {
				t.Fatal(err)
			}
			if err := Keep(path, path+".kept"); !errors.Is(err, fs.ErrExist) {
				t.Errorf("got %v", err)
			}
			if read(t, path) != "new" || read(t, path+".kept") != "old" {
				t.Errorf("got %q and %q", read(t, path), read(t, path+".kept"))
			}
		})
	}
}
