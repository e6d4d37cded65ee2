// Package doctor judges a machine: Diagnose turns facts that its caller has gathered into findings, each with its cure.
//
// It is pure: it reads no disk, no environment and no clock, and it changes nothing. The same facts give the same
// findings in the same order. The words and cures are for people and may change; the severities may not, because exit
// codes depend on them.
//
// The package does not promise that a machine without findings works: it judges only what Facts names.
package doctor

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"claude-sync/syncer"
	"claude-sync/syncer/transport"
	"claude-sync/syncer/words"
)

// Severity says whether a finding needs a person.
type Severity int

// The severities.
const (
	Fine Severity = iota // a fact
	Note                 // worth knowing
	Bad                  // a problem
)

// String returns the word for it.
func (s Severity) String() string { return [...]string{"ok", "note", "problem"}[s] }

// Finding is the result of one check.
type Finding struct {
	Severity Severity
	Topic    string // "sync folder", "project", …
	Text     string
	Cure     string // what to do, "" when nothing
}

// Write writes findings for a person: a line each, and the cure below it.
func Write(w io.Writer, all []Finding) error {
	columns := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, f := range all {
		fmt.Fprintf(columns, "%s\t%s\t%s\n", f.Severity, f.Topic, f.Text)
		if f.Cure != "" {
			fmt.Fprintf(columns, "\t\t  -> %s\n", f.Cure)
		}
	}
	return columns.Flush()
}

// Facts is what Diagnose judges. See engine.Examine.
type Facts struct {
	ConfigFile string               // path of the configuration
	ConfigErr  error                // why it cannot be used, nil if it can
	Machine    string               // this machine's name in the configuration
	Name       string               // that it goes by, another one if Machine is another machine's; "" if unknown
	Seen       map[string]time.Time // the other machines, and when each was there last
	SyncDir    string
	Folder     error // why the sync folder cannot be used, nil if it can
	Marked     bool  // the sync folder has its marker
	Free       int64 // bytes on its disk, -1 if unknown
	Look       syncer.Snapshot
	LookErr    error
	Claude     string // version of Claude Code, "" if it was not found
	NoGit      bool   // git is not on the PATH
	Retention  time.Duration
	// RetentionErr says why Claude Code's settings cannot be read; then Retention is the default.
	RetentionErr error
	StoreErr     error // why Claude Code's folder may be another one than before, nil if it is not
	LoginErr     error // why the tray does not start at login although that is on, nil if it does
	Now          time.Time
}

const (
	littleRoom = 200 << 20
	// clockSlack is how far two machines' clocks may differ: a few minutes do no harm.
	clockSlack = 10 * time.Minute
)

// Diagnose judges the facts. It is pure.
func Diagnose(f Facts) []Finding {
	if f.ConfigErr != nil {
		return []Finding{{Bad, "configuration", f.ConfigErr.Error(), syncer.Hint(f.ConfigErr)}}
	}
	all := []Finding{{Fine, "configuration", f.ConfigFile, ""}}
	all = append(append(all, f.machines()...), f.folder()...)
	if f.LookErr != nil && f.Folder == nil {
		all = append(all, Finding{Bad, "state", f.LookErr.Error(), syncer.Hint(f.LookErr)})
	}
	for _, p := range f.Look.Projects {
		all = append(all, projectFindings(p)...)
	}
	all = unrepeated(all)
	for _, w := range f.Look.Waiting {
		all = append(all, Finding{Note, "waiting", fmt.Sprintf("%s: %s from %s, no checkout here", w.Label, words.Count(w.Sessions, "session"), words.And(w.Machines)),
			syncer.Event{Kind: syncer.WaitingFor}.Hint()})
	}
	for _, u := range f.Look.Unplaced {
		all = append(all, unplacedFinding(u))
	}
	for _, s := range f.Look.Strays {
		severity := Bad
		if s.Later {
			severity = Note
		}
		all = append(all, Finding{severity, "stray", s.Shown() + ": " + s.Reason.Error(), syncer.Hint(s.Reason)})
	}
	return append(append(all, f.retention()...), f.surroundings()...)
}

// unplacedFinding reports a transcript that is in no project. A folder that is only not registered yet is no problem,
// because the next push registers it.
func unplacedFinding(u syncer.Unplaced) Finding {
	severity := Bad
	if u.Reason.New() {
		severity = Note
	}
	return Finding{severity, "session", u.Session.Short() + " is in no project: " + u.Reason.Error(), syncer.Hint(u.Reason)}
}

// unrepeated leaves out findings that were made before: one broken file can be the problem of many sessions.
func unrepeated(all []Finding) []Finding {
	seen := map[Finding]bool{}
	return slices.DeleteFunc(all, func(f Finding) bool {
		again := seen[f]
		seen[f] = true
		return again
	})
}

// machines names this machine and the others.
func (f Facts) machines() []Finding {
	all := []Finding{{Fine, "machine", f.Machine, ""}}
	if f.Name != "" && f.Name != f.Machine {
		all = []Finding{{Bad, "machine", fmt.Sprintf("another machine has the name %s; this one goes on as %s", f.Machine, f.Name), "claude-sync init --name <other>"}}
	}
	var others []string
	for _, name := range words.Names(slices.Collect(maps.Keys(f.Seen))) {
		when := f.Seen[name]
		if !when.IsZero() {
			name += " (last seen " + when.In(f.Now.Location()).Format("2006-01-02 15:04") + ")"
		}
		others = append(others, name)
	}
	if len(others) > 0 {
		all = append(all, Finding{Fine, "machines", strings.Join(others, ", "), ""})
	}
	return all
}

