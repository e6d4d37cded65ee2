package tray

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"claude-sync/tray/autostart"
)

// Desktop opens things outside of this program. Each function returns when the other program was started,
// or has answered, so they are called by workers only.
type Desktop struct {
	// OpenPath shows a folder or a file in the program that the user has for it.
	OpenPath func(ctx context.Context, path string) error
	// OpenTerminal runs a command in a new terminal window, in the folder dir. ErrNoTerminal says that no
	// terminal was found.
	OpenTerminal func(ctx context.Context, dir string, command []string) error
	// ChooseFolder asks for a folder. ErrNotChosen says that the person changed their mind.
	ChooseFolder func(ctx context.Context, title, start string) (string, error)
	// Copy puts a text into the clipboard.
	Copy func(ctx context.Context, text string) error
}

// ErrNoTerminal says that no terminal program was found.
var ErrNoTerminal = errors.New("no terminal program was found")

// ErrNotChosen says that a person closed a dialog without an answer.
var ErrNotChosen = errors.New("nothing was chosen")

// errNoProgram says that none of the programs that could do it are here.
var errNoProgram = errors.New("no program for it was found")

// withDefaults fills in how this system does it.
func (d Desktop) withDefaults() Desktop {
	if d.OpenPath == nil {
		d.OpenPath = openPath
	}
	if d.OpenTerminal == nil {
		d.OpenTerminal = openTerminal
	}
	if d.ChooseFolder == nil {
		d.ChooseFolder = chooseFolder
	}
	if d.Copy == nil {
		d.Copy = copyText
	}
	return d
}

// settle is how long a started program has to fail. One that is still there then has opened its window.
const settle = 2 * time.Second

// launch starts a program that outlives us and does not wait for its end, but reports one that fails at
// once. Nothing it writes is shown: it may write for hours.
func launch(ctx context.Context, dir, name string, args ...string) error {
	c := exec.Command(name, args...)
	c.Dir = dir
	detach(c)
	if err := c.Start(); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- c.Wait() }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done(): // the program that was asked for stays
	case <-time.After(settle):
	}
	return nil
}

// firstOf returns the first of the programs that is installed.
func firstOf(names ...string) (string, bool) {
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil && name != "" {
			return path, true
		}
	}
	return "", false
}

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

// AutostartToggle makes the menu's entry of an autostart switch; wanted tells what is to start, or why it
// cannot. Where the desktop or the user has switched the entry off elsewhere it is off, and switching it on
// here takes that back.
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

// AutostartVerb is the command line's way to the same switch: "on", "off" or "status", answered by the
// state in words.
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
		return status.State.String(), err
	}
}

// RepairAutostart puts this program into an entry that is on and whose own has gone. One that cannot start at
// login itself would make nothing better, and leaves it.
func RepairAutostart(s autostart.Switch, wanted func() (autostart.Entry, error)) error {
	e, err := wanted()
	if err != nil {
		return nil
	}
	_, err = s.Repair(e)
	return err
}

// FileToggle makes a setting that is on unless the file at path exists. The file is empty: there is
// nothing in it to break, and no half of it to write.
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
