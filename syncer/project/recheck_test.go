package project

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// registered is a registry of the folders as Locate sees them now.
func registered(t *testing.T, cwds ...string) Registry {
	t.Helper()
	r, _ := Registry{}.Change(func(d *Draft) {
		for _, cwd := range cwds {
			p, err := Locate(t.Context(), cwd)
			if err != nil {
				t.Fatal(err)
			}
			d.Register(d.Registry().KeyAt(p), p.Cwd, at(1))
			d.Checked(p.Cwd, p.Checkout)
		}
	})
	return r
}

// rechecked is the registry after Recheck, and how many folders it asked about.
func rechecked(t *testing.T, r Registry) (Registry, int) {
	t.Helper()
	all := Recheck(t.Context(), r)
	after, _ := r.Change(func(d *Draft) {
		for _, c := range all {
			if c.Err != nil {
				t.Errorf("%s: %v", c.Cwd, c.Err)
				continue
			}
			d.Move(c.Cwd, c.Key)
			d.Checked(c.Cwd, c.Checkout)
		}
	})
	if again := Recheck(t.Context(), after); len(again) != 0 {
		t.Errorf("asks again: %+v", again)
	}
	return after, len(all)
}

func TestARecheckFollowsTheRemoteOnlyIfItIsGone(t *testing.T) {
	const a, b Key = "git:https://host/a.git", "git:https://host/b.git"
	remote := func(args ...string) []string { return append([]string{"remote"}, args...) }
	for name, c := range map[string]struct {
		remotes []string
		later   [][]string
		want    Key
		unasked bool
	}{
		"nothing":                   {remotes: []string{"origin", "https://host/a"}, want: a, unasked: true},
		"a branch, a commit":        {remotes: []string{"origin", "https://host/a"}, later: [][]string{{"checkout", "--quiet", "-b", "x"}, {"commit", "--quiet", "--allow-empty", "-m", "x"}}, want: a, unasked: true},
		"its first remote":          {later: [][]string{remote("add", "origin", "https://host/a")}, want: a},
		"the remote is another":     {remotes: []string{"origin", "https://host/a"}, later: [][]string{remote("set-url", "origin", "https://host/b")}, want: b},
		"the URL is written anew":   {remotes: []string{"origin", "https://host/a"}, later: [][]string{remote("set-url", "origin", "ssh://git@host/a.git")}, want: a},
		"the remote was renamed":    {remotes: []string{"origin", "https://host/a"}, later: [][]string{remote("rename", "origin", "x"), remote("add", "origin", "https://host/b")}, want: a},
		"a fork became origin":      {remotes: []string{"origin", "https://host/a"}, later: [][]string{remote("rename", "origin", "upstream"), remote("add", "origin", "https://host/b")}, want: a},
		"another remote was added":  {remotes: []string{"x", "https://host/a"}, later: [][]string{remote("add", "upstream", "https://host/b")}, want: a},
		"the remote was removed":    {remotes: []string{"origin", "https://host/a", "x", "https://host/b"}, later: [][]string{remote("remove", "origin")}, want: b},
		"the last one was removed":  {remotes: []string{"origin", "https://host/a"}, later: [][]string{remote("remove", "origin")}, want: "name:here"},
		"a setting without meaning": {remotes: []string{"origin", "https://host/a"}, later: [][]string{{"config", "core.editor", "vi"}}, want: a},
		"a mirror for this machine": {remotes: []string{"origin", "https://host.example/a"}, later: [][]string{{"config", "url.https://mirror/.insteadOf", "https://host.example/"}}, want: "git:https://host.example/a.git"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := repo(t, filepath.Join(settle(t), "here"), c.remotes...)
			sub := mkdir(t, dir, "web")
			r := registered(t, dir, sub)
			was, _ := r.KeyOf(dir)
			for _, args := range c.later {
				run(t, dir, args...)
			}
			after, asked := rechecked(t, r)
			if key, _ := after.KeyOf(dir); key != c.want {
				t.Errorf("got %s, want %s", key, c.want)
			}
			if key, _ := after.KeyOf(sub); key != c.want+"//web" {
				t.Errorf("below, got %s, want %s", key, c.want+"//web")
			}
			if (asked == 0) != c.unasked {
				t.Errorf("asked about %d folders", asked)
			}
			if got := after.Canonical(was + "//x"); got != c.want+"//x" || !after.Same(was, c.want) {
				t.Errorf("packs under %s are now %s's; want %s's", was, got.Repository(), c.want)
			}
			// Registering says the same.
			p, err := Locate(t.Context(), dir)
			if got := after.KeyAt(p); err != nil || got != c.want {
				t.Errorf("registering makes it %s, %v; want %s", got, err, c.want)
			}
		})
	}
}

