package git

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
)

// ErrNone says that there is no repository around a folder.
var ErrNone = errors.New("not in a repository")

// Repository is what git says of the repository around a folder.
type Repository struct {
	Root   string // the top of the work tree; of a bare repository the folder that has or is it
	Prefix string // the folder's path below Root, with slashes; "" at the top
	Linked bool   // a linked work tree (git worktree add), or a second workspace of Jujutsu
	Bare   bool   // Root has no work tree, and its repository is bare
	Main   string // the top of the main work tree if Linked; "" if there is none
	// Remotes has those with a URL. The first says which repository it is.
	Remotes []Remote
}

// Look asks git about the repository around the folder cwd, a path without symbolic links. It starts git twice, and
// a third time if several remotes could say which repository it is.
//
// Errors: ErrNone, ErrMissing, *RefusedError, ctx's; *Error for any other reason of git's.
func Look(ctx context.Context, cwd string) (Repository, error) {
	at, ok := find(cwd)
	if !ok {
		return Repository{}, ErrNone
	}
	if at.kind == jujutsu {
		return lookJujutsu(ctx, cwd, at)
	}
	r, dir, err := workTree(ctx, cwd, at.top)
	if notARepository(err, at) {
		return Repository{}, ErrNone
	}
	if err != nil {
		return Repository{}, err
	}
	s, err := settingsOf(ctx, cwd)
	if err != nil {
		return Repository{}, err
	}
	if common := commonDir(dir); common != dir {
		r.Linked, r.Main = true, s.mainWorkTree(common)
	}
	r.Remotes, err = s.remotes(ctx, cwd)
	return r, err
}

// workTree returns the top of the work tree that cwd is in, the path of cwd below it, and the git folder of the
// work tree.
func workTree(ctx context.Context, cwd, top string) (r Repository, dir string, err error) {
	// git tells the prefix, because on Windows it may spell top in another way than cwd (mapped drives, short
	// names).
	lines, err := ask(ctx, cwd, "rev-parse", "--is-inside-work-tree", "--is-bare-repository", "--git-dir", "--show-toplevel", "--show-prefix")
	if len(lines) >= 3 {
		if dir = filepath.FromSlash(lines[2]); !filepath.IsAbs(dir) {
			dir = filepath.Join(cwd, dir)
		}
	}
	switch {
	case dir != "" && lines[0] == "false":
		// --show-toplevel has failed then, with the same exit status as in a damaged repository.
		rel, err := filepath.Rel(top, cwd)
		r = Repository{Root: top, Bare: lines[1] == "true"}
		if rel != "." {
			r.Prefix = filepath.ToSlash(rel)
		}
		return r, filepath.Clean(dir), err
	case err != nil:
		return r, "", err
	case len(lines) != 5:
		return r, "", errors.New("the path has a line break")
	}
	return Repository{Root: filepath.FromSlash(lines[3]), Prefix: strings.TrimSuffix(lines[4], "/")}, filepath.Clean(dir), nil
}

// mainWorkTree returns the top of the work tree that a repository has beside its linked ones, by its git folder.
func (s settings) mainWorkTree(common string) string {
	if top := filepath.FromSlash(s.get("core.worktree")); top != "" { // of a submodule
		if !filepath.IsAbs(top) {
			top = filepath.Join(common, top)
		}
		return filepath.Clean(top)
	}
	if s.isTrue("core.bare") || filepath.Base(common) != ".git" {
		return ""
	}
	return filepath.Dir(common)
}

// notARepository reports whether the error says that git sees no repository around the folder: the .git that
// we saw is empty, foreign, or behind a mount point. A .git with a HEAD was a repository, even if it is damaged
// now. git's error then stays an error, so that a crash does not change the project's key.
func notARepository(err error, at found) bool {
	var said *Error
	if errors.As(err, &said) && at.kind == bare && strings.Contains(said.Reason, "safe.bareRepository") {
		return true // a person said that git is not to read such folders
	}
	if !errors.As(err, &said) || !strings.HasPrefix(said.Reason, "not a git repository (or any ") {
		return false
	}
	if at.kind == bare {
		return true // a folder that only looks like a repository
	}
	_, noHead := os.Lstat(filepath.Join(at.top, ".git", "HEAD"))
	return noHead != nil || strings.Contains(said.Reason, "mount point")
}

// WorkTrees returns the linked work trees of the repository around dir that are there.
func WorkTrees(ctx context.Context, dir string) ([]string, error) {
	out, err := output(ctx, dir, "worktree", "list", "--porcelain")
	if err != nil {
		return nil, err
	}
	var all []string
	for tree := range strings.SplitSeq(strings.ReplaceAll(out, "\r\n", "\n"), "\n\n") {
		path, more, _ := strings.Cut(tree, "\n")
		path, ok := strings.CutPrefix(path, "worktree ")
		if !ok || more == "bare" || strings.HasPrefix(more, "bare\n") {
			continue
		}
		if info, err := os.Stat(path); err == nil && info.IsDir() {
			all = append(all, filepath.FromSlash(path))
		}
	}
	return all, nil
}
