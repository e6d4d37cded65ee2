// Package menu turns what the tray knows into the picture that a person sees: the icon, the words for
// it, and the menu. Build is pure, so every state can be looked at as text in testdata.
//
// The package does not know the library that draws the menu, nor how a label is escaped for it, and does
// not promise that an entry can be clicked in time: whoever gets a Command checks again.
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
	Tooltip string // one line, says in words what the icon shows
	Items   []Item
}

// Item is one entry. A Separator has nothing but Separator set. An item with Children does nothing when
// clicked; children have no children.
type Item struct {
	Label     string // plain text, valid UTF-8, one line; escaping is the adapter's
	Separator bool
	Disabled  bool
	Checkbox  bool
	Checked   bool
	Do        command.Command // what a click sends; the zero Command for none
	Children  []Item
}

// Newest is how many of a project's newest sessions have an entry. claude --resume lists the others.
const Newest = 3

// View is everything that the picture depends on.
type View struct {
	Now           time.Time
	Version       string
	SetUp         bool
	Candidates    []Candidate      // sync folders found, when not set up
	Snapshot      *syncer.Snapshot // the last good look, nil before the first
	Unavailable   string           // why the sync folder cannot be seen now, "" when it can
	Provider      string           // "Dropbox", … of the sync folder, "" when unknown
	SyncDir       string
	Busy          *Busy          // work in hand
	Failures      []syncer.Event // of what was asked for last, until it succeeds or is asked again
	Autostart     bool
	Notifications bool
	// Still says that nothing happens and that the picture stays as it is for minutes: what it says has to
	// stay true so long.
	Still bool
}

// Candidate is a folder that could be the sync folder, as a transport found it.
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
