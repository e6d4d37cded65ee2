package git

import (
	"encoding/base64"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"claude-sync/syncer/internal/stamp"
)

// found is the repository around a folder, as the names of files show it, without asking git.
type found struct {
	top    string // the nearest folder, upwards, that has or is a repository
	kind   kind
	folder bool // its .git is a folder
}

type kind int

const (
	dotGit  kind = iota // top has a .git: a folder, or the file of a work tree or submodule
	bare                // top is a bare repository
	jujutsu             // top has a .jj, and git knows nothing of it
)

func find(dir string) (found, bool) {
	for {
		if info, err := os.Lstat(filepath.Join(dir, ".git")); err == nil {
			return found{dir, dotGit, info.IsDir()}, true
		}
		switch {
		case exists(filepath.Join(dir, ".jj", "repo")):
			return found{top: dir, kind: jujutsu}, true
		case isBare(dir):
			return found{top: dir, kind: bare}, true
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return found{}, false
		}
		dir = parent
	}
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// isBare reports whether git would take the folder itself for a repository. A folder named .git is its parent's.
func isBare(dir string) bool {
	return filepath.Base(dir) != ".git" && exists(filepath.Join(dir, "HEAD")) &&
		exists(filepath.Join(dir, "objects")) && exists(filepath.Join(dir, "refs"))
}

// Stamp returns a text that changes when a file changes that decides what Look says about a folder: the
// configuration of its repository, and the files that lead there. It starts no program, and opens only the small
// files that lead to another folder. It returns "" if the folder is not there. It does not see a change of the
// person's own configuration, and none of a file that the repository's configuration includes.
func Stamp(dir string) string {
	at, ok := find(dir)
	if at.top != dir && !exists(dir) {
		return ""
	}
	if !ok {
		return "no repository"
	}
	var text strings.Builder
	for _, path := range at.deciding() {
		tag := "-"
		if info, err := os.Stat(path); err == nil && !info.IsDir() {
			tag = base64.RawURLEncoding.EncodeToString([]byte(stamp.Of(info).Tag()))
		}
		text.WriteString(" " + tag)
	}
	return text.String()[1:]
}

// deciding lists the files on which Look's answer depends.
func (f found) deciding() []string {
	first, dir := filepath.Join(f.top, ".git"), f.top
	switch {
	case f.folder: // which itself changes with each commit
		return []string{filepath.Join(first, "config"), filepath.Join(first, "config.worktree")}
	case f.kind == dotGit:
		dir = first
		if to, ok := readLink(first, "gitdir: "); ok {
			dir = to
		}
	case f.kind == jujutsu:
		first = filepath.Join(f.top, ".jj", "repo")
		dir, _ = f.backing()
	}
	common := commonDir(dir)
	return []string{first, filepath.Join(common, "config"), filepath.Join(dir, "config.worktree")}
}

// commonDir returns the folder that a work tree's git folder shares with the other work trees.
func commonDir(dir string) string {
	if to, ok := readLink(filepath.Join(dir, "commondir"), ""); ok {
		return to
	}
	return dir
}

// maxLink is longer than any path.
const maxLink = 1 << 16

// readLink reads a file that holds only the path of another folder, relative to the file's own.
func readLink(file, prefix string) (path string, ok bool) {
	info, err := os.Stat(file)
	if err != nil || info.Mode()&fs.ModeType != 0 || info.Size() > maxLink {
		return "", false
	}
	f, err := os.Open(file)
	if err != nil {
		return "", false
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxLink))
	if err != nil {
		return "", false
	}
	path, ok = strings.CutPrefix(strings.TrimRight(string(text), "\r\n"), prefix)
	if !ok || path == "" {
		return "", false
	}
	if path = filepath.FromSlash(path); !filepath.IsAbs(path) {
		path = filepath.Join(filepath.Dir(file), path)
	}
	return filepath.Clean(path), true
}
