package tray

import (
	"context"
	"time"

	"claude-sync/syncer"
	"claude-sync/syncer/command"
	"claude-sync/syncer/transport"
	"claude-sync/tray/menu"
)

// Host is what shows the picture. Its methods return at once.
type Host interface {
	// Show replaces the picture.
	Show(menu.Menu)
	// Clicks brings every click, in order; none is lost while the loop does something else. One that came
	// too soon after a change, for the person to have read it, comes as a Command of its own: missed.
	Clicks() <-chan command.Command
	// Opened tells that the menu was opened, where the desktop says so; nil where it never does.
	Opened() <-chan struct{}
}

// Engine does what a Command asks for. Methods may take minutes and end early with ctx.
type Engine interface {
	// Look finds out what is. It changes nothing. What Seen holds besides the Snapshot is right even
	// beside an error.
	//
	// Errors: syncer.ErrNotSetUp, *transport.UnavailableError, or what else keeps from looking.
	Look(ctx context.Context) (Seen, error)
	// Do carries out a Command that changes something, keeping other processes out meanwhile.
	Do(ctx context.Context, c command.Command, progress func(syncer.Progress)) ([]syncer.Event, error)
	// Health writes the doctor's report into a file and returns the file's path.
	Health(ctx context.Context) (path string, err error)
}

// Seen is what one look brings.
type Seen struct {
	Snapshot   syncer.Snapshot
	Candidates []transport.Candidate // when not set up
	SyncDir    string
	Provider   string
	Retention  time.Duration // after which Claude Code deletes sessions; 0 when unknown
	Folders    []string      // that tell when there is something new to see
}

// Watcher tells that something changed in one of the folders.
type Watcher interface {
	// Watch replaces the folders. It returns at once; a folder that cannot be watched is passed over.
	Watch(folders []string)
	// Changes brings one message for one or many changes.
	Changes() <-chan struct{}
	// Close ends the watching.
	Close()
}

// News is something that may deserve a person's attention.
type News struct {
	Time time.Time
	// First says that this is the first look since the start.
	First bool
	// Snapshot is set after a look that succeeded.
	Snapshot *syncer.Snapshot
	// Retention comes with Snapshot, for Snapshot.Due; 0 when unknown.
	Retention time.Duration
	// Err says why a look failed: *transport.UnavailableError, syncer.ErrNotSetUp, or another.
	Err error
	// Asked is what a person asked for, and Events what came of it, after work. What was stopped is no
	// failure.
	Asked  command.Command
	Events []syncer.Event
	// Say is a sentence to be shown as it is, in answer to something a person did just now.
	Say string
}
