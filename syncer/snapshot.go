package syncer

import (
	"fmt"
	"iter"
	"path"
	"slices"
	"strings"
	"time"

	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/internal/fingerprint"
	"claude-sync/syncer/project"
	"claude-sync/syncer/transcript"
	"claude-sync/syncer/words"
)

// Snapshot is what one scan found.
type Snapshot struct {
	Machine  string // this machine's name
	Folder   string // the transport, for people
	Time     time.Time
	Machines []string // the labels of all machines that take part, this one among them, in a person's order
	Projects []Project
	Waiting  []Waiting
	Strays   []Stray
	Unplaced []Unplaced
	// Unrecorded are sessions that a pull installed before it was killed, and so did not record. Only a scan for
	// a pull looks for them.
	Unrecorded map[project.Key][]ccsync.SessionID
}

// Project is one registered project.
type Project struct {
	Key       project.Key
	Label     string // for people
	Cwds      []Cwd
	LocalOnly bool // the user keeps it on this machine
	Used      time.Time
	Sessions  []Session // newest first; a brief scan leaves some out
	Archived  int       // how many sessions are archived, also of those that are left out
}

// Cwd is one checkout of a project on this machine.
type Cwd struct {
	Path  string
	Stale bool // gone from disk
	// Linked says that it is a linked work tree, which comes and goes, or holds only a bare repository.
	Linked bool
}

// State says how a session, or one pack of it, stands on this machine.
type State int

// The states. The first four are the relation of our transcript to the packs, in git's words. Diverged is the only
// state that needs a person.
const (
	Same       State = iota // neither has news for the other
	Ahead                   // we have all of theirs and more
	Behind                  // they have all of ours and more
	Diverged                // each has conversation that the other lacks
	LocalOnly               // there is no pack
	RemoteOnly              // there is no transcript here
	Archived                // there was one here, and Claude Code's retention took it
)

// String returns the word that people see.
func (s State) String() string {
	words := [...]string{"same", "ahead", "behind", "diverged", "local only", "remote only", "archived"}
	if s < 0 || int(s) >= len(words) {
		return fmt.Sprintf("State(%d)", int(s))
	}
	return words[s]
}

// Session is one conversation of a project, here or in a pack or both.
type Session struct {
	ID       ccsync.SessionID
	Title    string
	Cwd      string // the checkout it belongs to, or would be installed for; "" if all are stale
	Path     string // the transcript; "" if there is none here
	Size     int64  // of the transcript, or of the newest pack if there is none
	Lines    int64  // of the transcript, or of the longest pack if there is none; -1 if not counted
	Modified time.Time
	State    State // of the transcript and its copies towards all packs together
	Versions []Version
	Open     bool  // Claude Code has it open here
	PID      int   // the process that has it open, 0 if unknown
	Gone     bool  // the transcript's folder is gone: Claude Code finds it only once it is in another one
	Empty    bool  // the transcript has no whole row, so there is nothing that could be sent
	Problem  error // why it cannot be read, nil if it can
	// Copies are the other transcripts of the session on this machine, each as a Session of its own without copies.
	Copies []Session
}

// Version is one pack of a session.
type Version struct {
	Name     string // in the transport
	Machine  string // label of the machine that wrote it, see words.Machine
	Own      bool   // this machine wrote it
	Copy     bool   // a sync tool made it of our own pack, under another name; the next push unites the two and removes it
	Exported time.Time
	Lines    int64
	Size     int64
	State    State // of this machine's transcript towards it
	// Rewritten says that an own pack has other bytes of a row than the transcript. The next push writes ours.
	Rewritten bool
	// Key is the key under which an own pack was made: after the repository moved, a former one of its project.
	Key project.Key
	// Damaged says that an own pack cannot be read to its end, if at all. The next push mends it.
	Damaged bool
	// Complete says that the scan saw that the transcript has every row of the pack. A pull does not open such a
	// pack again; it is safe to leave it false.
	Complete bool
	// Base is the fingerprint of the transcript of which an own pack was made, if the transcript has only grown
	// since. It lets a push append to the pack; it is safe to leave it empty.
	Base fingerprint.Fingerprint
}

// Waiting is a project that has packs but no checkout on this machine that we know of.
type Waiting struct {
	Key      project.Key
	Label    string
	Sessions int
	Machines []string
}

// Unplaced is a transcript in Claude Code's store that is not carried, for a reason that a person understands.
type Unplaced struct {
	Path    string
	Session ccsync.SessionID
	Cwd     string // the folder that its rows name, or the checkout of a work tree that is gone; "" if none on this machine
	Reason  *UnplacedError
}

