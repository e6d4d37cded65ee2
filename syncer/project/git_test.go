package project

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
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
	got.Checkout, got.Remotes = Checkout{}, nil // have tests of their own
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("Locate(%q) =\n%+v, %v; want\n%+v", cwd, got, err, want)
	}
}

const myapp Key = "git:https://github.com/you/myapp.git"

func TestWhichRemoteItIs(t *testing.T) {
	const a, b Key = "git:https://host/a.git", "git:https://host/b.git"
	ab := []string{"a", "https://host/a", "b", "https://host/b"}
	for name, c := range map[string]struct {
		remotes []string
		config  [][]string
		want    Key
	}{
		"none":                       {want: "name:here"},
		"origin":                     {remotes: []string{"other", "x:y/z", "origin", "git@github.com:you/myapp.git"}, want: myapp},
		"origin before all others":   {remotes: append([]string{"upstream", "x:y/z", "origin", "https://host/b"}, ab[:2]...), config: [][]string{{"checkout.defaultRemote", "a"}}, want: b},
		"the only one":               {remotes: []string{"fork", "https://github.com/you/myapp"}, want: myapp},
		"the only one, not upstream": {remotes: []string{"fork", "https://github.com/you/myapp"}, config: [][]string{{"checkout.defaultRemote", "gone"}}, want: myapp},
		"the one for such questions": {remotes: append(ab, "upstream", "https://host/u"), config: [][]string{{"checkout.defaultRemote", "b"}}, want: b},
		"upstream":                   {remotes: append(ab, "upstream", "https://host/u"), config: [][]string{{"branch.main.remote", "b"}}, want: "git:https://host/u.git"},
		"two, no branch":             {remotes: ab, want: a},
		"two, the default branch's":  {remotes: []string{"a", "https://host/a", "b/c", "https://host/b"}, config: [][]string{{"branch.main.remote", "b/c"}}, want: b},
		"two, master's":              {remotes: ab, config: [][]string{{"branch.master.remote", "b"}, {"branch.topic.remote", "a"}}, want: b},
		"two, by init.defaultBranch": {remotes: ab, config: [][]string{{"init.defaultBranch", "trunk"}, {"branch.trunk.remote", "b"}}, want: b},
		"two, this folder's":         {remotes: ab, config: [][]string{{"branch.main.remote", "."}}, want: a},
		"two, only a topic's":        {remotes: ab, config: [][]string{{"branch.topic.remote", "b"}}, want: a},
		"several URLs":               {remotes: []string{"origin", "https://host/a"}, config: [][]string{{"--add", "remote.origin.url", "https://host/b"}}, want: a},
		"a URL taken back":           {remotes: []string{"origin", "https://host/a"}, config: [][]string{{"--add", "remote.origin.url", ""}, {"--add", "remote.origin.url", "https://host/b"}}, want: b},
		"only options of a remote":   {remotes: []string{"fork", "https://host/a"}, config: [][]string{{"remote.origin.prune", "true"}}, want: a},
		"options in ~/.gitconfig":    {config: [][]string{{"--global", "remote.origin.prune", "true"}}, want: "name:here"},
		"a partial clone":            {remotes: []string{"origin", "https://host/a"}, config: [][]string{{"remote.origin.promisor", "true"}, {"remote.origin.partialclonefilter", "blob:none"}}, want: a},
		"another URL for pushing":    {remotes: []string{"a", "https://host/a"}, config: [][]string{{"--add", "remote.a.pushurl", "https://host/b"}}, want: a},
		"only a URL for pushing":     {config: [][]string{{"remote.origin.pushurl", "https://host/b"}}, want: "name:here"},
		"a path":                     {remotes: []string{"origin", "/srv/git/app"}, want: "git:file:///srv/git/app.git"},
		"a value over two lines":     {remotes: ab, config: [][]string{{"alias.x", "!f() {\nremote.origin.url\n}"}}, want: a},
		"insteadOf, a shorthand":     {remotes: []string{"origin", "gh:you/myapp"}, want: myapp, config: [][]string{{"url.https://me:secret@github.com/.insteadOf", "gh:"}}},
		"insteadOf, like a scheme":   {remotes: []string{"origin", "gh://you/myapp"}, want: myapp, config: [][]string{{"--global", "url.git@github.com:.insteadOf", "gh://"}}},
		"insteadOf, the longest":     {remotes: []string{"origin", "gh:you/myapp"}, want: myapp, config: [][]string{{"url.https://host/.insteadOf", "gh:"}, {"url.git@github.com:you/.insteadOf", "gh:you/"}}},
		"insteadOf, the first":       {remotes: []string{"origin", "gh:you/myapp"}, want: myapp, config: [][]string{{"url.git@github.com:you/.insteadOf", "gh:you/"}, {"url.https://host/.insteadOf", "gh:"}}},
		"insteadOf, a mirror":        {remotes: []string{"origin", "https://github.com/you/myapp"}, want: myapp, config: [][]string{{"--global", "url.https://mirror.example/.insteadOf", "https://github.com/"}}},
		"insteadOf, a mirror by ssh": {remotes: []string{"origin", "git@github.com:you/myapp"}, want: myapp, config: [][]string{{"url.ssh://mirror.example/x/.insteadOf", "git@github.com:"}}},
		"insteadOf, ssh for https":   {remotes: []string{"origin", "https://github.com/you/myapp"}, want: myapp, config: [][]string{{"url.git@github.com:.insteadOf", "https://github.com/"}}},
		"insteadOf, only for pushes": {remotes: []string{"origin", "gh:you/myapp"}, want: "git:https://gh/you/myapp.git", config: [][]string{{"url.https://github.com/.pushInsteadOf", "gh:"}}},
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

func TestTheBranchThatIsCheckedOutDecidesNothing(t *testing.T) {
	home := settle(t)
	dir := repo(t, filepath.Join(home, "x"), "a", "https://host/a", "github", "https://github.com/you/myapp")
	run(t, dir, "commit", "--quiet", "--allow-empty", "-m", "x")
	run(t, dir, "config", "branch.main.remote", "github")
	wantPlace(t, dir, Place{Key: myapp, Root: dir})
	run(t, dir, "checkout", "--quiet", "-b", "topic")
	run(t, dir, "config", "branch.topic.remote", "a")
	wantPlace(t, dir, Place{Key: myapp, Root: dir})
	run(t, dir, "checkout", "--quiet", "--detach")
	wantPlace(t, dir, Place{Key: myapp, Root: dir})
}

func TestTheRemoteThatWasClonedHasTheDefaultBranch(t *testing.T) {
	home := settle(t)
	library := repo(t, filepath.Join(home, "library"))
	run(t, library, "commit", "--quiet", "--allow-empty", "-m", "x")
	run(t, library, "branch", "--quiet", "-m", "develop")
	run(t, home, "clone", "--quiet", "-o", "company/git", library, "clone")
	dir := filepath.Join(home, "clone")
	run(t, dir, "remote", "set-url", "company/git", "git@github.com:you/myapp")
	run(t, dir, "remote", "rename", "company/git", "z")
	run(t, dir, "remote", "add", "fork", library)
	run(t, dir, "config", "branch.main.remote", "fork")
	wantPlace(t, dir, Place{Key: myapp, Root: dir})
	run(t, dir, "config", "--unset", "branch.develop.remote")
	wantPlace(t, dir, Place{Key: myapp, Root: dir})
	run(t, dir, "config", "branch.develop.remote", "z")
	// Git 2.48 learns the default branch of every remote that it fetches.
	run(t, dir, "fetch", "--quiet", "fork")
	run(t, dir, "remote", "set-head", "fork", "develop")
	wantPlace(t, dir, Place{Key: myapp, Root: dir})
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
	wantPlace(t, filepath.Join(top, ".bare"), Place{Key: myapp, Root: filepath.Join(top, ".bare")})
}

func TestWhatKindOfCheckoutItIs(t *testing.T) {
	home := settle(t)
	commit := []string{"commit", "--quiet", "--allow-empty", "-m", "x"}
	dir := repo(t, filepath.Join(home, "main"), "origin", "git@github.com:you/myapp.git")
	run(t, dir, commit...)
	run(t, dir, "worktree", "add", "--quiet", filepath.Join(home, "linked"))
	run(t, dir, "worktree", "add", "--quiet", filepath.Join(dir, ".claude", "worktrees", "inside"))
	run(t, home, "init", "--quiet", "--separate-git-dir", filepath.Join(home, "gitdir"), "separate")
	run(t, filepath.Join(home, "separate"), commit...)

	library := repo(t, filepath.Join(home, "library"), "origin", "https://host/library")
	run(t, library, commit...)
	run(t, dir, "submodule", "--quiet", "add", library, "lib")
	run(t, filepath.Join(dir, "lib"), "worktree", "add", "--quiet", filepath.Join(home, "lib-linked"))

	around := mkdir(t, home, "around")
	run(t, home, "clone", "--quiet", "--bare", dir, filepath.Join(around, ".bare"))
	write(t, filepath.Join(around, ".git"), "gitdir: ./.bare\n")
	run(t, around, "worktree", "add", "--quiet", "tree")
	run(t, home, "clone", "--quiet", "--bare", dir, filepath.Join(home, "hidden", ".git"))
	run(t, filepath.Join(home, "hidden"), "worktree", "add", "--quiet", "tree")
	run(t, home, "clone", "--quiet", "--bare", dir, "app.git")
	run(t, filepath.Join(home, "app.git"), "worktree", "add", "--quiet", "tree")
	mkdir(t, home, "looks", "objects")
	mkdir(t, home, "looks", "refs")
	write(t, filepath.Join(home, "looks", "HEAD"), "bulk\n")
	mkdir(t, home, "plain")

	for path, want := range map[string]Checkout{
		"main":                          {},
		"main/.git/hooks":               {},
		"main/lib":                      {},
		"separate":                      {},
		"linked":                        {Linked: true, Main: dir},
		"main/.claude/worktrees/inside": {Linked: true, Main: dir},
		"lib-linked":                    {Linked: true, Main: filepath.Join(dir, "lib")},
		"around":                        {Bare: true},
		"around/.bare":                  {Bare: true},
		"around/tree":                   {Linked: true},
		"hidden":                        {Bare: true},
		"hidden/tree":                   {Linked: true},
		"app.git":                       {Bare: true},
		"app.git/hooks":                 {Bare: true},
		"app.git/tree":                  {Linked: true},
		"looks":                         {},
		"plain":                         {},
	} {
		cwd := filepath.Join(home, filepath.FromSlash(path))
		p, err := Locate(t.Context(), cwd)
		want.Cwd = cwd
		got := p.Checkout
		if want.Stamp = Stamp(cwd); err != nil || got != want || got.Stamp == "" {
			t.Errorf("%s: got %+v, %v; want %+v", path, got, err, want)
		}
	}
}

func TestInsideAGitFolder(t *testing.T) {
	home := settle(t)
	dir := repo(t, filepath.Join(home, "here"), "origin", "git@github.com:you/myapp.git")
	wantPlace(t, filepath.Join(dir, ".git", "hooks"), Place{Key: myapp + "//.git/hooks", Root: dir})
}

func TestABareRepositoryThatGitIsNotToReadIsAFolder(t *testing.T) {
	home := settle(t)
	run(t, home, "init", "--quiet", "--bare", "app.git")
	dir := filepath.Join(home, "app.git")
	wantPlace(t, dir, Place{Key: "name:app.git", Root: dir})
	run(t, home, "config", "--global", "safe.bareRepository", "explicit")
	wantFolder(t, dir, "name:app.git")
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
	var refused *RefusedError
	if !errors.As(err, &refused) || !strings.HasSuffix(refused.Hint(), "git config --global --add safe.directory "+dir) {
		t.Errorf("got %v; want git's own cure", err)
	}
	run(t, dir, "config", "--global", "--add", "safe.directory", dir)
	wantPlace(t, dir, Place{Key: "git:https://host/app.git", Root: dir})
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
