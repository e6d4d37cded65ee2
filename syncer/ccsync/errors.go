package ccsync

import (
	"errors"
	"fmt"
)

// ErrTruncated says that a pack's file ends before its JSON does, usually because a sync tool is still
// downloading it.
var ErrTruncated = errors.New("the file ends in the middle (still being downloaded?)")

// VersionError says that a pack has an unknown schema version.
type VersionError struct{ Version string }

// Error names the version.
func (e *VersionError) Error() string {
	return fmt.Sprintf("made by a newer claude-sync: schema %s, this one reads schema %d", e.Version, SchemaVersion)
}

// FormatError says why a file is not a pack.
type FormatError struct{ Reason string }

// Error gives the reason.
func (e *FormatError) Error() string { return "not a pack: " + e.Reason }

// ReadError says that a pack's file cannot be read.
type ReadError struct{ Err error }

// Error gives the reason.
func (e *ReadError) Error() string { return "reading the pack: " + e.Err.Error() }

// Unwrap returns the reason.
func (e *ReadError) Unwrap() error { return e.Err }

func malformed(format string, args ...any) error {
	return &FormatError{Reason: fmt.Sprintf(format, args...)}
}

// clip bounds text from a file for a message.
func clip(s string) string {
	if len(s) > 60 {
		return s[:60] + "…"
	}
	return s
}
