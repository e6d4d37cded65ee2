package project

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"claude-sync/syncer/internal/git"
	"claude-sync/syncer/internal/giturl"
)

// ErrNoGit says that a folder is in a git repository, and git is not installed to say which. Locate does not
// guess then: the project's key elsewhere would be another one.
var ErrNoGit = git.ErrMissing

// HasGit reports whether git can be found.
func HasGit() bool { return git.Installed() }

// RefusedError says that git does not read a repository because its files belong to another user. Its Hint has the
// command that changes this.
type RefusedError = git.RefusedError

// Place is a folder of this machine and its project.
type Place struct {
	Key  Key
	Root string // the top of the work tree, or Cwd if there is no repository
	Cwd  string // the folder asked for, absolute, with symbolic links resolved
	// InRepository is true in a checkout, with or without a remote.
	InRepository bool
	Checkout     Checkout // for Draft.Checked
	// Remotes has the keys of all remotes, without a subdirectory; the first is that of Key. See Registry.KeyAt.
	Remotes []Key
}

// Locate returns the project of the folder cwd. A folder without a repository, or in one without a remote,
// gets a "name:" key. The remote is origin; else the one that checkout.defaultRemote names; else upstream; else
// that of the default branch; else the first in the configuration. The URL is as it is written there. git and ssh
// resolve only what is no whole URL: a shorthand of insteadOf, or a host alias of ~/.ssh/config. A work tree or
// submodule is a repository of its own. A workspace of Jujutsu has the remotes of the git repository behind it.
// Locate changes nothing and reaches no network.
//
// The error matches fs.ErrNotExist if cwd does not exist, ErrNoGit, and *RefusedError; any other error is git's
// reason.
func Locate(ctx context.Context, cwd string) (Place, error) {
	cwd, err := resolve(cwd)
	if err != nil {
		return Place{}, err
	}
	p := Place{Root: cwd, Cwd: cwd}
	p.Checkout = Checkout{Cwd: cwd, Stamp: git.Stamp(cwd)} // taken first, so that a change in between is seen later
	repository, err := git.Look(ctx, cwd)
	switch {
	case errors.Is(err, git.ErrNone):
		p.Key, err = nameKey(cwd, "")
	case err == nil:
		err = p.in(ctx, repository)
	}
	if err != nil {
		return Place{}, fmt.Errorf("finding the project of %s: %w", cwd, err)
	}
	return p, nil
}

// in completes a place in a repository.
func (p *Place) in(ctx context.Context, r git.Repository) error {
	p.Root, p.InRepository = r.Root, true
	p.Checkout.Linked, p.Checkout.Bare, p.Checkout.Main = r.Linked, r.Bare, r.Main
	if len(r.Remotes) == 0 {
		var err error
		p.Key, err = nameKey(r.Root, r.Prefix)
		return err
	}
	for i, remote := range r.Remotes {
		base, err := fromConfigured(ctx, r.Root, remote.URL)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err == nil:
			p.Remotes = append(p.Remotes, base)
		case i == 0:
			return err
		}
	}
	var err error
	p.Key, err = p.Remotes[0].below(r.Prefix)
	return err
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
