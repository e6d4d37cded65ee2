// Package desk opens things outside of this program: folders, files, terminals, dialogs, the clipboard.
//
// What it does not promise: that a started program did what it was asked to. It reports a program that fails
// within two seconds; a later failure is not seen.
package desk

import (
	"context"
	"errors"
	"os/exec"
	"time"
)

// Desktop opens things outside of this program. Each function returns after the other program was started or
// has answered. That may take minutes, so only workers call them.
type Desktop struct {
	// OpenPath shows a folder or a file in the user's program for it.
	OpenPath func(ctx context.Context, path string) error
	// OpenTerminal runs a command in a new terminal window, in the folder dir. It returns ErrNoTerminal if it
	// finds no terminal.
	OpenTerminal func(ctx context.Context, dir string, command []string) error
	// ChooseFolder asks for a folder. It returns ErrNotChosen if the person closes the dialog.
	ChooseFolder func(ctx context.Context, title, start string) (string, error)
	// Confirm asks a question that is answered by yes or no, which is the default. Yes is the label of the one button,
	// where the system lets a program name it. It returns ErrNotChosen for a no, or if the person closes the dialog.
	Confirm func(ctx context.Context, question, yes string) error
	// Copy puts a text into the clipboard.
	Copy func(ctx context.Context, text string) error
}

// ErrNoTerminal says that no terminal program was found.
var ErrNoTerminal = errors.New("no terminal program was found")

// ErrNotChosen says that a person closed a dialog without an answer.
var ErrNotChosen = errors.New("nothing was chosen")

// errNoProgram says that no program for it is installed.
var errNoProgram = errors.New("no program for it was found")

// WithDefaults returns d with this system's way in place of each nil function.
func (d Desktop) WithDefaults() Desktop {
	if d.OpenPath == nil {
		d.OpenPath = openPath
	}
	if d.OpenTerminal == nil {
		d.OpenTerminal = openTerminal
	}
	if d.ChooseFolder == nil {
		d.ChooseFolder = chooseFolder
	}
	if d.Confirm == nil {
		d.Confirm = confirm
	}
	if d.Copy == nil {
		d.Copy = copyText
	}
	return d
}

// startTimeout is how long launch waits for a started program to fail. A program that runs longer has opened its
// window.
const startTimeout = 2 * time.Second

// launch starts a program that outlives this one. It returns the program's error if that fails at once, and does
// not wait for its end. The program's output is dropped: it may write for hours.
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
	case <-ctx.Done(): // the started program stays
	case <-time.After(startTimeout):
	}
	return nil
}

// firstOf returns the path of the first program that is installed.
func firstOf(names ...string) (string, bool) {
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil && name != "" {
			return path, true
		}
	}
	return "", false
}
