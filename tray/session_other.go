//go:build !linux

package tray

import "context"

// session is the desktop session. Windows and macOS always have a tray, and tell of the session's end
// through the tray library.
type session struct{}

func openSession() (session, error) { return session{}, nil }

func (session) ended() context.Context { return context.Background() }

func (session) hasTray() bool { return true }

func (session) keepIcon(context.Context) {}

func (session) close() {}
