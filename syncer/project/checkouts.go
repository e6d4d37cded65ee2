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
)

const (
	maxDepth   = 4      // ~/code/host/owner/repository
	maxFolders = 20_000 // a few seconds on a slow disk
	maxConfig  = 1 << 20
)

// FindCheckouts looks under the folders roots for checkouts of the projects want, nearest first, at most
// four levels deep and in 20,000 folders; more are not looked at. It goes into no repository but a root
// (many have their home folder in git), no hidden folder, no symbolic link, and none of node_modules,
// vendor and Library. For every path it returns,
// Locate returns that key. Roots that do not exist and folders that cannot be read are passed over. An
// error is ErrNoGit or ctx's; what was found before it is returned too.
func FindCheckouts(ctx context.Context, want []Key, roots []string) (map[Key][]string, error) {
	s := search{want: want, found: make(map[Key][]string), seen: make(map[string]bool)}
	if len(want) == 0 {
		return s.found, nil
	}
	// Level by level, so that the limit of folders cuts off what is deep, not what comes late in the
	// alphabet.
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
				return s.found, err
			}
			next = append(next, below...)
		}
		level = next
	}
	return s.found, nil
}

// search is what one FindCheckouts knows by now.
type search struct {
	want  []Key
	found map[Key][]string
	seen  map[string]bool // roots may lie in one another
}

// visit looks at one folder and returns the folders to look at next. The error is one that stops all.
func (s *search) visit(ctx context.Context, dir string, isRoot bool) (below []string, err error) {
	if s.seen[dir] || len(s.seen) == maxFolders {
		return nil, ctx.Err()
	}
	s.seen[dir] = true
	entries, _ := os.ReadDir(dir) // unreadable: as if empty
	isRepo := slices.ContainsFunc(entries, func(e os.DirEntry) bool { return e.Name() == ".git" })
	if isRepo {
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

// skipped names the folders that hold copies of other people's repositories, or thousands of files.
func skipped(name string) bool {
	switch name {
	case "node_modules", "vendor", "Library":
		return true
	}
	return strings.HasPrefix(name, ".")
}

// try asks git about a repository that may be one of those wanted.
func (s *search) try(ctx context.Context, root string) error {
	if !s.mayBeWanted(root) {
		return ctx.Err()
	}
	here, err := Locate(ctx, root)
	// Without git every further candidate would fail in the same way, and finding nothing would be a lie.
	if errors.Is(err, ErrNoGit) || ctx.Err() != nil {
		return errors.Join(ctx.Err(), err)
	}
	if err != nil {
		return nil // a damaged repository, or somebody else's: it is no reason not to find the others
	}
	for _, k := range s.want {
		if k.Base() == here.Key {
			s.add(ctx, k, here.Root)
		}
	}
	return nil
}

// add takes a folder below the root only when it is the project k: it may be a submodule's by now.
func (s *search) add(ctx context.Context, k Key, root string) {
	dir := root
	if sub := filepath.FromSlash(k.Subdir()); sub != "" {
		dir = filepath.Join(root, sub)
		if p, err := Locate(ctx, dir); err != nil || p.Key != k {
			return
		}
	}
	if !slices.Contains(s.found[k], dir) {
		s.found[k] = append(s.found[k], dir)
	}
}

// mayBeWanted reads a repository's configuration instead of starting git, which takes a hundred times as
// long on Windows. When in doubt it says yes.
func (s *search) mayBeWanted(root string) bool {
	config, err := readStart(filepath.Join(root, ".git", "config"))
	if err != nil || len(config) == maxConfig {
		return true // .git is a file (a work tree, a submodule), or git knows why
	}
	// The name may be put together from parts that are elsewhere; a global insteadOf that ends in the middle
	// of a name is the one case which this misses.
	config = bytes.ToLower(config)
	if bytes.Contains(config, []byte("insteadof")) || bytes.Contains(config, []byte("[include")) {
		return true
	}
	return slices.ContainsFunc(s.want, func(k Key) bool {
		if k.ByName() {
			name, err := nameKey(root, "")
			return err == nil && name == k.Base()
		}
		name := strings.ToLower(k.Base().bareName())
		return !isPlainName(name) || bytes.Contains(config, []byte(name))
	})
}

// isPlainName reports whether a name is written in one way only, in URLs as in paths.
func isPlainName(name string) bool {
	return name != "" && !strings.ContainsFunc(name, func(r rune) bool {
		return !isASCIILetter(r) && (r < '0' || r > '9') && !strings.ContainsRune("-._", r)
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