func TestAFolderThatBecomesARepositoryIsSeen(t *testing.T) {
	home := settle(t)
	dir := mkdir(t, home, "notes")
	r := registered(t, dir)
	if r, asked := rechecked(t, r); asked != 0 || len(r.Keys()) != 1 {
		t.Errorf("asked about %d folders", asked)
	}
	repo(t, dir, "origin", "git@github.com:you/myapp")
	r, _ = rechecked(t, r)
	wantCwds(t, r, myapp, dir)
	if got := r.Canonical("name:notes"); got != myapp {
		t.Errorf("packs of the folder are now %s's", got)
	}
}

func TestTheWorkTreesMoveWithTheirRepository(t *testing.T) {
	home := settle(t)
	dir := repo(t, filepath.Join(home, "a"), "origin", "https://host/a")
	run(t, dir, "commit", "--quiet", "--allow-empty", "-m", "x")
	tree := filepath.Join(home, "tree")
	run(t, dir, "worktree", "add", "--quiet", tree)
	gone := filepath.Join(home, "gone")
	run(t, dir, "worktree", "add", "--quiet", gone)
	r := registered(t, dir, tree, gone)
	if err := os.RemoveAll(gone); err != nil {
		t.Fatal(err)
	}
	run(t, dir, "remote", "set-url", "origin", "git@github.com:you/myapp")
	r, _ = rechecked(t, r)
	wantCwds(t, r, myapp, dir, gone, tree) // with the former key, it would take the packs that others make under that
	wantCwds(t, r, "git:https://host/a.git")
	if !r.Same(myapp, "git:https://host/a.git") {
		t.Error("the removed work tree is of another repository")
	}
}

// The main work tree of a linked one need not be registered, and a folder of another repository that was below another
// repository's is none of that.
func TestFoldersThatAreGoneMoveWithTheirRepository(t *testing.T) {
	home := settle(t)
	dir := repo(t, filepath.Join(home, "a"), "origin", "https://host/a")
	run(t, dir, "commit", "--quiet", "--allow-empty", "-m", "x")
	tree := filepath.Join(home, "tree")
	run(t, dir, "worktree", "add", "--quiet", tree)
	b := repo(t, filepath.Join(home, "b"), "origin", "https://host/b")
	web := mkdir(t, b, "web")
	nested := repo(t, filepath.Join(b, "nested"), "origin", "https://host/c")
	r := registered(t, tree, b, web, nested)
	for _, gone := range []string{tree, web, nested} {
		if err := os.RemoveAll(gone); err != nil {
			t.Fatal(err)
		}
	}
	run(t, dir, "remote", "set-url", "origin", "https://new/a")
	run(t, b, "remote", "set-url", "origin", "https://new/b")
	r, _ = rechecked(t, r)
	wantCwds(t, r, "git:https://new/a.git", tree)
	wantCwds(t, r, "git:https://new/b.git", b)
	wantCwds(t, r, "git:https://new/b.git//web", web)
	wantCwds(t, r, "git:https://host/c.git", nested)
}

