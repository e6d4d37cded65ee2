package project

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// settle gives the test a home of its own, so that settings of this machine do not matter.
func settle(t *testing.T) (home string) {
	t.Helper()
	need(t, "git")
	home, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("HOME", home)
	t.Setenv("USERPROFILE", home)
	t.Setenv("XDG_CONFIG_HOME", filepath.Join(home, ".config"))
	t.Setenv("GIT_CONFIG_NOSYSTEM", "1")
	t.Setenv("GIT_CONFIG_GLOBAL", filepath.Join(home, ".gitconfig"))
	t.Setenv("GIT_CEILING_DIRECTORIES", filepath.Dir(home))
	write(t, filepath.Join(home, ".gitconfig"), "[init]\n\tdefaultBranch = main\n[user]\n\tname = you\n\temail = you@example.org\n[protocol \"file\"]\n\tallow = always\n")
	return home
}

func need(t *testing.T, program string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil && os.Getenv("CI") != "" {
		t.Fatal(err)
	} else if err != nil {
		t.Skip(err)
	}
	return path
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

func mkdir(t *testing.T, elem ...string) string {
	t.Helper()
	dir := filepath.Join(elem...)
	if err := os.MkdirAll(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	return dir
}

// run runs git as a person would.
func run(t *testing.T, dir string, args ...string) {
	t.Helper()
	if out, err := exec.Command("git", append([]string{"-C", dir}, args...)...).CombinedOutput(); err != nil {
		t.Fatalf("git %q: %v\n%s", args, err, out)
	}
}

// repo makes a repository; remotes are pairs of name and URL.
func repo(t *testing.T, dir string, remotes ...string) string {
	t.Helper()
	mkdir(t, dir)
	run(t, dir, "init", "--quiet")
	for pair := range slices.Chunk(remotes, 2) {
		run(t, dir, "remote", "add", pair[0], pair[1])
	}
	return dir
}

// wantPlace is for folders in a repository, wantFolder for all others.
func wantPlace(t *testing.T, cwd string, want Place) {
	t.Helper()
	want.InRepository = true
	wantLocated(t, cwd, want)
}

func wantFolder(t *testing.T, dir string, key Key) {
	t.Helper()
	wantLocated(t, dir, Place{Key: key, Root: dir})
}

func wantLocated(t *testing.T, cwd string, want Place) {
	t.Helper()
	got, err := Locate(t.Context(), cwd)
	if want.Cwd == "" {
		want.Cwd = cwd
	}
	if err != nil || got != want {
		t.Errorf("Locate(%q) =\n%+v, %v; want\n%+v", cwd, got, err, want)
	}
}

const myapp Key = "git:https://github.com/you/myapp.git"

func TestTheRemoteIsOriginElseTheOnlyOneElseTheBranchs(t *testing.T) {
	for name, c := range map[string]struct {
		remotes []string
		config  [][]string
		want    Key
	}{
		"none":            {want: "name:here"},
		"origin":          {remotes: []string{"other", "x:y/z", "origin", "git@github.com:you/myapp.git"}, want: myapp},
		"the only one":    {remotes: []string{"fork", "https://github.com/you/myapp"}, want: myapp},
		"two, no branch":  {remotes: []string{"a", "https://host/a", "b", "https://host/b"}, want: "name:here"},
		"two, one's":      {remotes: []string{"a", "https://host/a", "b/c", "https://host/b"}, config: [][]string{{"branch.main.remote", "b/c"}}, want: "git:https://host/b.git"},
		"two, this one's": {remotes: []string{"a", "https://host/a", "b", "https://host/b"}, config: [][]string{{"branch.main.remote", "."}}, want: "name:here"},
		"several URLs":    {remotes: []string{"origin", "https://host/a"}, config: [][]string{{"--add", "remote.origin.url", "https://host/b"}}, want: "git:https://host/a.git"},
		"insteadOf": {remotes: []string{"origin", "gh:you/myapp"}, want: myapp,
			config: [][]string{{"url.https://me:secret@github.com/.insteadOf", "gh:"}}},
		"only options of a remote": {remotes: []string{"fork", "https://host/a"}, config: [][]string{{"remote.origin.prune", "true"}}, want: "git:https://host/a.git"},
		"options in ~/.gitconfig":  {config: [][]string{{"--global", "remote.origin.prune", "true"}}, want: "name:here"},
		"a partial clone":          {remotes: []string{"origin", "https://host/a"}, config: [][]string{{"remote.origin.promisor", "true"}, {"remote.origin.partialclonefilter", "blob:none"}}, want: "git:https://host/a.git"},
		"another URL for pushing":  {remotes: []string{"a", "https://host/a"}, config: [][]string{{"--add", "remote.a.pushurl", "https://host/b (fetch)"}}, want: "git:https://host/a.git"},
		"only a URL for pushing":   {config: [][]string{{"remote.origin.pushurl", "https://host/b"}}, want: "name:here"},
		"a path":                   {remotes: []string{"origin", "/srv/git/app"}, want: "git:file:///srv/git/app.git"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := repo(t, filepath.Join(settle(t), "here"), c.remotes...)
			for _, args := range c.config {
				run(t, dir, append([]string{"config"}, args...)...)
			}
			wantPlace(t, dir, Place{Key: c.want, Root: dir})
		})
	}
}

func TestDetachedHeadStillHasItsOnlyRemote(t *testing.T) {
	home := settle(t)
	dir := repo(t, filepath.Join(home, "x"), "a", "https://github.com/you/myapp")
	run(t, dir, "commit", "--quiet", "--allow-empty", "-m", "x")
	run(t, dir, "checkout", "--quiet", "--detach")
	wantPlace(t, dir, Place{Key: myapp, Root: dir})
	run(t, dir, "remote", "add", "b", "https://host/b")
	wantPlace(t, dir, Place{Key: "name:x", Root: dir})
}

func TestARelativeRemoteStartsAtTheRoot(t *testing.T) {
	home := settle(t)
	dir := repo(t, filepath.Join(home, "here"), "origin", "../myapp.git")
	sub := mkdir(t, dir, "sub")
	want, err := FromRemote(filepath.Join(home, "myapp.git"))
	if err != nil {
		t.Fatal(err)
	}
	wantPlace(t, sub, Place{Key: want + "//sub", Root: dir})
}

func TestASubdirectoryIsAProjectOfItsOwn(t *testing.T) {
	home := settle(t)
	dir := repo(t, filepath.Join(home, "checkout"), "origin", "git@github.com:you/myapp.git")
	sub := mkdir(t, dir, "web", "my app")
	wantPlace(t, sub, Place{Key: myapp + "//web/my app", Root: dir})
	plain := repo(t, filepath.Join(home, "plain"))
	wantPlace(t, mkdir(t, plain, "a", "b"), Place{Key: "name:plain//a/b", Root: plain})
	decomposed := mkdir(t, dir, "cafe\u0301")
	wantPlace(t, decomposed, Place{Key: myapp + "//café", Root: dir})
}

func TestWorkTreesAndSubmodulesAreTheirOwn(t *testing.T) {
	home := settle(t)
	library := repo(t, filepath.Join(home, "library"), "origin", "https://host/library")
	run(t, library, "commit", "--quiet", "--allow-empty", "-m", "x")
	dir := repo(t, filepath.Join(home, "checkout"), "origin", "git@github.com:you/myapp.git")
	run(t, dir, "commit", "--quiet", "--allow-empty", "-m", "x")

	tree := filepath.Join(home, "tree")
	run(t, dir, "worktree", "add", "--quiet", tree)
	wantPlace(t, tree, Place{Key: myapp, Root: tree})
	wantPlace(t, mkdir(t, tree, "sub"), Place{Key: myapp + "//sub", Root: tree})

	run(t, dir, "submodule", "--quiet", "add", library, "lib")
	lib := filepath.Join(dir, "lib")
	run(t, lib, "remote", "set-url", "origin", "https://host/library")
	wantPlace(t, lib, Place{Key: "git:https://host/library.git", Root: lib})

	// The main repository is gone, so the work tree's project is unknown, and Locate does not guess.
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if p, err := Locate(t.Context(), tree); err == nil {
		t.Errorf("a work tree without its repository is %+v", p)
	}
}

func TestABareRepositoryBesideItsWorkTrees(t *testing.T) {
	home := settle(t)
	top := mkdir(t, home, "myapp")
	run(t, top, "init", "--quiet", "--bare", ".bare")
	write(t, filepath.Join(top, ".git"), "gitdir: ./.bare\n")
	run(t, top, "remote", "add", "origin", "git@github.com:you/myapp.git")
	wantPlace(t, top, Place{Key: myapp, Root: top})
	wantPlace(t, mkdir(t, top, "notes"), Place{Key: myapp + "//notes", Root: top})
	// A bare repository without a .git in it is a folder like any other.
	bare := filepath.Join(top, ".bare")
	wantPlace(t, bare, Place{Key: myapp + "//.bare", Root: top})
}

func TestAFolderWithoutRepositoryNeedsNoGit(t *testing.T) {
	home := settle(t)
	t.Setenv("PATH", t.TempDir())
	dir := mkdir(t, home, "notes")
	wantFolder(t, dir, "name:notes")

	write(t, filepath.Join(home, "app", ".git", "HEAD"), "ref: refs/heads/main\n")
	if p, err := Locate(t.Context(), filepath.Join(home, "app")); !errors.Is(err, ErrNoGit) {
		t.Errorf("got %+v, %v; want ErrNoGit", p, err)
	}
}

func TestAnEmptyDotGitIsNoRepository(t *testing.T) {
	home := settle(t)
	dir := mkdir(t, home, "notes")
	mkdir(t, dir, ".git")
	wantFolder(t, dir, "name:notes")
	wantFolder(t, mkdir(t, dir, "sub"), "name:sub")
}

func TestADamagedRepositoryIsAnError(t *testing.T) {
	dir := repo(t, filepath.Join(settle(t), "app"), "origin", "https://host/app")
	write(t, filepath.Join(dir, ".git", "HEAD"), "") // as a power failure leaves it
	p, err := Locate(t.Context(), dir)
	if err == nil || !strings.Contains(err.Error(), "not a git repository") {
		t.Errorf("got %+v, %v; want git's reason", p, err)
	}
}

func TestAnotherUsersRepositoryIsAnErrorWithGitsReason(t *testing.T) {
	dir := repo(t, filepath.Join(settle(t), "app"), "origin", "https://host/app")
	t.Setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
	p, err := Locate(t.Context(), dir)
	if err == nil || !strings.Contains(err.Error(), "dubious ownership") || strings.Contains(err.Error(), "\n") {
		t.Errorf("got %+v, %v; want git's reason in one line", p, err)
	}
}

func TestAFolderThatIsNotThere(t *testing.T) {
	home := settle(t)
	if _, err := Locate(t.Context(), filepath.Join(home, "gone")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v, want fs.ErrNotExist", err)
	}
	write(t, filepath.Join(home, "file"), "")
	if _, err := Locate(t.Context(), filepath.Join(home, "file")); err == nil {
		t.Error("a file has a project")
	}
}

func TestSymbolicLinksAreResolved(t *testing.T) {
	home := settle(t)
	dir := repo(t, filepath.Join(home, "checkout"), "origin", "https://github.com/you/myapp")
	sub := mkdir(t, dir, "sub")
	link := filepath.Join(home, "link")
	if err := os.Symlink(sub, link); err != nil {
		if os.Getenv("CI") == "" {
			t.Skip(err)
		}
		t.Fatal(err)
	}
	wantPlace(t, link, Place{Key: myapp + "//sub", Root: dir, Cwd: sub})
}

func TestGitsOwnVariablesDoNotLeadElsewhere(t *testing.T) {
	home := settle(t)
	dir := repo(t, filepath.Join(home, "here"), "origin", "https://github.com/you/myapp")
	other := repo(t, filepath.Join(home, "other"), "origin", "https://host/other")
	t.Setenv("GIT_DIR", filepath.Join(other, ".git"))
	t.Setenv("GIT_WORK_TREE", other)
	t.Setenv("GIT_CONFIG_PARAMETERS", "'url.https://host/third.insteadOf=https://github.com/you/myapp'")
	wantPlace(t, dir, Place{Key: myapp, Root: dir})
}

func TestLocateEndsWithItsContext(t *testing.T) {
	dir := repo(t, filepath.Join(settle(t), "here"), "origin", "https://host/x")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if p, err := Locate(ctx, dir); !errors.Is(err, context.Canceled) {
		t.Errorf("got %+v, %v; want context.Canceled", p, err)
	}
}
