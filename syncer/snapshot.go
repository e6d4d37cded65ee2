package syncer

import (
	"io"
	"slices"
	"strings"
	"time"
	"unicode"

	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/claude"
	"claude-sync/syncer/project"
)

// Snapshot is what one look found.
type Snapshot struct {
	Machine  string // this one's name
	Folder   string // the transport, for people
	Time     time.Time
	Machines []string // the labels of all that take part, this one among them, sorted
	Projects []Project
	Waiting  []Waiting
	Strays   []Stray

	came map[project.Key][]ccsync.SessionID // see visit.arrived
}

// Project is one registered project.
type Project struct {
	Key       project.Key
	Label     string // what people call it
	Cwds      []Cwd
	LocalOnly bool // the user keeps it on this machine
	Used      time.Time
	Sessions  []Session // newest first; a Glance has not all of them
}

// Cwd is one checkout of a project on this machine.
type Cwd struct {
	Path  string
	Stale bool // gone from disk
}

// Session is one conversation of a project, here or in a pack or both.
type Session struct {
	ID       ccsync.SessionID
	Title    string
	Cwd      string // the checkout it belongs to, or would be installed for; "" when all are stale
	Path     string // the transcript; "" when there is none here
	Size     int64  // of the transcript, or of the newest pack when there is none
	Modified time.Time
	Relation Relation // to all packs together
	Versions []Version
	Held     *claude.Live // Claude Code has it open here
	Problem  error        // the transcript cannot be read

	packed stem // of which this machine's own pack was made, when the transcript has grown since
}

// Version is one pack of a session.
type Version struct {
	Name     string // in the transport
	Machine  string // label of the machine that wrote it
	Own      bool   // written by this machine
	Exported time.Time
	Lines    int64
	Size     int64
	Relation Relation // of this machine's transcript to it

	has bool // the transcript has all that is in it
}

// Waiting is a project that has packs but no checkout on this machine that we know of.
type Waiting struct {
	Key      project.Key
	Label    string
	Sessions int
	Machines []string
}

// Stray is a file in the sync folder that is not a pack where a pack belongs.
type Stray struct {
	Name   string
	Reason error
	Later  bool // it may become a pack: not yet downloaded, or still arriving
}

// Shown is the file's name as it may be shown: whoever can write into the folder chose it.
func (s Stray) Shown() string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			return unicode.ReplacementChar
		}
		return r
	}, strings.ToValidUTF8(s.Name, "\uFFFD"))
}

// Stale reports whether the project has checkouts and all of them are gone.
func (p Project) Stale() bool {
	for _, c := range p.Cwds {
		if !c.Stale {
			return false
		}
	}
	return len(p.Cwds) > 0
}

// From returns the machines, each once, whose packs stand to the transcript in any of these relations.
func (s Session) From(any ...Relation) []string {
	var names []string
	for _, v := range s.Versions {
		// A sync tool's conflicted copy is one more pack of the same machine.
		if slices.Contains(any, v.Relation) && !slices.Contains(names, v.Machine) {
			names = append(names, v.Machine)
		}
	}
	return names
}

// packedHere reports whether this machine has a pack of the session.
func (s *Session) packedHere() bool {
	for i := range s.Versions {
		if s.Versions[i].Own {
			return true
		}
	}
	return false
}

// summarise sets the session's relation from those to its packs.
func (s *Session) summarise(known bool) {
	var has [Archived + 1]bool
	own := false
	for _, v := range s.Versions {
		has[v.Relation] = true
		own = own || v.Own
	}
	switch {
	case s.Path == "" && (own || known):
		s.Relation = Archived
	case s.Path == "":
		s.Relation = RemoteOnly
	case len(s.Versions) == 0:
		s.Relation = LocalOnly
	case has[Behind]: // first, because a pack that has all of ours may settle a divergence from another
		s.Relation = Behind
	case has[Diverged]:
		s.Relation = Diverged
	case has[Same]:
		s.Relation = Same
	default:
		s.Relation = Ahead
	}
}

// matters reports whether there is anything to do about the session, or to say of it.
func (s Session) matters() bool {
	switch s.Relation {
	case Behind, Diverged, RemoteOnly:
		return true
	}
	return s.Problem != nil || s.Held != nil || s.unsent()
}

// clone has texts of its own, where they are parts of those of many sessions.
func (s Session) clone() Session {
	s.ID, s.Title, s.Path = ccsync.SessionID(strings.Clone(string(s.ID))), strings.Clone(s.Title), strings.Clone(s.Path)
	s.Versions = slices.Clone(s.Versions)
	for i := range s.Versions {
		s.Versions[i].Name = strings.Clone(s.Versions[i].Name)
	}
	return s
}

// unsent reports whether no pack holds all of the transcript's rows.
func (s Session) unsent() bool {
	if s.Path == "" || s.Problem != nil {
		return false
	}
	for _, v := range s.Versions {
		if v.Relation == Same || v.Relation == Behind {
			return false
		}
	}
	return true
}

// Lines counts the session's lines: those of the transcript, or what its packs say when there is none.
func (s Session) Lines() (int64, error) {
	if s.Path == "" {
		var most int64
		for _, v := range s.Versions {
			most = max(most, v.Lines)
		}
		return most, nil
	}
	if s.Problem != nil {
		return 0, nil
	}
	t, err := openTranscript(s.Path, s.Held != nil)
	if err != nil {
		return 0, err
	}
	defer t.Close()
	var c ccsync.LineCounter
	_, err = io.Copy(&c, t.all().Open())
	return c.Lines(), err
}
