package autostart

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// Root returns this operating system's place for entries: the autostart folder in configHome ($XDG_CONFIG_HOME), on macOS
// the LaunchAgents folder in home, on Windows a key below HKEY_CURRENT_USER.
func Root(configHome, home string) string { return filepath.Join(home, "Library", "LaunchAgents") }

func (s Switch) path() string { return filepath.Join(s.root, s.id+".plist") }

// Enable makes e start at login, even if it was switched off elsewhere. The entry's id must be the switch's. It does not
// load the agent now, because launchd would start a second program.
func (s Switch) Enable(e Entry) error {
	if err := s.check(e); err != nil {
		return err
	}
	if err := replaceFile(s.path(), composePlist(e)); err != nil {
		return err
	}
	if !disabledBy(launchctl("print-disabled", domain()), s.id) {
		return nil
	}
	launchctl("enable", domain()+"/"+s.id)
	if disabledBy(launchctl("print-disabled", domain()), s.id) {
		return fmt.Errorf("launchd keeps %q switched off", s.id)
	}
	return nil
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
	status, err := readStatus(s.path(), parsePlist)
	if err == nil && status.State == On && disabledBy(launchctl("print-disabled", domain()), s.id) {
		status.State = SwitchedOff
	}
	return status, err
}

func domain() string { return fmt.Sprintf("gui/%d", os.Getuid()) }

// launchctl returns the command's output, "" if it fails: over ssh there is no such domain, so nothing can be switched off
// in it.
func launchctl(args ...string) string {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, "/bin/launchctl", args...).Output()
	if err != nil {
		return ""
	}
	return string(out)
}
