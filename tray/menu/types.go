// Package menu builds the picture that a person sees: the icon, its tooltip, and the menu. Build is pure, so
// testdata shows every state as text.
//
// The package does not know the library that draws the menu, and does not escape labels for it. It does not
// promise that a Command can still be carried out when its entry is clicked: the engine checks again.
package menu

import (
	"time"

	"claude-sync/icons"
	"claude-sync/syncer"
	"claude-sync/syncer/command"
	"claude-sync/syncer/project"
)

// Menu is the whole picture.
type Menu struct {
	Icon    icons.State
	Tooltip string // one line; says in words what the icon shows
	Items   []Item
}

// Item is one entry. A separator has only Separator set. An item with Children does nothing when clicked;
// children have no children.
type Item struct {
	Label     string // plain text, valid UTF-8, one line, not escaped
	Separator bool
	Disabled  bool
	Checkbox  bool
	Checked   bool
	Do        command.Command // a click sends it, unless it is the zero Command
	Children  []Item
}

// Newest is how many sessions of a project have an entry, the newest first. claude --resume lists the others.
const Newest = 3

// View is the whole input of Build.
type View struct {
	Now           time.Time
	Version       string
	SetUp         bool
	Candidates    []Candidate      // sync folders found, if not set up
	Snapshot      *syncer.Snapshot // the last good look, nil before the first
	Unavailable   string           // why the sync folder cannot be read now, "" if it can
	Provider      string           // of the sync folder: "Dropbox", …; "" if unknown
	SyncDir       string
	Busy          *Busy          // work in hand, nil if there is none
	Failures      []syncer.Event // of the last command
	Autostart     bool
	Notifications bool
	// Idle says that the picture will not change for minutes, because nothing happens. Its words then have
	// to stay true for minutes.
	Idle bool
}

// Candidate is a folder that could be the sync folder.
type Candidate struct {
	Provider string // "Syncthing", "Dropbox", …
	Dir      string
}

// Busy is work in hand.
type Busy struct {
	Verb     command.Verb // Pull, Push, TakeTheirs, …
	Project  project.Key
	Progress syncer.Progress
	Stopping bool
}