func TestARefusalLeavesTheKey(t *testing.T) {
	home := settle(t)
	dir := repo(t, filepath.Join(home, "app"), "origin", "https://host/a")
	r := registered(t, dir)
	run(t, dir, "remote", "set-url", "origin", "https://host/b")
	t.Setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
	var refused *RefusedError
	all := Recheck(t.Context(), r)
	if len(all) != 1 || all[0].Key != all[0].Was || !errors.As(all[0].Err, &refused) || all[0].Checkout != (Checkout{}) {
		t.Fatalf("got %+v; want the refusal", all)
	}
}

func TestAnAliasIsWhatAPersonSaid(t *testing.T) {
	home := settle(t)
	dir := repo(t, filepath.Join(home, "stick"), "origin", "/run/media/b/STICK/app.git")
	sub := mkdir(t, dir, "web")
	r := registered(t, dir)
	r, _ = r.Change(func(d *Draft) {
		d.Alias("git:file:///run/media/b/STICK/app.git", "git:https://host/x.git")
		d.Alias("git:https://host/x.git", myapp)
	})
	for cwd, want := range map[string]Key{dir: myapp, sub: myapp + "//web"} {
		p, err := Locate(t.Context(), cwd)
		if got := r.KeyAt(p); err != nil || got != want {
			t.Errorf("got %s, %v; want %s", got, err, want)
		}
	}
}

// A stat is all that a folder may cost that has not changed.
func BenchmarkRecheck(b *testing.B) {
	const n = 4000
	dir := b.TempDir()
	d := Draft{}
	for i := range n {
		cwd := filepath.Join(dir, fmt.Sprint(i))
		if err := os.MkdirAll(filepath.Join(cwd, ".git"), 0o777); err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(cwd, ".git", "config"), nil, 0o666); err != nil {
			b.Fatal(err)
		}
		d.Attach(Key(fmt.Sprintf("name:%d", i)), cwd)
		d.Checked(cwd, Checkout{Stamp: Stamp(cwd)})
	}
	b.ReportAllocs()
	for b.Loop() {
		if all := Recheck(b.Context(), d.Registry()); len(all) != 0 {
			b.Fatal(all)
		}
	}
}

func TestAStampChangesWithTheConfiguration(t *testing.T) {
	home := settle(t)
	dir := repo(t, filepath.Join(home, "a"))
	run(t, dir, "commit", "--quiet", "--allow-empty", "-m", "x")
	tree := filepath.Join(home, "tree")
	run(t, dir, "worktree", "add", "--quiet", tree)
	for _, cwd := range []string{dir, tree, mkdir(t, tree, "sub")} {
		before := Stamp(cwd)
		if again := Stamp(cwd); before == "" || again != before {
			t.Errorf("%s: got %q, then %q", cwd, before, again)
		}
		run(t, dir, "config", "x.y", cwd)
		if after := Stamp(cwd); after == before {
			t.Errorf("%s: nothing has changed", cwd)
		}
	}
	before := Stamp(tree)
	run(t, dir, "config", "extensions.worktreeConfig", "true")
	middle := Stamp(tree)
	run(t, tree, "config", "--worktree", "remote.origin.url", "https://host/x")
	if after := Stamp(tree); after == middle || middle == before {
		t.Errorf("got %q, %q, %q; want three", before, middle, after)
	}
	// The config is the same to the byte, and was not touched: only the time of the folder is another.
	before = Stamp(dir)
	later := time.Now().Add(time.Hour)
	if err := os.Chtimes(filepath.Join(dir, ".git"), later, later); err != nil {
		t.Fatal(err)
	}
	if after := Stamp(dir); after != before {
		t.Errorf("got %q, then %q; every commit changes that folder", before, after)
	}
	if got := Stamp(filepath.Join(home, "gone")); got != "" {
		t.Errorf("a folder that is not there has the stamp %q", got)
	}
}
