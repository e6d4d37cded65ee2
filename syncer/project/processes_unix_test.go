//go:build unix

package project

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// gitCalls makes git log each call. The returned function returns the calls so far, and empties the log.
func gitCalls(t *testing.T) func() []string {
	t.Helper()
	log := filepath.Join(t.TempDir(), "calls")
	script(t, t.TempDir(), "git", `echo "$3 $4" >> "`+log+`"; exec "`+need(t, "git")+`" "$@"`)
	return func() []string {
		text, _ := os.ReadFile(log)
		os.Remove(log)
		return slices.Collect(strings.Lines(string(text)))
	}
}

// A process takes 2 ms on Linux and far more on Windows, and init asks for each folder that Claude Code knows.
func TestLocateStartsGitTwiceAndRarelyOnceMore(t *testing.T) {
	home := settle(t)
	plain := mkdir(t, home, "plain")
	origin := repo(t, filepath.Join(home, "origin"), "origin", "git@github.com:you/myapp.git", "fork", "https://host/a")
	none := repo(t, filepath.Join(home, "none"))
	upstream := repo(t, filepath.Join(home, "several"), "fork", "https://host/a", "upstream", "https://host/b")
	several := repo(t, filepath.Join(home, "more"), "fork", "https://host/a", "x", "https://host/b")
	run(t, none, "commit", "--quiet", "--allow-empty", "-m", "x")
	tree := filepath.Join(home, "tree")
	run(t, none, "worktree", "add", "--quiet", tree)
	bare := mkdir(t, home, "bare")
	run(t, bare, "init", "--quiet", "--bare", ".git")
	for _, c := range []struct {
		name, dir string
		want      int
	}{
		{"no repository", plain, 0},
		{"origin", origin, 2},
		{"below the root", mkdir(t, origin, "a", "b"), 2},
		{"no remote", none, 2},
		{"no origin, but upstream", upstream, 2},
		{"no origin", several, 3},
		{"a work tree", tree, 2},
		{"bare", bare, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			calls := gitCalls(t)
			if _, err := Locate(t.Context(), c.dir); err != nil {
				t.Fatal(err)
			}
			if got := calls(); len(got) != c.want {
				t.Errorf("got %d calls of git, want %d:\n%s", len(got), c.want, strings.Join(got, ""))
			}
		})
	}
}

func TestLocateAllAsksForEachFolderOnceAndKeepsTheOrder(t *testing.T) {
	home := settle(t)
	var cwds []string
	for _, name := range []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"} {
		cwds = append(cwds, repo(t, filepath.Join(home, name), "origin", "https://host/"+name))
	}
	cwds = append(cwds, filepath.Join(home, "gone"), mkdir(t, home, "plain"))
	calls := gitCalls(t)
	all := LocateAll(t.Context(), cwds)
	if got := calls(); len(got) != 20 {
		t.Errorf("got %d calls of git, want 20", len(got))
	}
	for i, cwd := range cwds {
		want, wrong := Locate(t.Context(), cwd)
		if !reflect.DeepEqual(all[i].Place, want) || (all[i].Err == nil) != (wrong == nil) {
			t.Errorf("%s: got %+v, %v; want %+v, %v", cwd, all[i].Place, all[i].Err, want, wrong)
		}
	}
	if got := LocateAll(t.Context(), nil); len(got) != 0 {
		t.Errorf("got %v of no folder", got)
	}
}
