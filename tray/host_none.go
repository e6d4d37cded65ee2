//go:build darwin && !cgo

package tray

import (
	"claude-sync/syncer/command"
	"claude-sync/tray/menu"
)

// host stands for the tray that this build has not: macOS shows one to programs with cgo only.
type host struct{}

func newHost() (*host, error) { return nil, ErrBuiltWithout }

// Show implements Host.
func (*host) Show(menu.Menu) {}

// Clicks implements Host.
func (*host) Clicks() <-chan command.Command { return nil }

// Opened implements Host.
func (*host) Opened() <-chan struct{} { return nil }

func (*host) run(atEnd func()) { atEnd() }

func (*host) quit() {}
