package tray

import (
	"errors"
	"os"
	"path/filepath"

	"claude-sync/tray/autostart"
)

// Toggle is a setting that the menu switches. The zero Toggle is off and stays off.
type Toggle struct {
	On  func() (bool, error)
	Set func(bool) error
}

func (t Toggle) on() bool {
	if t.On == nil {
		return false
	}
	on, err := t.On()
	return on && err == nil
}

func (t Toggle) flip() error {
	if t.On == nil || t.Set == nil {
		return errors.New("this setting cannot be changed here")
	}
	on, err := t.On()
	if err != nil {
		return err
	}
	return t.Set(!on)
}

// AutostartToggle makes a setting of an autostart switch; wanted returns the entry, or why there can be none. An entry
// that was switched off in the desktop's settings is off, and is on again after it was switched on here.
func AutostartToggle(s autostart.Switch, wanted func() (autostart.Entry, error)) Toggle {
	return Toggle{
		On: func() (bool, error) {
			status, err := s.Status()
			return status.State == autostart.On, err
		},
		Set: func(on bool) error {
			if on {
				return enable(s, wanted)
			}
			return s.Disable()
		},
	}
}

func enable(s autostart.Switch, wanted func() (autostart.Entry, error)) error {
	e, err := wanted()
	if err != nil {
		return err
	}
	return s.Enable(e)
}

// AutostartVerb makes the command line's function for the same switch. It takes "on", "off" or "status" and returns the
// state in words. If the state is on and nothing starts, it also returns an error, which brings its own Hint.
func AutostartVerb(s autostart.Switch, wanted func() (autostart.Entry, error)) func(action string) (string, error) {
	return func(action string) (string, error) {
		var err error
		switch action {
		case "on":
			err = enable(s, wanted)
		case "off":
			err = s.Disable()
		}
		if err != nil {
			return "", err
		}
		status, err := s.Status()
		if err != nil {
			return "", err
		}
		if broken := status.Broken(); broken != nil {
			err = brokenLogin{broken}
		}
		return status.State.String(), err
	}
}

// brokenLogin is an entry that starts nothing.
type brokenLogin struct{ error }

// Hint says what a person can do about it.
func (brokenLogin) Hint() string {
	return "claude-sync autostart on puts this program in its place; claude-sync autostart off removes the entry"
}

// RepairAutostart writes this program into an entry that is on and points to a program that has gone. A program that
// cannot start at login itself leaves the entry as it is.
func RepairAutostart(s autostart.Switch, wanted func() (autostart.Entry, error)) error {
	e, err := wanted()
	if err != nil {
		return nil
	}
	_, err = s.Repair(e)
	return err
}

// FileToggle makes a setting that is on unless the file at path exists. The file is empty, so it is never half
// written.
func FileToggle(path string) Toggle {
	return Toggle{
		On: func() (bool, error) {
			_, err := os.Lstat(path)
			if errors.Is(err, os.ErrNotExist) {
				return true, nil
			}
			return false, err
		},
		Set: func(on bool) error {
			if on {
				err := os.Remove(path)
				if errors.Is(err, os.ErrNotExist) {
					return nil
				}
				return err
			}
			if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
				return err
			}
			return os.WriteFile(path, nil, 0o600)
		},
	}
}
