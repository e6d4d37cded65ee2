//go:build unix && !darwin

package autostart

import "path/filepath"

// Root returns where this operating system keeps what starts at login: the autostart folder in
// configHome ($XDG_CONFIG_HOME), on macOS the LaunchAgents folder in home, on Windows a key below
// HKEY_CURRENT_USER. Each system uses only what it needs.
func Root(configHome, home string) string { return filepath.Join(configHome, "autostart") }

func (s Switch) path() string { return filepath.Join(s.root, s.id+".desktop") }

// Enable makes e start at login, also when it was switched off elsewhere. Its id must be the switch's.
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

// Disable makes it start no more. That it did not is no error.
func (s Switch) Disable() error {
	if err := checkID(s.id); err != nil {
		return err
	}
	return removeFile(s.path())
}

// Status reads whether it starts at login. An entry that cannot be understood is an error; Enable
// replaces it.
func (s Switch) Status() (Status, error) {
	if err := checkID(s.id); err != nil {
		return Status{}, err
	}
	return readStatus(s.path(), parseDesktop)
}