// Stray is a file in the sync folder that is not a pack where a pack belongs.
type Stray struct {
	Name   string
	Reason error
	Later  bool // it may become a pack: not yet downloaded, or still arriving
}

// Shown is the file's name in a form that is safe to show: whoever can write into the folder chose it.
func (s Stray) Shown() string { return words.Path(s.Name) }

// Stale reports whether the project has checkouts and all of them are gone.
func (p Project) Stale() bool {
	for _, c := range p.Cwds {
		if !c.Stale {
			return false
		}
	}
	return len(p.Cwds) > 0
}

// Home is the checkout for a session from elsewhere: the main work tree that was used last, and a linked one only if
// there is no main one. It is "" if there is none.
func (p Project) Home() string {
	linked := map[string]bool{}
	home, used := "", time.Time{}
	take := func(cwd string, at time.Time) {
		better := home == "" || linked[home] && !linked[cwd]
		if better || linked[home] == linked[cwd] && at.After(used) {
			home, used = cwd, at
		}
	}
	for _, c := range p.Cwds {
		if !c.Stale {
			linked[c.Path] = c.Linked
			take(c.Path, time.Time{})
		}
	}
	for i := range p.Sessions {
		for s := range p.Sessions[i].Views() {
			if _, known := linked[s.Cwd]; known && s.Path != "" && !s.Gone {
				take(s.Cwd, s.Modified)
			}
		}
	}
	return home
}

// Views yields the session once for each of its transcripts: itself without its copies, and the copies. A session that
// only packs have is its only view.
func (s *Session) Views() iter.Seq[*Session] {
	return func(yield func(*Session) bool) {
		if len(s.Copies) == 0 {
			yield(s)
			return
		}
		own := *s
		own.Copies, own.State = nil, s.Towards(false)
		if !yield(&own) {
			return
		}
		for i := range s.Copies {
			if !yield(&s.Copies[i]) {
				return
			}
		}
	}
}

// From returns the machines, each once and in a person's order, towards whose packs the transcript stands in any of
// these states. A sync tool's conflicted copy is one more pack of the same machine.
func (s Session) From(any ...State) []string {
	return s.machines(func(v *Version) bool { return slices.Contains(any, v.State) })
}

// Machines returns all machines that have a pack of the session, as From does.
func (s Session) Machines() []string {
	return s.machines(func(*Version) bool { return true })
}

func (s Session) machines(which func(*Version) bool) []string {
	var names []string
	for i := range s.Versions {
		if which(&s.Versions[i]) {
			names = append(names, s.Versions[i].Machine)
		}
	}
	return words.Names(names)
}

// PackedHere reports whether this machine has a pack of the session.
func (s *Session) PackedHere() bool {
	for i := range s.Versions {
		if s.Versions[i].Own {
			return true
		}
	}
	return false
}

// Unsent reports whether a push has something to send: for the transcript or for one of its copies, no pack holds all
// of the rows; or this machine's own pack is damaged, or holds a row as it was before it was rewritten here.
func (s *Session) Unsent() bool {
	return s.unsent() || slices.ContainsFunc(s.Copies, func(c Session) bool { return c.unsent() })
}

func (s *Session) unsent() bool {
	if s.Path == "" || s.Problem != nil || s.Empty {
		return false
	}
	if s.ownIsOld() || s.parted() {
		return true
	}
	for i := range s.Versions {
		v := &s.Versions[i]
		if !v.Copy && (v.State == Same || v.State == Behind) { // a copy does not stay
			return false
		}
	}
	return true
}

// parted reports whether a copy of our own pack has turns that the transcript lacks, and the other way round.
func (s *Session) parted() bool {
	return slices.ContainsFunc(s.Versions, func(v Version) bool { return v.Copy && v.State == Ahead && !v.Complete })
}

// HasConflictCopy reports whether there is a sync tool's copy of this machine's own pack.
func (s *Session) HasConflictCopy() bool {
	return slices.ContainsFunc(s.Versions, func(v Version) bool { return v.Copy })
}

// ownIsOld reports whether our own pack is damaged, or has other bytes of a row than the transcript. Packs of other
// machines keep the bytes of theirs.
func (s *Session) ownIsOld() bool {
	for i := range s.Versions {
		if s.Versions[i].Rewritten || s.Versions[i].Damaged {
			return true
		}
	}
	return false
}

