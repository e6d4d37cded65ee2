// Package autostart switches start at login on and off for a program. It writes each desktop's own kind of entry, so the
// desktop's settings show the entry and can switch it off:
//
//	Linux    $XDG_CONFIG_HOME/autostart/<id>.desktop   (desktop.go)
//	macOS    ~/Library/LaunchAgents/<id>.plist         (launchagent.go)
//	Windows  HKCU\Software\Microsoft\Windows\CurrentVersion\Run, value <id>   (commandline.go)
//
// A person may switch the entry off elsewhere (Hidden=true, X-GNOME-Autostart-enabled=false, the Task Manager, launchctl
// disable). Only Enable switches it on again, because it means that the person asked for it here.
//
// What it does not promise: that the desktop starts the program (a window manager alone reads no autostart folder), that
// the program is not running already, or that two programs can use one id. It knows nothing of entries for all users. It
// starts and stops no program, except launchctl on macOS.
package autostart

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"
)

// Entry is a program that starts at login.
type Entry struct {
	ID      string   // names the file or value: letters, digits, '.', '-' and '_'
	Name    string   // for people
	Comment string   // for people; may be empty
	Exec    []string // the program's absolute path, then its arguments
	Icon    string   // a theme's icon name or a path; Linux only; may be empty
}

// State is whether the program starts at login.
type State int

const (
	// Off means that there is no entry.
	Off State = iota
	// On means that there is an entry and nothing forbids it.
	On
	// SwitchedOff means that there is an entry, and that a person switched it off outside of this program.
	SwitchedOff
)

// String returns the state in words.
func (s State) String() string {
	switch s {
	case Off:
		return "off"
	case On:
		return "on"
	case SwitchedOff:
		return "switched off elsewhere"
	}
	return fmt.Sprintf("state %d", int(s))
}

// Status is the state of the desktop's entry.
type Status struct {
	State State
	Exec  []string // as in Entry; nil when Off
}

// Program returns the path of the entry's program, "" without an entry.
func (s Status) Program() string {
	if len(s.Exec) == 0 {
		return ""
	}
	return s.Exec[0]
}

// Broken returns a *GoneError if the entry is on and starts nothing, because its program was renamed, moved or uninstalled.
func (s Status) Broken() error {
	if s.State == On && gone(s.Program()) {
		return &GoneError{Program: s.Program()}
	}
	return nil
}

// GoneError says that the program that is to start at login is gone from disk.
type GoneError struct{ Program string }

// Error names the program.
func (e *GoneError) Error() string { return e.Program + ", which is to start at login, is gone" }

// Switch is one program's entry. It holds no state: each call reads or writes the desktop's own files.
type Switch struct {
	id   string
	root string
}

// New returns the switch of the entry with this id. The root is the result of Root, or another place in a test.
func New(id, root string) Switch { return Switch{id: id, root: root} }

// Repair rewrites an entry that is on and whose program has gone: after an update or a move to another folder the old path
// starts nothing. It does not touch other entries, and none that points to an existing copy of the program.
func (s Switch) Repair(current Entry) (changed bool, err error) {
	now, err := s.Status()
	if err != nil {
		return false, err
	}
	if now.Broken() == nil {
		return false, nil
	}
	// RACE: an entry that a person switches off in the same millisecond is switched on again. The next click
	// cures it.
	if err := s.Enable(current); err != nil {
		return false, err
	}
	return true, nil
}

// gone reports whether there is no file at path. It is false for a name without a folder, which the desktop searches in
// PATH, and for a folder that this user may not read.
func gone(path string) bool {
	if !filepath.IsAbs(path) {
		return false
	}
	_, err := os.Stat(path)
	return errors.Is(err, fs.ErrNotExist)
}

// check refuses entries that some desktop would misread. It is the same on every system.
func (s Switch) check(e Entry) error {
	if err := checkID(s.id); err != nil {
		return err
	}
	if e.ID != s.id {
		return fmt.Errorf("autostart entry has id %q, not %q", e.ID, s.id)
	}
	if len(e.Exec) == 0 || !filepath.IsAbs(e.Exec[0]) {
		return fmt.Errorf("autostart entry %q has no absolute program path: %#q", e.ID, e.Exec)
	}
	for _, text := range append([]string{e.Name, e.Comment, e.Icon}, e.Exec...) {
		if !utf8.ValidString(text) || strings.ContainsFunc(text, forbidden) {
			return fmt.Errorf("autostart entry %q has a text that no desktop can store: %#q", e.ID, text)
		}
	}
	return nil
}

// forbidden are the characters that are not allowed in a desktop entry or in XML 1.0.
func forbidden(r rune) bool {
	return r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0x7f || r == 0xfffe || r == 0xffff
}

// checkID refuses ids that are not fit for a file name on every system and for a registry value.
func checkID(id string) error {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '.' || r == '-' || r == '_'
	}
	if id == "" || id[0] == '.' || strings.ContainsFunc(id, func(r rune) bool { return !plain(r) }) {
		return fmt.Errorf("%q is no id of an autostart entry", id)
	}
	return nil
}
