package syncer

import (
	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/project"
)

// Kind says what an event is about.
type Kind int

// The kinds of events.
const (
	Installed  Kind = iota // a session came from another machine
	Updated                // a session here got the rows that others have
	Resolved               // a diverged session continues with one branch
	Forked                 // a losing branch was kept as a session of its own
	Pushed                 // this machine's pack was written
	Tidied                 // conflicted copies of it were removed, because it has every row of them
	Conflicted             // a session was continued on several machines: a person decides
	Held                   // a session is open in Claude Code and was left alone
	WaitingFor             // packs are here for a project without checkout
	Registered             // a checkout was found and registered
	StaleCwd               // a registered checkout is gone from disk
	Strayed                // a file in the sync folder was left alone: it is no pack, or not where it belongs
	Failed                 // something that was asked for could not be done
	InArchive              // archived sessions are there, and this machine has no record of them
	Mended                 // this machine's pack was written anew, because it was damaged
	Renamed                // this machine's name is another's, too: it goes on under another one
)

// Event is one thing that happened, or that stayed undone for a reason. Which members are set depends on the kind.
type Event struct {
	Kind    Kind
	Project project.Key
	Label   string // the project's
	Session ccsync.SessionID
	Title   string
	From    []string // the other machines concerned
	Path    string   // a cwd, a stray's name, or that of the damaged file of a pack that was mended, "" if it was empty
	Count   int      // sessions, for WaitingFor and InArchive; copies, for Tidied
	PID     int      // for Held
	Err     error    // for Failed, Strayed, Mended and Renamed
}

// Event returns an event of the kind about the step's session.
func (s Step) Event(k Kind) Event {
	return Event{Kind: k, Project: s.Project, Label: s.Label, Session: s.Session.ID, Title: s.Session.Title, From: s.From,
		Count: s.Count, PID: s.Session.PID, Err: s.Err}
}

// Event returns the event that reports the stray.
func (s Stray) Event() Event { return Event{Kind: Strayed, Path: s.Shown(), Err: s.Reason} }

// Progress tells how far a push or pull has come.
type Progress struct {
	Step, Steps int // the current step, from 1, and the number of steps
	Label       string
	Bytes       int64 // written by this step so far
}

// ExitCode is the exit code of a command that produced these events: 0 everything is in step or was done, 1 something
// failed, 3 something is left that a person can cure.
func ExitCode(events []Event) int {
	code := 0
	for _, e := range events {
		switch {
		case e.Kind == Failed:
			return 1
		case e.left():
			code = 3
		}
	}
	return code
}

// left reports whether the event is about something that stayed out of step, and that a person can cure. A file that
// is no pack at all needs no cure.
func (e Event) left() bool {
	switch e.Kind {
	case Conflicted, Held, WaitingFor, StaleCwd:
		return true
	case Strayed:
		return e.Hint() != ""
	}
	return false
}