// Matters reports whether there is anything to do about the session, or to say about it.
func (s *Session) Matters() bool {
	switch s.State {
	case Behind, Diverged, RemoteOnly:
		return true
	}
	return s.Problem != nil || s.Open || s.Unsent() || s.Gone || len(s.Copies) > 0 || s.HasConflictCopy()
}

// StateTowards is the state of a transcript towards a pack. An own pack that diverged counts as behind us: there is
// no other person to ask, and the next push keeps both.
func StateTowards(r transcript.Relation, own bool) State {
	if own && r == transcript.Diverged {
		return Ahead
	}
	return State(r)
}

// Towards is the state of a session's transcript towards all of its packs together, whatever its copies are. WasHere
// says that a pull installed the session here before.
//
// Behind outranks Diverged, because a pack that has all of our rows may settle the divergence from another.
func (s *Session) Towards(wasHere bool) State {
	var has [Archived + 1]bool
	own := false
	for i := range s.Versions {
		has[s.Versions[i].State] = true
		own = own || s.Versions[i].Own
	}
	switch {
	case s.Path == "" && (own || wasHere):
		return Archived
	case s.Path == "":
		return RemoteOnly
	case len(s.Versions) == 0:
		return LocalOnly
	case has[Behind]:
		return Behind
	case has[Diverged]:
		return Diverged
	case has[Same] && !s.ownIsOld() && !s.parted():
		return Same
	}
	return Ahead
}

// SumUp sets the state of a session that has copies: behind or diverged if any transcript is that Claude Code can open,
// else ahead if there are rows that no pack holds.
func (s *Session) SumUp() {
	for _, want := range []State{Behind, Diverged} {
		for v := range s.Views() {
			if v.State == want && !v.Gone {
				s.State = want
				return
			}
		}
	}
	s.State = Same
	if s.Unsent() {
		s.State = Ahead
	}
}

// soon is how long before Claude Code deletes a session it counts as due.
const soon = 5 * 24 * time.Hour

// Due counts the sessions that Claude Code will delete on this machine within five days, and those among them that
// no pack holds whole. Retention is how long Claude Code keeps a session. Projects that stay on this machine do not
// count.
func (s Snapshot) Due(retention time.Duration) (due, unsent int) {
	for _, p := range s.Projects {
		if p.LocalOnly {
			continue
		}
		for i := range p.Sessions {
			session := &p.Sessions[i]
			if session.Path == "" || s.Time.Sub(session.Modified) < retention-soon {
				continue
			}
			due++
			if session.Unsent() {
				unsent++
			}
		}
	}
	return due, unsent
}

// Find returns the session whose id begins with prefix. If several projects have the same session, it returns that
// of the project in, else the one that was modified last.
//
// Errors: *NoSessionError, *AmbiguousError; the reason of a Stray if the only pack of such a session is one.
func (s Snapshot) Find(prefix string, in project.Key) (Project, Session, error) {
	var found []match
	var best match
	for _, p := range s.Projects {
		for _, session := range p.Sessions {
			if prefix == "" || !strings.HasPrefix(string(session.ID), strings.ToLower(prefix)) {
				continue
			}
			m := match{p, session}
			found = append(found, m)
			if len(found) == 1 || m.betterThan(best, in) {
				best = m
			}
		}
	}
	if len(found) == 0 {
		return Project{}, Session{}, s.notFound(prefix)
	}
	for _, m := range found {
		if m.Session.ID != best.Session.ID {
			return Project{}, Session{}, &AmbiguousError{Prefix: prefix, Sessions: namesOf(found)}
		}
	}
	return best.Project, best.Session, nil
}

// notFound says why there is no session whose id begins with prefix.
func (s Snapshot) notFound(prefix string) error {
	for _, stray := range s.Strays {
		if prefix != "" && strings.HasPrefix(path.Base(stray.Name), strings.ToLower(prefix)) {
			return fmt.Errorf("%s: %w", stray.Shown(), stray.Reason)
		}
	}
	return &NoSessionError{Prefix: prefix}
}

// match is a session that Find found.
type match struct {
	Project Project
	Session Session
}

func (m match) betterThan(other match, in project.Key) bool {
	if (m.Project.Key == in) != (other.Project.Key == in) {
		return m.Project.Key == in
	}
	return m.Session.Modified.After(other.Session.Modified)
}

// namesOf names sessions and their projects for people.
func namesOf(found []match) []string {
	var names []string
	for _, m := range found {
		names = append(names, m.Session.ID.Short()+" in "+m.Project.Label)
	}
	return names
}
