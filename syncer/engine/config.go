package engine

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"claude-sync/syncer"
	"claude-sync/syncer/claude"
	"claude-sync/syncer/internal/atomicfile"
	"claude-sync/syncer/internal/jsonfile"
	"claude-sync/syncer/internal/oserr"
	"claude-sync/syncer/transport"
	"claude-sync/syncer/transport/hang"
	"claude-sync/syncer/words"

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
	Config    string // config.json
	Registry  string // projects.json
	Installed string // seen.json
	ID        string // this machine's id, "" to keep none
	Notified  string // the notes that a person has had
	Health    string // the doctor's report, for a person to read
	Cache     string // what scans read; may be deleted at any time
	Lock      string
	Upstream  string // the folder of the upstream tool, which Init reads once
	Home      string

	// Version is that of the program, which the machine tells the others.
	Version string

	// Watch is the machine's, see Options.
	Watch *hang.Watch
}

// DefaultPaths follows the XDG rules, or those of the system in their place. The lock lies with the state and not in
// the runtime folder, which is missing in containers and ssh sessions: two processes that disagree about where the
// lock is have none.
func DefaultPaths() Paths {
	const name = "claude-sync"
	home := userHome()
	return Paths{
		Config:    filepath.Join(xdg.ConfigHome, name, "config.json"),
		Registry:  filepath.Join(xdg.ConfigHome, name, "projects.json"),
		Installed: filepath.Join(xdg.StateHome, name, "seen.json"),
		ID:        filepath.Join(xdg.StateHome, name, "id.json"),
		Notified:  filepath.Join(xdg.StateHome, name, "notified.json"),
		Health:    filepath.Join(xdg.StateHome, name, "health.txt"),
		Lock:      filepath.Join(xdg.StateHome, name, "lock"),
		Cache:     filepath.Join(xdg.CacheHome, name, "compared"),
		Upstream:  filepath.Join(home, ".claude-sync"),
		Home:      home,
	}
}

// userHome is the home folder that Claude Code uses, "" if it is unknown. On Windows that is %USERPROFILE%, which the
// xdg package ignores if the system names another profile folder.
func userHome() string {
	home, err := os.UserHomeDir()
	if err != nil || !filepath.IsAbs(home) {
		return ""
	}
	return home
}

// Check returns an error if the home folder is unknown: then the other paths are below the root of the disk, where
// nothing may be written.
func (p Paths) Check() error {
	if p.Home != "" {
		return nil
	}
	if _, err := os.UserHomeDir(); err != nil {
		return noHome(err.Error())
	}
	return noHome("it is no absolute path")
}

// noHome says why the home folder is unknown.
type noHome string

// Error says so.
func (e noHome) Error() string { return "this user's home folder is unknown: " + string(e) }

// Hint says what a person can do about it.
func (e noHome) Hint() string {
	return "set HOME (on Windows USERPROFILE) to your home folder, then run the command again"
}

// Load reads the configuration.
//
// Errors: syncer.ErrNotSetUp if there is none, *syncer.BrokenFileError if it cannot be understood; that of Check.
func (p Paths) Load() (Config, error) {
	if err := p.Check(); err != nil {
		return Config{}, err
	}
	data, err := os.ReadFile(p.Config)
	if oserr.Missing(err) {
		return Config{}, syncer.ErrNotSetUp
	}
	var c Config
	if err == nil {
		if err = jsonfile.Decode(data, &c); err == nil {
			err = c.check()
		}
	}
	if err != nil {
		return c, brokenFile(p.Config, err)
	}
	return c, nil
}

// check checks what every part of the program relies on.
func (c Config) check() error {
	if err := CheckName(c.Machine); err != nil {
		return err
	}
	if !filepath.IsAbs(c.SyncDir) {
		return fmt.Errorf("syncDir %#q is not an absolute path", c.SyncDir)
	}
	return nil
}

// CheckName says what is wrong with a machine's name: it is shown in menus and titles and becomes part of a file
// name. A good name is its own label, see words.Machine.
func CheckName(name string) error {
	if name == "" {
		return errors.New("the machine has no name")
	}
	if name != words.Machine(name) {
		return fmt.Errorf("%.60q is not fit for a machine's name: at most 40 printable characters, no spaces at its ends", name)
	}
	return nil
}

// brokenFile says why a file of ours cannot be understood.
func brokenFile(path string, err error) error {
	if at := (*jsonfile.Error)(nil); errors.As(err, &at) {
		return &syncer.BrokenFileError{Path: path, Line: at.Line, Err: at.Err}
	}
	return &syncer.BrokenFileError{Path: path, Err: oserr.Bare(err)}
}

// save writes the configuration if it differs from the file.
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
// Errors: syncer.ErrNotSetUp, *syncer.BrokenFileError; that of Paths.Check.
func Open(p Paths) (*Machine, error) {
	c, err := p.Load()
	if err != nil {
		return nil, err
	}
	return p.Machine(c), nil
}

// Machine returns the machine with this configuration. It touches nothing.
func (p Paths) Machine(c Config) *Machine {
	return New(Options{
		Name:      c.Machine,
		ID:        p.ID,
		Version:   p.Version,
		Store:     claude.Open(os.Getenv, p.Home),
		Transport: p.Watch.Transport(transport.NewFolder(c.SyncDir)),
		Watch:     p.Watch,
		Registry:  p.Registry,
		Installed: p.Installed,
		LockFile:  p.Lock,
		Cache:     p.Cache,
		Roots:     c.Roots,
	})
}

// LoadNotified returns what SaveNotified saved, nil if that cannot be read: then a person gets some notes once more.
func (p Paths) LoadNotified() []byte {
	data, err := os.ReadFile(p.Notified)
	if err != nil {
		return nil
	}
	return data
}

// SaveNotified saves which notes a person has had, so that they do not come again after the next start.
func (p Paths) SaveNotified(data []byte) error { return atomicfile.WriteFile(p.Notified, data) }

// SaveHealth writes the doctor's report for a person to open.
func (p Paths) SaveHealth(report []byte) error { return atomicfile.WriteFile(p.Health, report) }
