package syncer

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestNewFoldersAreThoseThatARegistrationWouldHelp(t *testing.T) {
	lies := func(why ...UnplacedError) Snapshot {
		s := saw()
		for _, w := range why {
			s.Unplaced = append(s.Unplaced, Unplaced{Cwd: w.Cwd, Reason: &w})
		}
		return s
	}
	for _, c := range []struct {
		name string
		look Snapshot
		want string
	}{
		{"all are placed", saw(session("a")), ""},
		{"one", lies(UnplacedError{Cwd: "/code/new"}), "/code/new"},
		{"two sessions of one, and another", lies(UnplacedError{Cwd: "/code/new"}, UnplacedError{Cwd: "/code/b"}, UnplacedError{Cwd: "/code/new"}), "/code/new, /code/b"},
		{"one that is gone", lies(UnplacedError{Cwd: "/old", Gone: true}), ""},
		{"another machine's", lies(UnplacedError{}), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := strings.Join(c.look.NewFolders(), ", "); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestProjectsWithoutCheckoutAreLookedForBesideTheOthers(t *testing.T) {
	below := func(sub string) func(*Project) {
		return func(p *Project) {
			p.Key = keyOf(p.Label + "//" + sub)
			p.Cwds = []Cwd{{Path: "/code/" + p.Label + "/" + sub}}
		}
	}
	for _, c := range []struct {
		name          string
		look          Snapshot
		roots         []string
		keys, folders string
	}{
		{"nothing is registered", saw(), nil, "", ""},
		{"only a root", saw(), []string{"/src"}, "", "/src"},
		{"all is here", saw(repo("myapp")), nil, "", "/code"},
		{"one waits", saw(repo("myapp"), waits("tools", 1, "laptop")), []string{"/src"}, "name:tools", "/src /code"},
		{"the only checkout is gone", saw(repo("myapp", gone)), nil, "name:myapp", "/code"},
		{"one of two is gone", saw(repo("myapp", gone, alsoAt("/new/myapp"))), nil, "", "/code /new"},
		{"gone, but kept on this machine only", saw(repo("myapp", keptHere, gone)), nil, "", "/code"},
		{"two beside each other", saw(repo("myapp"), repo("tools")), []string{"/code"}, "", "/code"},
		{"below the root of its repository", saw(repo("myapp", below("web"))), nil, "", "/code"},
		{"two folders below the root of its repository", saw(repo("myapp", below("web/app"))), nil, "", "/code"},
	} {
		t.Run(c.name, func(t *testing.T) {
			given := slices.Clone(c.roots)
			found, folders := c.look.WithoutCheckout(c.roots)
			var keys []string
			for _, k := range found {
				keys = append(keys, string(k))
			}
			if got := strings.Join(keys, " "); got != c.keys {
				t.Errorf("projects: got %q, want %q", got, c.keys)
			}
			if got := filepath.ToSlash(strings.Join(folders, " ")); got != c.folders {
				t.Errorf("folders: got %q, want %q", got, c.folders)
			}
			if !slices.Equal(c.roots, given) {
				t.Errorf("the roots were changed to %q", c.roots)
			}
		})
	}
}
