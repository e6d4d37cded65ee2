package project

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"claude-sync/syncer/internal/git"
)

// ErrNoGit says that a folder is in a git repository, and git is not there to say which. No key is guessed
// then: it would be another one than the project has elsewhere.
var ErrNoGit = git.ErrMissing

// HasGit reports whether git can be found.
func HasGit() bool { return git.Installed() }

// Place is where on this machine a project is.
type Place struct {
	Key  Key
	Root string // the top of the work tree, or Cwd where there is no repository
	Cwd  string // the folder asked for, absolute, with symbolic links resolved
	// InRepository tells a checkout, with or without a remote, from any other folder.
	InRepository bool
}

// Located is the answer for one of the folders that LocateAll was asked for.
type Located struct {
	Place
	Err error
}

// fetchMark is what git puts behind the URL that it fetches from; it marks others with "(push)".
const fetchMark = " (fetch)"

// locatedAtOnce is how many folders LocateAll asks git for at a time. Starting a process is mostly waiting on
// Windows, and mostly work elsewhere.
const locatedAtOnce = 8

// LocateAll is Locate for many folders, several at a time. The answers are in the order of cwds.
func LocateAll(ctx context.Context, cwds []string) []Located {
	all := make([]Located, len(cwds))
	free := make(chan struct{}, locatedAtOnce)
	var wait sync.WaitGroup
	for i, cwd := range cwds {
		free <- struct{}{}
		wait.Go(func() {
			all[i].Place, all[i].Err = Locate(ctx, cwd)
			<-free
		})
	}
	wait.Wait()
	return all
}

// Locate returns the project of the folder cwd. A folder that is in no repository, or in one without a
// remote, gets a "name:" key. The remote is origin, else the only one, else the one that the current
// branch follows; insteadOf and the host aliases of ~/.ssh/config are resolved, by git and ssh
// themselves. A work tree or submodule is a repository of its own.
//
// The error matches fs.ErrNotExist when cwd does not exist, and ErrNoGit; any other is git's reason, for
// example that the folder belongs to another user. It changes nothing and reaches no network.
func Locate(ctx context.Context, cwd string) (Place, error) {
	cwd, err := resolve(cwd)
	if err != nil {
		return Place{}, err
	}
	p := Place{Root: cwd, Cwd: cwd}
	if top, ok := findDotGit(cwd); ok {
		err = p.locateIn(ctx, top)
	} else {
		p.Key, err = nameKey(cwd, "")
	}
	if err != nil {
		return Place{}, fmt.Errorf("finding the project of %s: %w", cwd, err)
	}
	return p, nil
}

// resolve returns the path by which Claude Code, too, knows the folder.
func resolve(dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	info, err := os.Stat(dir)
	if err != nil {
		return "", err
	}
	if !info.IsDir() {
		return "", fmt.Errorf("%s is not a folder", dir)
	}
	if resolved, err := filepath.EvalSymlinks(dir); err == nil {
		return resolved, nil
	}
	// Windows: a junction or a cloud folder may be usable without being resolvable (golang/go#40180).
	return dir, nil
}

// findDotGit returns the nearest folder, from dir upwards, that has a .git: a folder, or the file that
// a work tree or submodule has instead.
func findDotGit(dir string) (top string, ok bool) {
	for {
		if _, err := os.Lstat(filepath.Join(dir, ".git")); err == nil {
			return dir, true
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", false
		}
		dir = parent
	}
}

// locateIn fills in key and root of a place below top, which has a .git.
func (p *Place) locateIn(ctx context.Context, top string) error {
	root, sub, err := workTree(ctx, p.Cwd, top)
	if notARepository(err, top) {
		p.Key, err = nameKey(p.Cwd, "")
		return err
	}
	if err != nil {
		return err
	}
	p.Root, p.InRepository = root, true
	url, err := remoteURL(ctx, root)
	switch {
	case err != nil:
		return err
	case url == "":
		p.Key, err = nameKey(root, sub)
		return err
	}
	base, err := fromConfigured(ctx, root, url)
	if err != nil {
		return err
	}
	p.Key, err = base.below(sub)
	return err
}

// nameKey is the key of a repository or folder without a remote.
func nameKey(root, sub string) (Key, error) {
	name := filepath.Base(root)
	if name == string(filepath.Separator) {
		return "", fmt.Errorf("%s has no name, and no remote", root)
	}
	k, err := fromName(name)
	if err != nil {
		return "", err
	}
	return k.below(sub)
}

