//go:build !linux

package session

import "context"

// Session is the desktop session. Windows and macOS always have a tray, and end the program through the tray
// library.
type Session struct{}

// Open returns the session.
func Open() (Session, error) { return Session{}, nil }

// Ended returns a context that is never done.
func (Session) Ended() context.Context { return context.Background() }

// HasTray returns true.
func (Session) HasTray() bool { return true }

// KeepIcon returns at once: no icon gets lost here.
func (Session) KeepIcon(context.Context) {}

// Close does nothing.
func (Session) Close() {}
