package git

import (
	"context"
	"os"
	"path/filepath"
)

// Jujutsu keeps its commits in a git repository. In a colocated workspace that is the .git beside its .jj, and git
// itself knows the folder. Otherwise .jj/repo/store/git_target says where the repository is. .jj/repo is a folder
// in the first workspace; in the others it is a file that says where that folder is.
// https://docs.jj-vcs.dev/latest/git-compatibility/

// backing returns the git repository behind a workspace, and the top of the first workspace if this is another.
func (f found) backing() (dir, main string) {
	repo := filepath.Join(f.top, ".jj", "repo")
	if to, ok := readLink(repo, ""); ok {
		repo, main = to, filepath.Dir(filepath.Dir(to))
	}
	dir, _ = readLink(filepath.Join(repo, "store", "git_target"), "")
	return dir, main
}

// lookJujutsu is Look for a workspace that git does not know.
func lookJujutsu(ctx context.Context, cwd string, f found) (Repository, error) {
	dir, main := f.backing()
	rel, err := filepath.Rel(f.top, cwd)
	if err != nil {
		return Repository{}, err
	}
	r := Repository{Root: f.top, Linked: main != "", Main: main}
	if rel != "." {
		r.Prefix = filepath.ToSlash(rel)
	}
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return Repository{}, &Error{cwd, "the git repository of the Jujutsu workspace " + f.top + " is not there"}
	}
	s, err := settingsOf(ctx, cwd, "--git-dir", dir)
	if err != nil {
		return Repository{}, err
	}
	r.Remotes, err = s.remotes(ctx, cwd, "--git-dir", dir)
	return r, err
}
