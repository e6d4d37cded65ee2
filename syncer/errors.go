package syncer

import (
	"errors"
	"fmt"
	"strings"

	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/project"
	"claude-sync/syncer/words"
)

// ErrNotSetUp says that there is no configuration on this machine yet.
var ErrNotSetUp = errors.New("this machine is not set up yet")

// NoSessionError says that no session's id begins with Prefix; with an empty Prefix, that there is no session.
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
	Sessions []string // the sessions' short ids, with their projects
}

// Error lists the first of them.
func (e *AmbiguousError) Error() string {
	return fmt.Sprintf("%d sessions begin with %q: %s", len(e.Sessions), e.Prefix, strings.Join(e.Sessions[:min(4, len(e.Sessions))], ", "))
}

// MisplacedError says that a session is in another project here than in the one that a pack was made for.
type MisplacedError struct {
	Session ccsync.SessionID
	For     project.Key // the pack's project
	Owner   project.Key // the project that has the session here
	Cwd     string      // a checkout of the owner's
	Stray   bool        // the pack is in the sync folder, and not a file given by hand
}

// Error names both projects.
func (e *MisplacedError) Error() string {
	return fmt.Sprintf("it belongs to another project (%s); here its session is in %s", e.For, e.Owner)
}

// UnplacedError says that a session is in no registered checkout. Cwd is the folder of this machine that its rows name,
// "" if they name only folders of other machines. Gone says that the folder is no longer there; else it is only not
// registered yet.
type UnplacedError struct {
	Cwd  string
	Gone bool
}

// New reports whether the folder is there and only not registered yet.
func (e *UnplacedError) New() bool { return e.Cwd != "" && !e.Gone }

// Error names the folder.
func (e *UnplacedError) Error() string {
	switch {
	case e.Cwd == "":
		return "it names no folder on this machine"
	case e.Gone:
		return "its folder " + e.Cwd + " is gone, and no registered checkout had it"
	}
	return e.Cwd + " is not registered yet"
}

// BrokenFileError says that a file of claude-sync's own cannot be understood. It is never replaced then.
type BrokenFileError struct {
	Path string
	Line int // 0 if unknown
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

// OtherProjectError says that a folder is of the project Is, and not of the one that a person named.
type OtherProjectError struct {
	Cwd        string
	Is, Wanted project.Key
}

// Error names the folder and both projects.
func (e *OtherProjectError) Error() string {
	return fmt.Sprintf("%s is %s, and not %s", e.Cwd, e.Is, e.Wanted)
}

// Question asks a person whether the two are one project, in plain words, so that the answer is yes or no.
func (e *OtherProjectError) Question() string {
	is := "is " + e.Is.Address()
	if e.Is.ByName() {
		is = "has no remote, and is known by its name, " + e.Is.Name()
	}
	wanted := e.Wanted.Address()
	if e.Wanted.ByName() {
		wanted = "a folder without a remote, " + e.Wanted.Name()
	}
	return fmt.Sprintf("%s %s.\nThe sessions belong to %s.\n\nAre the two the same project? If so, they are one from now on, on all your machines.", words.Path(e.Cwd), is, wanted)
}

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

// LeftError says that some sessions of a checkout that is gone could not be copied to the one in its place.
type LeftError struct {
	Cwd string // that is gone
	To  string // the one in its place
	Err error
}

// Error says which checkout's, and why.
func (e *LeftError) Error() string {
	return fmt.Sprintf("some sessions of %s, which is gone, stay there: %v", e.Cwd, e.Err)
}

// Unwrap returns the reasons.
func (e *LeftError) Unwrap() error { return e.Err }

// SyncDirError says why a folder cannot be the sync folder. Err is the system's reason, nil if it is none of that.
type SyncDirError struct {
	Dir, Reason string
	Err         error
}

// Error names both.
func (e *SyncDirError) Error() string {
	if e.Dir == "" {
		return "no sync folder: " + e.Reason
	}
	return fmt.Sprintf("%s cannot be the sync folder: %s", e.Dir, e.Reason)
}

// Unwrap returns the system's reason.
func (e *SyncDirError) Unwrap() error { return e.Err }
