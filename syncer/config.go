package syncer

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"unicode"

	"claude-sync/syncer/claude"
	"claude-sync/syncer/internal/atomicfile"
	"claude-sync/syncer/transport"

	"github.com/adrg/xdg"
)

// Config is what a person has chosen: the file config.json.
type Config struct {
	Machine string   `json:"machine"`         // this machine's name
	SyncDir string   `json:"syncDir"`         // absolute path of the sync folder
	Roots   []string `json:"roots,omitempty"` // folders under which checkouts are looked for
}

// Paths is where claude-sync keeps its own files. All are readable by their owner only.
type Paths struct {
	Config   string // config.json
	Registry string // projects.json
	Seen     string // seen.json
	Notified string // what was already notified
	Compared string // the cache of what was compared; may be deleted at any time
	Lock     string
	Upstream string // the folder of the upstream tool, read once by Init
	Home     string
}

// DefaultPaths follows the XDG rules, or what the system has in their place. The lock lies with the state
// and not in the runtime folder: that is missing in containers and ssh sessions, and two processes that
// disagree about where the lock is have none.
func DefaultPaths() Paths {
	const name = "claude-sync"
	home := userHome()
	return Paths{
		Config:   filepath.Join(xdg.ConfigHome, name, "config.json"),
		Registry: filepath.Join(xdg.ConfigHome, name, "projects.json"),
		Seen:     filepath.Join(xdg.StateHome, name, "seen.json"),
		Notified: filepath.Join(xdg.StateHome, name, "notified.json"),
		Lock:     filepath.Join(xdg.StateHome, name, "lock"),
		Compared: filepath.Join(xdg.CacheHome, name, "compared"),
		Upstream: filepath.Join(home, ".claude-sync"),
		Home:     home,
	}
}

// userHome is the home folder that Claude Code goes by. On Windows that is %USERPROFILE%, of which the xdg
// package knows nothing when the system tells of another profile folder.
func userHome() string {
	if home, err := os.UserHomeDir(); err == nil {
		return home
	}
	return xdg.Home
}

// Load reads the configuration.
//
// Errors: ErrNotSetUp when there is none, *BrokenFileError when it cannot be understood.
func (p Paths) Load() (Config, error) {
	data, err := os.ReadFile(p.Config)
	if isMissing(err) {
		return Config{}, ErrNotSetUp
	}
	var c Config
	if err == nil {
		d := json.NewDecoder(bytes.NewReader(data))
		if err = d.Decode(&c); err != nil {
			return c, &BrokenFileError{Path: p.Config, Line: lineOf(data, err), Err: err}
		}
		err = c.check()
	}
	if err != nil {
		return c, &BrokenFileError{Path: p.Config, Err: bare(err)}
	}
	return c, nil
}

// check holds what every part of the program relies on.
func (c Config) check() error {
	if err := CheckName(c.Machine); err != nil {
		return err
	}
	if !filepath.IsAbs(c.SyncDir) {
		return fmt.Errorf("syncDir %#q is not an absolute path", c.SyncDir)
	}
	return nil
}

// CheckName says what is wrong with a machine's name: it is shown in menus and titles and becomes part of
// a file name.
func CheckName(name string) error {
	if name == "" {
		return errors.New("the machine has no name")
	}
	if name != label(name) || strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return fmt.Errorf("%.60q is not fit for a machine's name: at most 40 printable characters, no spaces at its ends", name)
	}
	return nil
}

// lineOf finds the line of a JSON error.
func lineOf(data []byte, err error) int {
	offset := int64(len(data))
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		offset = syntax.Offset
	case errors.As(err, &kind):
		offset = kind.Offset
	}
	return 1 + bytes.Count(data[:min(offset, int64(len(data)))], []byte{'\n'})
}

// save writes the configuration when it is not what is there.
func (p Paths) save(c Config) error {
	data, err := json.MarshalIndent(c, "", "  ")
	if err != nil {
		return err
	}
	data = append(data, '\n')
	if old, err := os.ReadFile(p.Config); err == nil && bytes.Equal(old, data) {
		return nil
	}
	return atomicfile.WriteFile(p.Config, data)
}

// Open returns this machine as the user has set it up.
//
// Errors: ErrNotSetUp, *BrokenFileError.
func Open(p Paths) (*Machine, error) {
	c, err := p.Load()
	if err != nil {
		return nil, err
	}
	return p.machine(c), nil
}

func (p Paths) machine(c Config) *Machine {
	return &Machine{
		Name:      c.Machine,
		Store:     claude.Open(os.Getenv, p.Home),
		Transport: transport.NewFolder(c.SyncDir),
		Registry:  p.Registry,
		State:     p.Seen,
		LockFile:  p.Lock,
		Compared:  p.Compared,
		Roots:     c.Roots,
	}
}

// Told returns what KeepTold kept, nil when that cannot be read: then things are told once more.
func (p Paths) Told() []byte {
	data, err := os.ReadFile(p.Notified)
	if err != nil {
		return nil
	}
	return data
}

// KeepTold keeps what a person was notified of, so that it is not told again after the next start.
func (p Paths) KeepTold(data []byte) error { return atomicfile.WriteFile(p.Notified, data) }

// KeepHealth writes the doctor's report into a file for a person to open, and returns the file's path.
func (p Paths) KeepHealth(report []byte) (path string, err error) {
	path = filepath.Join(filepath.Dir(p.Lock), "health.txt")
	return path, atomicfile.WriteFile(path, report)
}
