package project

import (
	"os"
	"path/filepath"
	"testing"
)

// workspace makes the files of a Jujutsu workspace whose commits are in the git repository target, a path relative to
// the store.
func workspace(t *testing.T, dir, target string) string {
	t.Helper()
	write(t, filepath.Join(dir, ".jj", "repo", "store", "type"), "git")
	write(t, filepath.Join(dir, ".jj", "repo", "store", "git_target"), target)
	return dir
}

func TestAWorkspaceOfJujutsuIsTheRepositoryBehindIt(t *testing.T) {
	home := settle(t)
	store := func(dir string) string { return filepath.Join(dir, ".jj", "repo", "store", "git") }

	alone := workspace(t, filepath.Join(home, "alone"), "git") // jj git clone --no-colocate
	run(t, home, "init", "--quiet", "--bare", store(alone))
	run(t, store(alone), "remote", "add", "origin", "git@github.com:you/myapp")

	second := filepath.Join(home, "second") // jj workspace add ../second
	write(t, filepath.Join(second, ".jj", "repo"), "../../alone/.jj/repo")

	colocated := repo(t, filepath.Join(home, "colocated"), "origin", "https://github.com/you/myapp")
	workspace(t, colocated, "../../../.git")
	third := filepath.Join(home, "third")
	write(t, filepath.Join(third, ".jj", "repo"), filepath.Join(colocated, ".jj", "repo"))

	elsewhere := workspace(t, filepath.Join(home, "elsewhere"), filepath.Join(colocated, ".git")) // jj git init --git-repo
	none := workspace(t, filepath.Join(home, "none"), "git")
	run(t, home, "init", "--quiet", "--bare", store(none))
	inside := workspace(t, filepath.Join(colocated, "inside"), filepath.Join(store(none)))

	for dir, want := range map[string]struct {
		key  Key
		main string
	}{
		alone:     {key: myapp},
		second:    {key: myapp, main: alone},
		colocated: {key: myapp},
		third:     {key: myapp, main: colocated},
		elsewhere: {key: myapp},
		none:      {key: "name:none"},
		inside:    {key: "name:inside"},
	} {
		wantPlace(t, dir, Place{Key: want.key, Root: dir})
		sub := mkdir(t, dir, "web", "app")
		wantPlace(t, sub, Place{Key: want.key + "//web/app", Root: dir})
		p, err := Locate(t.Context(), dir)
		c := Checkout{Cwd: dir, Linked: want.main != "", Main: want.main, Stamp: Stamp(dir)}
		if err != nil || p.Checkout != c {
			t.Errorf("%s: got %+v, %v; want %+v", dir, p.Checkout, err, c)
		}
	}
	wantFound(t, map[Key][]string{myapp: {alone, colocated, elsewhere, second, third}, "name:none": {none}}, []Key{myapp, "name:none"}, home)

	before := Stamp(second)
	run(t, store(alone), "remote", "set-url", "origin", "https://host/x")
	if Stamp(second) == before {
		t.Error("nothing has changed for the second workspace")
	}
	// As with a work tree, what it belongs to can only be guessed.
	if err := os.RemoveAll(store(alone)); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{alone, second} {
		if p, err := Locate(t.Context(), dir); err == nil {
			t.Errorf("a workspace without its repository is %+v", p)
		}
	}
}
