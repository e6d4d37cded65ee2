package tray

import (
	"context"
	"time"

	"claude-sync/syncer"
	"claude-sync/syncer/command"
	"claude-sync/syncer/transport/provider"
	"claude-sync/tray/menu"
)

// Host shows the menu. Its methods return at once. A panel.Panel is the Host of a desktop.
type Host interface {
	// Show replaces the picture.
	Show(menu.Menu)
	// Clicks brings every click, in order. None is lost while the loop is busy. A click that came too soon
	// after its entry changed comes as panel.Missed.
	Clicks() <-chan command.Command
	// Opened brings a value each time the menu is opened; it is nil if the desktop does not tell.
	Opened() <-chan struct{}
}

// Engine carries out commands. Methods may take minutes. They end early if ctx does.
type Engine interface {
	// Look scans transcripts and packs. It changes nothing. All members of Seen except Snapshot are right even
	// with an error.
	//
	// Errors: syncer.ErrNotSetUp, *transport.UnavailableError, or another reason why the scan failed.
	Look(ctx context.Context) (Seen, error)
	// Do carries out a Command whose verb Changes something. It keeps other processes out meanwhile.
	Do(ctx context.Context, c command.Command, progress func(syncer.Progress)) ([]syncer.Event, error)
	// Health writes the doctor's report into a file and returns the file's path.
	Health(ctx context.Context) (path string, err error)
}

// Seen is the result of one look.
type Seen struct {
	Snapshot   syncer.Snapshot
	Candidates []provider.Candidate // if not set up
	SyncDir    string
	Provider   string
	Retention  time.Duration // Claude Code deletes older sessions; 0 if unknown
	Folders    []string      // to watch: a change in them may change the next look
}

// Watcher tells that something changed in one of the folders.
type Watcher interface {
	// Watch replaces the folders. It returns at once and skips folders that cannot be watched.
	Watch(folders []string)
	// Changes brings one message for one or many changes.
	Changes() <-chan struct{}
	// Close ends the watching.
	Close()
}

// News is something that may deserve a person's attention.
type News struct {
	Time time.Time
	// First marks the first look since the start.
	First bool
	// Snapshot is set after a look that succeeded.
	Snapshot *syncer.Snapshot
	// Retention comes with Snapshot, for Snapshot.Due; 0 if unknown.
	Retention time.Duration
	// Err says why a look failed: *transport.UnavailableError, syncer.ErrNotSetUp, or another.
	Err error
	// Asked is the command that work carried out, and Events are its results. Stopped work has no Failed
	// events.
	Asked  command.Command
	Events []syncer.Event
	// Say is a sentence to show unchanged, in answer to something that a person did just now.
	Say string
}
