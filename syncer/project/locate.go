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

	"claude-sync/syncer/internal/git"
	"claude-sync/syncer/internal/giturl"
)

// ErrNoGit says that a folder is in a git repository, and git is not installed to say which. Locate does not
// guess then: the project's key elsewhere would be another one.
var ErrNoGit = git.ErrMissing

// HasGit reports whether git can be found.
func HasGit() bool { return git.Installed() }

// Place is a folder of this machine and its project.
type Place struct {
	Key  Key
	Root string // the top of the work tree, or Cwd if there is no repository
	Cwd  string // the folder asked for, absolute, with symbolic links resolved
	// InRepository is true in a checkout, with or without a remote.
	InRepository bool
}

// fetchMark is how git marks a URL for fetching. It marks the others with "(push)".
const fetchMark = " (fetch)"

// Locate returns the project of the folder cwd. A folder without a repository, or in one without a remote,
// gets a "name:" key. The remote is origin, else the only one, else the one that the current branch follows.
// git and ssh resolve insteadOf and the host aliases of ~/.ssh/config. A work tree or submodule is a
// repository of its own. Locate changes nothing and reaches no network.
//
// The error matches fs.ErrNotExist if cwd does not exist, and ErrNoGit; any other error is git's reason, for
// example that the folder belongs to another user.
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

// resolve returns the folder's path as Claude Code records it.
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
	// Windows: a junction or cloud folder may be usable, and not be resolvable (golang/go#40180).
	return dir, nil
}

// findDotGit returns the nearest folder, from dir upwards, that has a .git: a folder, or the file of a work
// tree or submodule.
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

// locateIn sets the key and root of a place below top, which has a .git.
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

// nameKey returns the key of a repository or folder without a remote.
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

// workTree returns the top of the work tree that cwd is in, and the path of cwd below it. A .git that leads to
// a bare repository (a common layout with work trees) has no work tree; the result is then top itself.
func workTree(ctx context.Context, cwd, top string) (root, sub string, err error) {
	// git tells the prefix, because on Windows it may spell top in another way than cwd (mapped drives, short
	// names).
	lines, err := git.Ask(ctx, cwd, "rev-parse", "--is-inside-work-tree", "--show-toplevel", "--show-prefix")
	switch {
	case len(lines) > 0 && lines[0] == "false":
		// --show-toplevel has failed then, with the same exit status as in a damaged repository.
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

// notARepository reports whether the error says that git sees no repository around the folder: the .git that
// we saw is empty, foreign, or behind a mount point. A .git with a HEAD was a repository, even if it is damaged
// now. git's error then stays an error, so that a crash does not change the project's key.
func notARepository(err error, top string) bool {
	var said *git.Error
	if !errors.As(err, &said) || !strings.HasPrefix(said.Reason, "not a git repository (or any ") {
		return false
	}
	_, noHead := os.Lstat(filepath.Join(top, ".git", "HEAD"))
	return noHead != nil || strings.Contains(said.Reason, "mount point")
}

// remoteURL returns the URL of the repository's remote, "" if there is none to choose.
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
	return urls[chooseRemote(ctx, root, slices.Sorted(maps.Keys(urls)))], ctx.Err()
}

// fetchURL parses a line like "origin\tURL (fetch)" or, in a partial clone, "origin\tURL (fetch) [blob:none]".
// A remote that is only an option in ~/.gitconfig (remote.origin.prune) has no URL.
func fetchURL(line string) (name, url string, ok bool) {
	name, rest, _ := strings.Cut(line, "\t")
	i := strings.LastIndex(rest, fetchMark)
	if i < 1 || name == "" {
		return "", "", false
	}
	filter := rest[i+len(fetchMark):]
	return name, rest[:i], filter == "" || strings.HasPrefix(filter, " [") && strings.HasSuffix(filter, "]")
}

// chooseRemote returns origin, else the only remote, else that of the current branch.
func chooseRemote(ctx context.Context, root string, remotes []string) string {
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
	// Not @{upstream}: that fails if the tracked branch was never fetched, and a remote's name may contain a
	// slash.
	name, err := git.Ask(ctx, root, "config", "--get", "branch."+branch[0]+".remote")
	if err != nil {
		return ""
	}
	return name[0]
}

// fromConfigured is FromRemote for a URL from this machine's configuration: ssh resolves an alias to its host,
// and a relative path starts at the repository's root.
func fromConfigured(ctx context.Context, root, url string) (Key, error) {
	if giturl.IsRelative(url) {
		url = filepath.Join(root, filepath.FromSlash(url))
	}
	u, err := giturl.Parse(url)
	if err == nil {
		err = u.Resolve(ctx)
	}
	var text string
	if err == nil {
		text, err = u.Canonical()
	}
	if err != nil {
		return "", fmt.Errorf("remote URL %s: %w", giturl.Redacted(url), err)
	}
	return bounded(Key(gitPrefix + text))
}
