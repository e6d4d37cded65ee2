package claude

import (
	"os"
	"path/filepath"
	"strings"
	"time"

	"claude-sync/syncer/internal/pathid"
)

// Store is Claude Code's own directory on this machine. The zero value is of no use; see Open.
type Store struct {
	// Dir is the directory itself, usually ~/.claude. It need not exist.
	Dir string
	// DirName, where not empty, replaces the slug of every working directory.
	DirName string
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Wait pauses between two looks at a registry entry that is just being rewritten; nil means
	// time.Sleep.
	Wait func(time.Duration)
}

// Open returns the store that a Claude Code with this environment and home directory uses. It touches
// nothing. The environment is that of the caller: a Claude Code started with another CLAUDE_CONFIG_DIR
// has another store.
func Open(getenv func(string) string, home string) Store {
	dir := getenv("CLAUDE_CONFIG_DIR")
	if dir == "" {
		return Store{Dir: composed(filepath.Join(home, ".claude"))}
	}
	// Claude Code puts this one path into NFC on every OS, not only on macOS as it does with a working
	// directory.
	s := Store{Dir: composed(dir)}
	if name := getenv("CLAUDE_CODE_PROJECT_DIR_NAME"); legalDirName(name) {
		s.DirName = name
	}
	return s
}

// legalDirName repeats Claude Code's own test: a name that fails it is ignored without a word.
func legalDirName(name string) bool {
	if len(name) < 1 || len(name) > 64 {
		return false
	}
	for i := range len(name) {
		if c := name[i]; !alphanumeric(uint16(c)) && c != '_' && c != '-' {
			return false
		}
	}
	return !deviceName(strings.ToLower(name))
}

// deviceName reports whether Windows reserves the lower-case name.
func deviceName(name string) bool {
	switch name {
	case "con", "prn", "aux", "nul":
		return true
	}
	return len(name) == 4 && (name[:3] == "com" || name[:3] == "lpt") && name[3] >= '0' && name[3] <= '9'
}

func (s Store) projects() string { return filepath.Join(s.Dir, "projects") }

func (s Store) registry() string { return filepath.Join(s.Dir, "sessions") }

func (s Store) now() time.Time {
	if s.Now != nil {
		return s.Now()
	}
	return time.Now()
}

func (s Store) wait(d time.Duration) {
	if s.Wait != nil {
		s.Wait(d)
		return
	}
	time.Sleep(d)
}

// Contains reports whether path is the store's directory or lies inside it, with symbolic links resolved
// and by the case rules of this OS. The path need not exist: then its nearest existing parent decides. A
// sync folder must not lie here, or Claude Code's housekeeping would sweep it.
func (s Store) Contains(path string) bool {
	dir, path := nearestReal(s.Dir), nearestReal(path)
	for {
		if samePath(dir, path) {
			return true
		}
		parent := filepath.Dir(path)
		if parent == path {
			return false
		}
		path = parent
	}
}

// nearestReal resolves the symbolic links of as much of path as exists.
func nearestReal(path string) string {
	path = absolute(path)
	for head, rest := path, ""; ; {
		if real, err := filepath.EvalSymlinks(head); err == nil {
			return filepath.Join(real, rest)
		}
		parent := filepath.Dir(head)
		if parent == head {
			return path
		}
		head, rest = parent, filepath.Join(filepath.Base(head), rest)
	}
}

// absolute leaves a relative path alone where the process has no working directory any more.
func absolute(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		return abs
	}
	return filepath.Clean(path)
}

func samePath(a, b string) bool { return pathid.Of(a) == pathid.Of(b) }

// isDir follows symbolic links, as Claude Code does for projects/ and the directories in it.
func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
