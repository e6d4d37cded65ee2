package project

import (
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func wantFound(t *testing.T, want map[Key][]string, keys []Key, roots ...string) {
	t.Helper()
	found, err := FindCheckouts(t.Context(), keys, roots)
	got := found.Checkouts
	if err != nil || !maps.EqualFunc(got, want, slices.Equal[[]string]) {
		t.Errorf("got  %v, %v\nwant %v", got, err, want)
	}
	for key, dirs := range got {
		for _, dir := range dirs {
			if p, err := Locate(t.Context(), dir); err != nil || p.Key != key {
				t.Errorf("found %s for %s, where Locate says %s, %v", dir, key, p.Key, err)
			}
		}
	}
}

func TestCheckoutsAreFoundWhereverTheyAre(t *testing.T) {
	home := settle(t)
	near := repo(t, filepath.Join(home, "myapp"), "origin", "git@github.com:You/MyApp.git")
	deep := repo(t, filepath.Join(home, "src", "github.com", "you", "other-name"), "origin", "https://you@github.com/you/myapp")
	repo(t, filepath.Join(home, "src", "fork"), "origin", "git@github.com:them/myapp.git")
	plain := repo(t, filepath.Join(home, "src", "plain"))
	mkdir(t, home, "src", "notes") // no repository: only a name, like a thousand others
	wantFound(t, map[Key][]string{myapp: {near, deep}, "name:plain": {plain}},
		[]Key{myapp, "name:plain", "name:notes", "git:https://host/absent.git"},
		home, filepath.Join(home, "src"), filepath.Join(home, "gone"))
}

func TestANameThatTheConfigurationHidesIsFound(t *testing.T) {
	home := settle(t)
	short := repo(t, filepath.Join(home, "a"), "origin", "w:app")
	run(t, short, "config", "url.https://github.com/you/my.insteadOf", "w:")
	included := repo(t, filepath.Join(home, "b"))
	write(t, filepath.Join(home, "included"), "[remote \"origin\"]\n\turl = https://github.com/you/myapp\n")
	run(t, included, "config", "include.path", filepath.Join(home, "included"))
	wantFound(t, map[Key][]string{myapp: {short, included}}, []Key{myapp}, home)

	encoded := repo(t, filepath.Join(home, "c"), "origin", "https://host/my%20app")
	wantFound(t, map[Key][]string{"git:https://host/my%20app.git": {encoded}}, []Key{"git:https://host/my%20app.git"}, home)
}

func TestAWorkTreeIsACheckoutToo(t *testing.T) {
	home := settle(t)
	dir := repo(t, filepath.Join(home, "myapp"), "origin", "git@github.com:you/myapp.git")
	run(t, dir, "commit", "--quiet", "--allow-empty", "-m", "x")
	tree := filepath.Join(home, "tree")
	run(t, dir, "worktree", "add", "--quiet", tree)
	wantFound(t, map[Key][]string{myapp: {dir, tree}}, []Key{myapp}, home)
}

func TestABareRepositoryIsFoundByItsWorkTrees(t *testing.T) {
	home := settle(t)
	seed := repo(t, filepath.Join(home, ".seed"))
	run(t, seed, "commit", "--quiet", "--allow-empty", "-m", "x")
	var trees []string
	for _, layout := range []string{"a/.bare", "b/.git", "c.git"} {
		bare := filepath.Join(home, filepath.FromSlash(layout))
		run(t, home, "clone", "--quiet", "--bare", seed, bare)
		run(t, bare, "remote", "set-url", "origin", "git@github.com:you/myapp")
		top, _, _ := strings.Cut(layout, "/")
		tree := filepath.Join(home, top, "tree")
		run(t, bare, "worktree", "add", "--quiet", "-b", top, tree)
		gone := filepath.Join(home, top, "gone")
		run(t, bare, "worktree", "add", "--quiet", "-b", "gone-"+top, gone)
		if err := os.RemoveAll(gone); err != nil {
			t.Fatal(err)
		}
		trees = append(trees, tree)
	}
	write(t, filepath.Join(home, "a", ".git"), "gitdir: ./.bare\n")
	sub := mkdir(t, trees[0], "web")
	wantFound(t, map[Key][]string{myapp: trees, myapp + "//web": {sub}}, []Key{myapp, myapp + "//web"}, home)
}

func TestARefusedRepositoryIsNamedIfItMayBeTheCheckout(t *testing.T) {
	home := settle(t)
	dir := repo(t, filepath.Join(home, "a"), "origin", "git@github.com:you/myapp.git")
	another := repo(t, filepath.Join(home, "b"), "origin", "git@github.com:you/myapp.git")
	t.Setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
	for _, want := range [][]Key{{myapp}, {"name:x", myapp + "//web"}} {
		got, err := FindCheckouts(t.Context(), want, []string{home})
		refused := got.Refused[want[len(want)-1]]
		if err != nil || refused == nil || refused.Dir != dir || len(got.Refused) != 1 || len(got.Checkouts) != 0 {
			t.Errorf("%s: got %+v, %v; want git's refusal", want, got, err)
		}
	}
	wantFound(t, nil, []Key{"name:x"}, home)
	run(t, another, "config", "--global", "--add", "safe.directory", another)
	wantFound(t, map[Key][]string{myapp: {another}}, []Key{myapp}, home)
}

func TestASubdirectoryIsFoundInTheCheckoutThatHasIt(t *testing.T) {
	home := settle(t)
	with := repo(t, filepath.Join(home, "with"), "origin", "git@github.com:you/myapp.git")
	repo(t, filepath.Join(home, "without"), "origin", "git@github.com:you/myapp.git")
	// Here the subdirectory has become a repository of its own, and so another project.
	own := repo(t, filepath.Join(home, "own"), "origin", "git@github.com:you/myapp.git")
	repo(t, filepath.Join(own, "web", "app"), "origin", "https://host/app")
	sub := mkdir(t, with, "web", "app")
	wantFound(t, map[Key][]string{myapp + "//web/app": {sub}}, []Key{myapp + "//web/app", myapp + "//gone"}, home)
}

func TestTheSearchStaysOutOf(t *testing.T) {
	for name, path := range map[string]string{
		"hidden folders":       ".cache/myapp",
		"node_modules":         "app/node_modules/myapp",
		"vendor":               "vendor/myapp",
		"Library":              "Library/myapp",
		"repositories":         "outer/myapp",
		"folders too far down": "1/2/3/4/myapp",
	} {
		t.Run(name, func(t *testing.T) {
			home := settle(t)
			repo(t, filepath.Join(home, "outer"))
			repo(t, filepath.Join(home, filepath.FromSlash(path)), "origin", "git@github.com:you/myapp.git")
			wantFound(t, nil, []Key{myapp}, home)
		})
	}
}

func TestARootThatIsARepositoryIsSearchedToo(t *testing.T) {
	home := settle(t)
	repo(t, home, "origin", "https://host/dotfiles")
	dir := repo(t, filepath.Join(home, "1", "2", "3", "myapp"), "origin", "git@github.com:you/myapp.git")
	wantFound(t, map[Key][]string{myapp: {dir}, "git:https://host/dotfiles.git": {home}},
		[]Key{myapp, "git:https://host/dotfiles.git"}, home)
}

func TestTheSearchFollowsNoLinkButARoot(t *testing.T) {
	home := settle(t)
	dir := repo(t, filepath.Join(home, "away", "myapp"), "origin", "git@github.com:you/myapp.git")
	roots := mkdir(t, home, "roots")
	if err := os.Symlink(filepath.Join(home, "away"), filepath.Join(roots, "link")); err != nil {
		if os.Getenv("CI") == "" {
			t.Skip(err)
		}
		t.Fatal(err)
	}
	wantFound(t, nil, []Key{myapp}, roots)
	wantFound(t, map[Key][]string{myapp: {dir}}, []Key{myapp}, filepath.Join(roots, "link"))
}

func TestADamagedRepositoryDoesNotStopTheSearch(t *testing.T) {
	home := settle(t)
	broken := repo(t, filepath.Join(home, "a"), "origin", "git@github.com:you/myapp.git")
	write(t, filepath.Join(broken, ".git", "HEAD"), "")
	write(t, filepath.Join(home, "b", ".git"), "gitdir: /nowhere\n")
	dir := repo(t, filepath.Join(home, "c"), "origin", "git@github.com:you/myapp.git")
	wantFound(t, map[Key][]string{myapp: {dir}}, []Key{myapp}, home)
}

func TestTheSearchLooksAtSoManyFoldersOnly(t *testing.T) {
	s := search{seen: make(map[string]bool)}
	for i := range maxFolders {
		s.seen[strconv.Itoa(i)] = true
	}
	dir := t.TempDir()
	mkdir(t, dir, "below")
	if below, err := s.visit(t.Context(), dir, false); err != nil || len(below) != 0 {
		t.Errorf("got %q, %v; want no more folders", below, err)
	}
}

func TestTheSearchEndsWithoutGitOrContext(t *testing.T) {
	home := settle(t)
	dir := repo(t, filepath.Join(home, "a"), "origin", "git@github.com:you/myapp.git")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := FindCheckouts(ctx, []Key{myapp}, []string{home}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
	t.Setenv("PATH", t.TempDir())
	if _, err := FindCheckouts(t.Context(), []Key{myapp}, []string{home}); !errors.Is(err, ErrNoGit) {
		t.Errorf("got %v, want ErrNoGit", err)
	}
	// Without a candidate git is not started, even in a folder full of other repositories.
	wantFoundNothing := []Key{"git:https://github.com/you/another.git", "name:b"}
	if got, err := FindCheckouts(t.Context(), wantFoundNothing, []string{home, dir}); err != nil || len(got.Checkouts) != 0 {
		t.Errorf("got %v, %v; want nothing", got, err)
	}
	if got, err := FindCheckouts(t.Context(), nil, []string{home}); err != nil || len(got.Checkouts) != 0 {
		t.Errorf("got %v, %v; want nothing", got, err)
	}
}
