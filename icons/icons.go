// Package icons holds the program's pictures: one for each state of the tray, in the form of the build's operating system,
// and the application's own icon.
//
// States differ by shape; the colour only repeats it. The shapes are a conversation with a prompt (up to date), with an
// arrow into it (to pull), with three dots (working), a warning sign (attention), and a conversation that is struck
// through (off). The program icons/draw draws all pictures, and they are checked in:
//
//	png/       Linux: 32 pixels, with a halo for dark and light panels; only embedded there
//	template/  macOS: black and alpha, coloured by the menu bar; only embedded there
//	ico/       Windows: 16 to 64 pixels in one file; only embedded there
//	app/       for packages: hicolor tree, .icns, .ico; one picture of it is embedded everywhere
//
// What it does not promise: animation, certain colours, or pictures of another system than the build's.
package icons

import (
	_ "embed"
	"fmt"
	"strings"
)

//go:generate go run ./draw .

// State is a state that the tray's icon can show.
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
	// Off means that nothing can be synced: not set up yet, or the sync folder is not available.
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

// file is the state's name in file names. A state without a picture gets Attention's.
func (s State) file() string {
	if s < UpToDate || s > Off {
		s = Attention
	}
	return strings.ReplaceAll(s.String(), " ", "-")
}

// Icon is a picture in the form of this operating system's tray.
type Icon struct {
	// Bytes is a file: PNG on Linux and macOS, ICO on Windows. It is never empty. Do not change it.
	Bytes []byte
	// Template says that the system takes only the alpha, and colours the picture itself (macOS).
	Template bool
}

// For returns the icon of a state for this operating system's tray. An unknown state gets Attention's, because an empty
// icon makes some trays panic.
func For(s State) Icon { return forTray(s) }

//go:embed app/hicolor/128x128/apps/claude-sync.png
var app []byte

// App returns the application's icon as a PNG of 128 pixels, for notifications and windows.
func App() []byte { return app }
