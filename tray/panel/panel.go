// Package panel shows a menu.Menu in the desktop's panel: the icon, its tooltip, and the entries.
//
// It hides the tray library's traps: systray.go is the only file that calls it, from one goroutine at a time,
// and slots.go makes all entries before a panel can look.
//
// What it does not promise: that the desktop shows the icon, or that it tells when the menu is opened.
package panel

import (
	"errors"
	"time"

	"claude-sync/syncer/command"
)

// ErrBuiltWithout says that this program was built without a tray: on macOS a tray takes cgo.
var ErrBuiltWithout = errors.New("built without a tray")

// Missed is the verb of a click that came too soon after its entry changed: the person had not read the new entry, so
// nothing is done. The tray says so.
const Missed command.Verb = "missed"

func now() time.Time { return time.Now() }
