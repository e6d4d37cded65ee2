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
	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/project"
	"claude-sync/syncer/transport"
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
	Do        Command // what a click sends; the zero Command for none
	Children  []Item
}

// Verb says what a click asks for.
type Verb string

// The verbs.
const (
	LookAgain     Verb = "look"
	Stop          Verb = "stop"
	Pull          Verb = "pull"          // Project, or all when empty; with Session only that one
	Push          Verb = "push"          // Project, or all when empty
	TakeTheirs    Verb = "take-theirs"   // Session, Machine: their branch goes on, ours becomes a fork
	TakeOurs      Verb = "take-ours"     // Session: our branch goes on, theirs become forks
	Locate        Verb = "locate"        // Project: choose the folder of a project that is stale (Path: the one that is gone) or waiting
	Forget        Verb = "forget"        // Project; with Path only that checkout of it
	KeepLocal     Verb = "keep-local"    // Project; toggles
	Resume        Verb = "resume"        // Session, Path (cwd): open a terminal with claude --resume
	OpenFolder    Verb = "open-folder"   // Path
	ChooseFolder  Verb = "choose-folder" // choose another sync folder
	UseFolder     Verb = "use-folder"    // Path: set up with this sync folder
	Autostart     Verb = "autostart"     // toggles
	Notifications Verb = "notifications" // toggles
	CheckHealth   Verb = "check-health"  // write the doctor's report and open it
	Quit          Verb = "quit"
)

// Command is what a click sends.
type Command struct {
	Verb    Verb
	Project project.Key
	Session ccsync.SessionID
	Machine string
	Path    string
}

// Newest is how many of a project's newest sessions have an entry. claude --resume lists the others.
const Newest = 3

// View is everything that the picture depends on.
type View struct {
	Now           time.Time
	Version       string
	SetUp         bool
	Candidates    []transport.Candidate // sync folders found, when not set up
	Snapshot      *syncer.Snapshot      // the last good look, nil before the first
	Unavailable   string                // why the sync folder cannot be seen now, "" when it can
	Provider      string                // "Dropbox", … of the sync folder, "" when unknown
	SyncDir       string
	Busy          *Busy          // work in hand
	Failures      []syncer.Event // of what was asked for last, until it succeeds or is asked again
	Autostart     bool
	Notifications bool
	// Still says that nothing happens and that the picture stays as it is for minutes: what it says has to
	// stay true so long.
	Still bool
}

// Busy is work in hand.
type Busy struct {
	Verb     Verb // Pull, Push, TakeTheirs, …
	Project  project.Key
	Progress syncer.Progress
	Stopping bool
}
