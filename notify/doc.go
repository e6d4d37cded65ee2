// Package notify decides which news deserve a person's attention, and shows them on the desktop.
//
// Decide is pure: it takes the memory of earlier notifications and the newest scene, and returns the notes to show and
// the new memory. Notified survives a restart as bytes, so that a person is notified once. The policy: notify of
// conflicts, checkouts that are gone, sessions that arrived, commands that failed, the sync folder gone or back, and
// sessions that Claude Code is about to delete and no pack has. Never notify of success. On the first look after
// login, notify only of problems.
//
// Desktop delivers: over D-Bus on Linux, by the system's own means elsewhere.
//
// What it does not promise: that a person saw a note, that a system has buttons (only D-Bus has), or that a button's
// command can still be carried out when it is pressed. The engine checks each command again.
package notify

import "claude-sync/syncer/command"

// Note is one notification.
type Note struct {
	// ID is the subject of the note. A note replaces the note with the same ID that is still on the screen.
	ID string
	// Title and Body are plain text: valid UTF-8, without control characters except newlines in the body.
	Title, Body string
	// Buttons are in the order of their use. The menu has the same commands, for systems without buttons.
	Buttons []Button
	// Urgent notes stay until a person closes them, if the system can do that.
	Urgent bool
}

// Button is one answer to a note.
type Button struct {
	Label string
	Do    command.Command
}
