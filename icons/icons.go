// Package icons holds the pictures that this program is seen by: one for each state of the tray, fit for
// the operating system the build is for, and the application's own icon.
//
// The states are told apart by shape, the colour only repeats it: a conversation with a prompt (up to
// date), with an arrow into it (to pull), with three dots (working), a warning sign (attention), and struck
// through (off). Everything is drawn by icons/draw and checked in:
//
//	png/       Linux: 32 pixels, with a halo to be read on any panel; only embedded there
//	template/  macOS: black and alpha, which the menu bar inks itself; only embedded there
//	ico/       Windows: 16 to 64 pixels in one file; only embedded there
//	app/       for packages: hicolor tree, .icns, .ico; one picture of it is embedded everywhere
//
// What it does not promise: animation, any state's colour, and pictures of another system than the build's.
package icons

import (
	_ "embed"
	"fmt"
	"strings"
)

//go:generate go run ./draw .

// State is what the tray's icon says.
type State int

const (
	// UpToDate means that there is nothing to do.
	UpToDate State = iota
	// ToPull means that another machine has something for this one.
	ToPull
	// Working means that a push or pull is under way.
	Working
	// Attention means that something needs a person.
	Attention
	// Off means that nothing can be synced: not set up yet, or the sync folder is not to be seen.
	Off
)

// States returns every state, in their order.
func States() []State { return []State{UpToDate, ToPull, Working, Attention, Off} }

// String returns the state in words, as a tooltip may show it.
func (s State) String() string {
	switch s {
	case UpToDate:
		return "up to date"
	case ToPull:
		return "to pull"
	case Working:
		return "working"
	case Attention:
		return "attention"
	case Off:
		return "off"
	}
	return fmt.Sprintf("state %d", int(s))
}

// file is the state's name in file names. A state that nobody drew is one to look into.
func (s State) file() string {
	if s < UpToDate || s > Off {
		s = Attention
	}
	return strings.ReplaceAll(s.String(), " ", "-")
}

// Icon is a picture in the form that this operating system's tray takes.
type Icon struct {
	// Bytes is a file: PNG on Linux and macOS, ICO on Windows. It is never empty, and not to be changed.
	Bytes []byte
	// Template says that the system inks the picture itself, by its alpha alone (macOS).
	Template bool
}

// For returns the icon of a state for this operating system's tray. It has one for every value: a state it
// does not know gets Attention's, because an empty icon makes some trays panic.
func For(s State) Icon { return forTray(s) }

//go:embed app/hicolor/128x128/apps/claude-sync.png
var app []byte

// App returns the application's icon as a PNG of 128 pixels, for notifications and windows.
func App() []byte { return app }