func (f Facts) folder() []Finding {
	if f.Folder != nil {
		text := f.Folder.Error()
		if away := (*transport.UnavailableError)(nil); errors.As(f.Folder, &away) {
			text = away.Place + " is not available: " + away.Reason
		}
		return []Finding{{Bad, "sync folder", text, syncer.Hint(f.Folder)}}
	}
	all := []Finding{{Fine, "sync folder", f.SyncDir + ", writable", ""}}
	if !f.Marked {
		all = append(all, Finding{Bad, "sync folder", "its marker " + transport.Marker + " is missing", "connect its drive, if it has one; if the folder is right, claude-sync init puts the marker back"})
	}
	if f.Free >= 0 && f.Free < littleRoom {
		all = append(all, Finding{Bad, "sync folder", fmt.Sprintf("only %d MB are free on its disk", f.Free>>20), "make room on that disk"})
	}
	return all
}

func projectFindings(p syncer.Project) []Finding {
	var all []Finding
	for _, c := range p.Cwds {
		if c.Stale && !p.Stale() {
			continue // a work tree that was removed, most often; another checkout has its sessions
		}
		if c.Stale {
			all = append(all, Finding{Bad, "project", fmt.Sprintf("%s: its folder %s is gone", p.Label, c.Path), syncer.Event{Kind: syncer.StaleCwd, Project: p.Key, Label: p.Label, Path: c.Path}.Hint()})
			continue
		}
		all = append(all, Finding{Fine, "project", p.Label + ": " + c.Path, ""})
	}
	if p.LocalOnly {
		return all // pull and push leave it alone
	}
	for _, s := range p.Sessions {
		if s.State == syncer.Diverged {
			e := syncer.Event{Kind: syncer.Conflicted, Session: s.ID, From: s.From(syncer.Diverged)}
			all = append(all, Finding{Bad, "conflict", fmt.Sprintf("%s: '%s' was %s", p.Label, s.Title, words.Continued(e.From)), e.Hint()})
		}
		if s.Problem != nil {
			all = append(all, Finding{Bad, "session", fmt.Sprintf("%s: %v", p.Label, s.Problem), syncer.Hint(s.Problem)})
		}
		for v := range s.Views() {
			if v.Empty {
				all = append(all, Finding{Note, "session", fmt.Sprintf("%s: %s has no whole row, so there is nothing to push", p.Label, v.Path), ""})
			}
		}
	}
	return all
}

// retention reports the sessions that Claude Code will delete soon, and whether they are in the sync folder.
func (f Facts) retention() []Finding {
	due, unsent := f.Look.Due(f.Retention)
	switch {
	case due == 0:
		return nil
	case unsent == 0:
		return []Finding{{Note, "retention", words.Count(due, "session") + " will be deleted here by Claude Code within 5 days; all are in the sync folder", ""}}
	}
	return []Finding{{Bad, "retention", fmt.Sprintf("%s will be deleted here by Claude Code within 5 days; not in the sync folder: %d", words.Count(due, "session"), unsent),
		"claude-sync push --all"}}
}

// surroundings judges the clock and Claude Code.
func (f Facts) surroundings() []Finding {
	var all []Finding
	ahead := map[string]time.Duration{}
	for _, p := range f.Look.Projects {
		for _, s := range p.Sessions {
			for _, v := range s.Versions {
				if d := v.Exported.Sub(f.Now); d > clockSlack {
					ahead[v.Machine] = max(ahead[v.Machine], d)
				}
			}
		}
	}
	for _, machine := range slices.Sorted(maps.Keys(ahead)) {
		d := ahead[machine]
		all = append(all, Finding{Bad, "clock", fmt.Sprintf("a pack of %s comes from %s in the future", machine, d.Round(time.Minute)), "set the clock of this machine or of " + machine})
	}
	if len(ahead) == 0 {
		all = append(all, Finding{Fine, "clock", f.Now.Format("2006-01-02 15:04 MST"), ""})
	}
	if f.StoreErr != nil {
		all = append(all, Finding{Note, "Claude Code", f.StoreErr.Error(), syncer.Hint(f.StoreErr)})
	}
	if f.RetentionErr != nil {
		all = append(all, Finding{Note, "Claude Code", fmt.Sprintf("%v; 30 days are assumed for how long it keeps sessions", f.RetentionErr), "make its settings.json readable for you"})
	}
	if f.LoginErr != nil {
		all = append(all, Finding{Bad, "start at login", f.LoginErr.Error(), syncer.Hint(f.LoginErr)})
	}
	if f.NoGit {
		all = append(all, Finding{Note, "git", "not found on the PATH", "install it: without git, no repository can be told from another"})
	}
	if f.Claude == "" {
		return append(all, Finding{Note, "Claude Code", "not found on the PATH", "install it, or put its folder on the PATH"})
	}
	return append(all, Finding{Fine, "Claude Code", f.Claude, ""})
}
