package syncer

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"claude-sync/syncer/project"
)

// ErrNotSetUp says that there is no configuration on this machine yet.
var ErrNotSetUp = errors.New("this machine is not set up yet")

// NoSessionError says that no session's id begins with Prefix; with an empty Prefix, that there is none.
type NoSessionError struct{ Prefix string }

// Error says so.
func (e *NoSessionError) Error() string {
	if e.Prefix == "" {
		return "there is no session here"
	}
	return fmt.Sprintf("no session begins with %.60q", e.Prefix)
}

// AmbiguousError says that several sessions begin with Prefix.
type AmbiguousError struct {
	Prefix   string
	Sessions []Session
}

// Error lists the first of them.
func (e *AmbiguousError) Error() string {
	var names []string
	for _, s := range e.Sessions[:min(4, len(e.Sessions))] {
		names = append(names, s.ID.Short())
	}
	return fmt.Sprintf("%d sessions begin with %q: %s", len(e.Sessions), e.Prefix, strings.Join(names, ", "))
}

// HeldError says that Claude Code has the session open in process PID; 0 when only its file tells.
type HeldError struct{ PID int }

// Error names the process.
func (e *HeldError) Error() string {
	if e.PID == 0 {
		return "Claude Code is writing the session"
	}
	return fmt.Sprintf("the session is open in Claude Code (process %d)", e.PID)
}

// BrokenFileError says that a file of claude-sync's own cannot be understood. It is never replaced.
type BrokenFileError struct {
	Path string
	Line int // 0 when unknown
	Err  error
}

// Error names file, line and reason.
func (e *BrokenFileError) Error() string {
	if e.Line > 0 {
		return fmt.Sprintf("%s, line %d: %v", e.Path, e.Line, e.Err)
	}
	return fmt.Sprintf("%s: %v", e.Path, e.Err)
}

// Unwrap returns the reason.
func (e *BrokenFileError) Unwrap() error { return e.Err }

// NoCheckoutError says that a project has no checkout on this machine that we know of.
type NoCheckoutError struct{ Key project.Key }

// Error names the project.
func (e *NoCheckoutError) Error() string {
	return fmt.Sprintf("no checkout of %s on this machine", project.Labels([]project.Key{e.Key})[e.Key])
}

// NoBranchError says that a machine has no diverged branch of a session.
type NoBranchError struct {
	Machine string
	Have    []string // the machines that have one
}

// Error names both.
func (e *NoBranchError) Error() string {
	return fmt.Sprintf("%.60q has no branch of its own of this session, only %s", e.Machine, strings.Join(e.Have, " and "))
}

func isMissing(err error) bool { return errors.Is(err, fs.ErrNotExist) }
