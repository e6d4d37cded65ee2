package autostart

import (
	"errors"
	"fmt"

	"golang.org/x/sys/windows/registry"
)

const (
	runKey      = `\Run`
	approvedKey = `\Explorer\StartupApproved\Run`
)

// Root returns this operating system's place for entries: the autostart folder in configHome ($XDG_CONFIG_HOME), on macOS
// the LaunchAgents folder in home, on Windows a key below HKEY_CURRENT_USER.
func Root(configHome, home string) string { return `Software\Microsoft\Windows\CurrentVersion` }

// Enable makes e start at login, even if it was switched off elsewhere. The entry's id must be the switch's.
func (s Switch) Enable(e Entry) error {
	if err := s.check(e); err != nil {
		return err
	}
	line, err := composeCommandLine(e.Exec)
	if err != nil {
		return err
	}
	key, _, err := registry.CreateKey(registry.CURRENT_USER, s.root+runKey, registry.SET_VALUE)
	if err != nil {
		return fmt.Errorf("opening registry key %#q: %v", s.root+runKey, err)
	}
	if err := errors.Join(key.SetStringValue(s.id, line), key.Close()); err != nil {
		return fmt.Errorf("writing registry value %q: %v", s.id, err)
	}
	return s.remove(approvedKey)
}

// Disable removes the entry, if there is one.
func (s Switch) Disable() error {
	if err := checkID(s.id); err != nil {
		return err
	}
	return errors.Join(s.remove(runKey), s.remove(approvedKey))
}

// Status reads the entry. It returns an error for an entry that it cannot understand; Enable replaces such an entry.
func (s Switch) Status() (Status, error) {
	if err := checkID(s.id); err != nil {
		return Status{}, err
	}
	var line string
	err := s.read(runKey, func(k registry.Key) (err error) {
		line, _, err = k.GetStringValue(s.id)
		return err
	})
	if err != nil || line == "" {
		return Status{}, err
	}
	var value []byte
	err = s.read(approvedKey, func(k registry.Key) (err error) {
		value, _, err = k.GetBinaryValue(s.id)
		return err
	})
	if err != nil {
		return Status{}, err
	}
	if !approved(value) {
		return Status{State: SwitchedOff, Exec: parseCommandLine(line)}, nil
	}
	return Status{State: On, Exec: parseCommandLine(line)}, nil
}

// read opens a key for get. A missing key or value is not an error.
func (s Switch) read(name string, get func(registry.Key) error) error {
	key, err := registry.OpenKey(registry.CURRENT_USER, s.root+name, registry.QUERY_VALUE)
	if err == nil {
		err = errors.Join(get(key), key.Close())
	}
	if err != nil && !errors.Is(err, registry.ErrNotExist) {
		return fmt.Errorf("reading registry value %q in %#q: %v", s.id, s.root+name, err)
	}
	return nil
}

// remove removes the value, if there is one.
func (s Switch) remove(name string) error {
	key, err := registry.OpenKey(registry.CURRENT_USER, s.root+name, registry.SET_VALUE)
	if err == nil {
		err = errors.Join(key.DeleteValue(s.id), key.Close())
	}
	if err != nil && !errors.Is(err, registry.ErrNotExist) {
		return fmt.Errorf("removing registry value %q in %#q: %v", s.id, s.root+name, err)
	}
	return nil
}
