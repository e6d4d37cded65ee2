//go:build unix && !darwin

package autostart

import "path/filepath"

// Root returns this operating system's place for entries: the autostart folder in configHome ($XDG_CONFIG_HOME), on macOS
// the LaunchAgents folder in home, on Windows a key below HKEY_CURRENT_USER.
func Root(configHome, home string) string { return filepath.Join(configHome, "autostart") }

func (s Switch) path() string { return filepath.Join(s.root, s.id+".desktop") }

// Enable makes e start at login, even if it was switched off elsewhere. The entry's id must be the switch's.
func (s Switch) Enable(e Entry) error {
	if err := s.check(e); err != nil {
		return err
	}
	text, err := composeDesktop(e)
	if err != nil {
		return err
	}
	return replaceFile(s.path(), text)
}

// Disable removes the entry, if there is one.
func (s Switch) Disable() error {
	if err := checkID(s.id); err != nil {
		return err
	}
	return removeFile(s.path())
}

// Status reads the entry. It returns an error for an entry that it cannot understand; Enable replaces such an entry.
func (s Switch) Status() (Status, error) {
	if err := checkID(s.id); err != nil {
		return Status{}, err
	}
	return readStatus(s.path(), parseDesktop)
}
