//go:build darwin && !cgo

package panel

import (
	"claude-sync/syncer/command"
	"claude-sync/tray/menu"
)

// Panel stands for the tray that this build lacks: macOS shows one only to programs with cgo.
type Panel struct{}

// New returns ErrBuiltWithout.
func New() (*Panel, error) { return nil, ErrBuiltWithout }

// Show does nothing.
func (*Panel) Show(menu.Menu) {}

// Clicks returns nil: there are no clicks.
func (*Panel) Clicks() <-chan command.Command { return nil }

// Opened returns nil: there is no menu to open.
func (*Panel) Opened() <-chan struct{} { return nil }

// Run calls atEnd and returns.
func (*Panel) Run(atEnd func()) { atEnd() }

// Quit does nothing.
func (*Panel) Quit() {}
