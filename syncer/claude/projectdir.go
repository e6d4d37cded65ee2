package claude

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// ProjectDir returns the directory in which Claude Code keeps the sessions of the working directory cwd.
// The directory itself need not exist yet. Where cwd is gone the error wraps fs.ErrNotExist.
func (s Store) ProjectDir(cwd string) (string, error) {
	real, err := resolve(cwd)
	if err != nil {
		return "", err
	}
	if s.DirName != "" {
		return filepath.Join(s.projects(), s.DirName), nil
	}
	slug := Slug(real)
	dir := filepath.Join(s.projects(), slug)
	if len(slug) <= slugLimit || isDir(dir) {
		return dir, nil
	}
	if other, ok := s.longDir(real, slug[:slugLimit]+"-"); ok {
		return other, nil
	}
	return dir, nil
}

// longDir looks for a directory of the same first 200 units with another hash, which Claude Code takes
// when a session in it was recorded in this very path: a hash may have been made by another version.
func (s Store) longDir(real, prefix string) (string, bool) {
	entries, err := os.ReadDir(s.projects())
	if err != nil {
		return "", false
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), prefix) {
			continue
		}
		if dir := filepath.Join(s.projects(), e.Name()); recordedIn(dir, real) {
			return dir, true
		}
	}
	return "", false
}

// recordedIn reports whether a transcript in dir was recorded in the working directory cwd.
func recordedIn(dir, cwd string) bool {
	all, err := transcriptsIn(dir)
	if err != nil {
		return false
	}
	for _, t := range all {
		if d, err := Describe(t.Path); err == nil && samePath(d.Cwd, cwd) {
			return true
		}
	}
	return false
}

// resolve returns the real absolute path of an existing working directory.
func resolve(cwd string) (string, error) {
	abs, err := filepath.Abs(cwd)
	if err != nil {
		return "", fmt.Errorf("resolving working directory %#q: %w", cwd, err)
	}
	real, err := filepath.EvalSymlinks(abs)
	if err != nil {
		// Some Windows reparse points (OneDrive, volumes without a drive letter) can be entered but not
		// evaluated: https://go.dev/issue/40180
		real = abs
	}
	info, err := os.Stat(real)
	switch {
	case errors.Is(err, syscall.ENOTDIR), err == nil && !info.IsDir():
		// A file stands where the directory or one of its parents was: it is as gone as can be.
		return "", fmt.Errorf("resolving working directory %#q: not a directory any more: %w", cwd, fs.ErrNotExist)
	case err != nil:
		return "", fmt.Errorf("resolving working directory %#q: %w", cwd, err)
	}
	return real, nil
}

// BelongsTo reports whether Claude Code counts a session recorded in one working directory as a session of cwd, given
// that it lies in cwd's project directory. It does, whatever was recorded, with one exception: two directories of this
// machine can share a slug ("a.b" and "a-b"), and a session of the one is not shown in the other. Cwd may be gone.
func BelongsTo(recorded, cwd string) bool {
	if recorded == cwd || !filepath.IsAbs(recorded) {
		return true
	}
	real, err := resolve(cwd)
	if err != nil {
		real = filepath.Clean(cwd)
	}
	return samePath(filepath.Clean(recorded), real) || Slug(recorded) != Slug(real) || !otherDir(recorded, real)
}

// otherDir reports whether path exists and is not the same directory as real under another name.
func otherDir(path, real string) bool {
	a, err := os.Stat(path)
	if err != nil {
		return false
	}
	b, err := os.Stat(real)
	return err != nil || !os.SameFile(a, b)
}

// SamePath reports whether two clean paths are one on this system.
func SamePath(a, b string) bool { return samePath(a, b) }