// workTree returns the top of the work tree that cwd is in, and where in it cwd is. A folder whose .git
// leads to a bare repository (the layout of many who use work trees) has no work tree: then the folder
// itself is the top.
func workTree(ctx context.Context, cwd, top string) (root, sub string, err error) {
	// The prefix is git's, not filepath.Rel: on Windows git may write the top in another way than cwd
	// (mapped drives, short names).
	lines, err := git.Ask(ctx, cwd, "rev-parse", "--is-inside-work-tree", "--show-toplevel", "--show-prefix")
	switch {
	case len(lines) > 0 && lines[0] == "false":
		// Then --show-toplevel fails, with the same exit status as for a damaged repository.
		rel, err := filepath.Rel(top, cwd)
		if err != nil || rel == "." {
			return top, "", err
		}
		return top, filepath.ToSlash(rel), nil
	case err != nil:
		return "", "", err
	case len(lines) != 3:
		return "", "", errors.New("the path has a line break")
	}
	return filepath.FromSlash(lines[1]), strings.TrimSuffix(lines[2], "/"), nil
}

// notARepository reports that git, too, sees no repository around the folder: the .git that we saw is an
// empty or foreign one, or on the other side of a mount point. A .git with a HEAD, even a damaged one,
// was a repository: there git's complaint is an error, for a project must not change its key by a crash.
func notARepository(err error, top string) bool {
	var said *git.Error
	if !errors.As(err, &said) || !strings.HasPrefix(said.Reason, "not a git repository (or any ") {
		return false
	}
	_, noHead := os.Lstat(filepath.Join(top, ".git", "HEAD"))
	return noHead != nil || strings.Contains(said.Reason, "mount point")
}

// remoteURL returns the URL of the remote that stands for the repository, "" when none does.
func remoteURL(ctx context.Context, root string) (string, error) {
	lines, err := git.Ask(ctx, root, "remote", "--verbose")
	if err != nil {
		return "", err
	}
	urls := make(map[string]string)
	for _, line := range lines {
		if name, url, ok := fetchURL(line); ok {
			urls[name] = url
		}
	}
	return urls[choose(ctx, root, slices.Sorted(maps.Keys(urls)))], ctx.Err()
}

// fetchURL reads a line like "origin\tURL (fetch)" or, of a partial clone, "origin\tURL (fetch) [blob:none]". A
// remote that is only an option in ~/.gitconfig (remote.origin.prune) has no URL.
func fetchURL(line string) (name, url string, ok bool) {
	name, rest, _ := strings.Cut(line, "\t")
	i := strings.LastIndex(rest, fetchMark)
	if i < 1 || name == "" {
		return "", "", false
	}
	filter := rest[i+len(fetchMark):]
	return name, rest[:i], filter == "" || strings.HasPrefix(filter, " [") && strings.HasSuffix(filter, "]")
}

// choose picks among remotes: origin, the only one, or that of the current branch.
func choose(ctx context.Context, root string, remotes []string) string {
	switch {
	case slices.Contains(remotes, "origin"):
		return "origin"
	case len(remotes) == 1:
		return remotes[0]
	case len(remotes) == 0:
		return ""
	}
	branch, err := git.Ask(ctx, root, "symbolic-ref", "--quiet", "--short", "HEAD")
	if err != nil {
		return ""
	}
	// Not @{upstream}: it needs the tracked branch to have been fetched, and a remote's name may have a
	// slash in it.
	name, err := git.Ask(ctx, root, "config", "--get", "branch."+branch[0]+".remote")
	if err != nil {
		return ""
	}
	return name[0]
}

// fromConfigured is FromRemote for a URL as this machine has it: ssh knows which host an alias is, and
// a relative path starts at the repository's root.
func fromConfigured(ctx context.Context, root, url string) (Key, error) {
	if _, _, isURL := cutScheme(url); !isURL && isLocal(url) && !isAbsolute(url) && dropHelper(url) == url {
		url = filepath.Join(root, filepath.FromSlash(url))
	}
	r, err := parseRemote(url)
	if err == nil && isSSH(r.proto) {
		err = r.resolveHost(ctx)
	}
	if err == nil {
		var k Key
		if k, err = r.key(); err == nil {
			return k, nil
		}
	}
	return "", fmt.Errorf("remote URL %s: %w", redacted(url), err)
}
