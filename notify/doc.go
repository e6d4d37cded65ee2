// Package notify decides which news deserve a person's attention, and shows them on the desktop.
//
// Decide is pure: from what was told before and what was found now it makes the notes to show and the new
// memory of what was told. Told survives a restart as bytes, so that nothing is said twice. The policy:
// conflicts, checkouts that are gone, sessions that arrived, failures of what was asked for, the sync
// folder gone or back, and sessions that Claude Code is about to delete and nobody else has. Success is
// never told, and on the first look after login only what is wrong.
//
// Desktop delivers: over D-Bus on Linux, by the system's own means elsewhere.
//
// What it does not promise: that anybody saw a note, that a system has buttons (only D-Bus gives them), or
// that what a button asks for still makes sense when it is pressed. The engine checks each command again.
package notify

import "claude-sync/syncer/command"

// Note is one notification.
type Note struct {
	// ID is what the note is about. A note replaces the one with the same ID that is still to be seen.
	ID string
	// Title and Body are plain text: valid UTF-8, without control characters but newlines in the body.
	Title, Body string
	// Buttons come in the order of their use. Where there are no buttons, the menu has the same verbs.
	Buttons []Button
	// Urgent notes stay until they are seen to, where the system can do that.
	Urgent bool
}

// Button is something to do about a note.
type Button struct {
	Label string
	Do    command.Command
}
