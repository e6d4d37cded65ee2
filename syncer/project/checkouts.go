package project

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"claude-sync/syncer/internal/git"
)

const (
	maxDepth   = 4      // ~/code/host/owner/repository
	maxFolders = 20_000 // a few seconds on a slow disk
	maxConfig  = 1 << 20
)

// FindCheckouts looks for checkouts of the projects want under the folders roots, nearest first. Locate returns
// the same key for every path found. Of a bare repository it returns the work trees. The search ends four levels
// down or after 20,000 folders. It enters no hidden folder, symbolic link, node_modules, vendor or Library, and no
// repository except a root (many people have their home folder in git). It skips missing roots and unreadable
// folders.
// An error is ErrNoGit or ctx's, and comes with what was found so far.
func FindCheckouts(ctx context.Context, want []Key, roots []string) (Found, error) {
	s := search{want: want, seen: make(map[string]bool), Found: Found{make(map[Key][]string), make(map[Key]*RefusedError)}}
	if len(want) == 0 {
		return s.Found, nil
	}
	// Level by level, so that the limit cuts off the deepest folders, not the last ones in the alphabet.
	level := make([]string, 0, len(roots))
	for _, root := range roots {
		if dir, err := resolve(root); err == nil {
			level = append(level, dir)
		}
	}
	for depth := 0; depth <= maxDepth && len(level) > 0; depth++ {
		var next []string
		for _, dir := range level {
			below, err := s.visit(ctx, dir, depth == 0)
			if err != nil {
				return s.Found, err
			}
			next = append(next, below...)
		}
		level = next
	}
	return s.Found, nil
}

// Found is what a search found.
type Found struct {
	Checkouts map[Key][]string
	// Refused has projects without a checkout for which git refused a repository that may be theirs.
	Refused map[Key]*RefusedError
}

// search is the state of one FindCheckouts.
type search struct {
	Found
	want []Key
	seen map[string]bool // one root may lie in another
}

// visit looks at one folder and returns the folders to look at next. An error stops the search.
func (s *search) visit(ctx context.Context, dir string, isRoot bool) (below []string, err error) {
	if s.seen[dir] || len(s.seen) == maxFolders {
		return nil, ctx.Err()
	}
	s.seen[dir] = true
	entries, _ := os.ReadDir(dir) // unreadable: as if empty
	if isRepository(entries) {
		if err := s.try(ctx, dir); err != nil || !isRoot {
			return nil, err
		}
	}
	for _, e := range entries {
		if e.IsDir() && !skipped(e.Name()) {
			below = append(below, filepath.Join(dir, e.Name()))
		}
	}
	return below, ctx.Err()
}

// isRepository reports whether a folder has the entries of a checkout of git or Jujutsu, or of a bare repository.
func isRepository(entries []os.DirEntry) bool {
	has := func(name string) bool {
		return slices.ContainsFunc(entries, func(e os.DirEntry) bool { return e.Name() == name })
	}
	return has(".git") || has(".jj") || has("HEAD") && has("objects") && has("refs")
}

// skipped reports whether a folder holds copies of other people's repositories, or thousands of files.
func skipped(name string) bool {
	switch name {
	case "node_modules", "vendor", "Library":
		return true
	}
	return strings.HasPrefix(name, ".")
}

// try adds a repository if it is a checkout of a wanted project.
func (s *search) try(ctx context.Context, root string) error {
	may := s.mayBe(root)
	if len(may) == 0 {
		return ctx.Err()
	}
	here, err := Locate(ctx, root)
	// Without git every further candidate fails in the same way, and an empty result would be wrong.
	if errors.Is(err, ErrNoGit) || ctx.Err() != nil {
		return errors.Join(ctx.Err(), err)
	}
	var refused *RefusedError
	if errors.As(err, &refused) {
		s.refuse(may, refused)
	}
	if err != nil {
		return nil // damaged, or owned by another user: the search goes on
	}
	tops := []string{here.Root}
	if here.Checkout.Bare {
		if tops, err = git.WorkTrees(ctx, root); err != nil {
			return ctx.Err()
		}
	}
	for _, k := range s.want {
		for _, top := range tops {
			if k.Repository() == here.Key {
				s.add(ctx, k, top)
			}
		}
	}
	return nil
}

// add adds the folder of k in a checkout. It asks git about a folder below the root: a submodule may have taken
// its place.
func (s *search) add(ctx context.Context, k Key, root string) {
	dir := root
	if sub := filepath.FromSlash(k.Subdir()); sub != "" {
		dir = filepath.Join(root, sub)
		if p, err := Locate(ctx, dir); err != nil || p.Key != k {
			return
		}
	}
	if !slices.Contains(s.Checkouts[k], dir) {
		s.Checkouts[k] = append(s.Checkouts[k], dir)
		delete(s.Refused, k)
	}
}

// refuse remembers a repository that git does not read, for the projects of which it may be the checkout.
func (s *search) refuse(may []Key, err *RefusedError) {
	for _, k := range may {
		if len(s.Checkouts[k]) == 0 && s.Refused[k] == nil {
			s.Refused[k] = err
		}
	}
}

// mayBe returns the wanted projects that a repository may be. It reads the repository's configuration instead of
// starting git, which takes a hundred times as long on Windows. In doubt it returns a project.
func (s *search) mayBe(root string) []Key {
	config, err := readStart(filepath.Join(root, ".git", "config"))
	if err != nil || len(config) == maxConfig {
		return s.want // .git is a file (of a work tree or submodule), or unreadable: git can tell
	}
	// Parts of the URL may come from elsewhere. This misses one case: a global insteadOf that ends in the
	// middle of a name.
	config = bytes.ToLower(config)
	if bytes.Contains(config, []byte("insteadof")) || bytes.Contains(config, []byte("[include")) {
		return s.want
	}
	return slices.DeleteFunc(slices.Clone(s.want), func(k Key) bool {
		if k.ByName() {
			name, err := nameKey(root, "")
			return err != nil || name != k.Repository()
		}
		name := strings.ToLower(k.Repository().bareName())
		return isPlainName(name) && !bytes.Contains(config, []byte(name))
	})
}

// isPlainName reports whether there is only one way to write a name in URLs and in paths.
func isPlainName(name string) bool {
	return name != "" && !strings.ContainsFunc(name, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("-._", r)
	})
}

func readStart(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxConfig))
}
