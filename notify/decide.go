package notify

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"claude-sync/syncer"
	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/command"
	"claude-sync/syncer/project"
	"claude-sync/syncer/words"
)

// Scene is the input of Decide.
type Scene struct {
	// Before is the last good look before this one. Nil means that this is the first look since login: then
	// nothing has arrived.
	Before *syncer.Snapshot
	// After is the result of this look; nil if it failed.
	After *syncer.Snapshot
	// Unavailable says why the sync folder cannot be read now, "" if it can.
	Unavailable string
	// Events are the results of the commands that a person gave since the last Decide.
	Events []syncer.Event
	// Retention is the age at which Claude Code deletes a session; 0 if unknown.
	Retention time.Duration
	Now       time.Time
}

const (
	// groupFrom is the number of notes of one kind that become one note.
	groupFrom = 4
	// folderPause is the least time between two notes about the folder: a weak network must not cause one every
	// minute.
	folderPause = 10 * time.Minute
	// repeatPause is the least time between two notes about the same failure: a double click is one question.
	repeatPause = time.Minute
)

// Decide is the policy, and pure. It returns the notes to show now, the gravest first, and the memory for the next
// call. With the new memory and the same scene it returns no note.
func Decide(was Notified, s Scene) ([]Note, Notified) {
	j := judge{Scene: s, notified: was.clone()}
	j.folder()
	j.failures()
	if s.After != nil {
		j.due()
		j.conflicts()
		j.stale()
		j.arrivals()
	}
	j.notified.expire(s.Now)
	return j.notes, j.notified
}

// judge is the state of one Decide.
type judge struct {
	Scene
	notified Notified
	notes    []Note
}

func (j *judge) say(n Note) { j.notes = append(j.notes, n) }

// folder notes that the sync folder has gone. It notes the return only after such a note.
func (j *judge) folder() {
	const key = "folder"
	was := j.notified.last(key)
	switch {
	case j.Unavailable != "" && was == "gone":
		j.notified.keep(key, j.Now)
	case j.Unavailable != "" && (was == "" || j.Now.Sub(j.notified.at(key)) > folderPause):
		j.notified.set(key, "gone", j.Now)
		j.say(Note{ID: key, Title: "Sync folder not available", Body: sentence(j.Unavailable) + "\nNothing was changed.",
			Buttons: []Button{{"Choose another…", command.Command{Verb: command.ChooseFolder}}}})
	// Only a good look proves the return: a look that failed for another reason has not read the folder either.
	case j.Unavailable == "" && was == "gone" && j.After != nil:
		j.notified.set(key, "back", j.Now)
		if j.Before != nil { // else it came back before login
			j.say(Note{ID: key, Title: "Sync folder is back", Body: words.Short(j.After.Folder, 2*titleWidth)})
		}
	}
}

// sentence begins a text with a capital.
func sentence(s string) string {
	s = words.Short(s, 4*titleWidth)
	_, first := utf8.DecodeRuneInString(s)
	return strings.ToUpper(s[:first]) + s[first:]
}

// failures notes commands that failed. A command that a person stopped did not fail.
func (j *judge) failures() {
	var lines []string
	var last syncer.Event
	for _, e := range j.Events {
		key := "failed " + string(e.Project) + " " + string(e.Session)
		if e.Kind != syncer.Failed && e.Kind != syncer.Held || errors.Is(e.Err, context.Canceled) {
			continue
		}
		line := reason(e)
		if j.notified.last(key) == fit(line) && j.Now.Sub(j.notified.at(key)) < repeatPause {
			continue
		}
		j.notified.set(key, line, j.Now)
		if !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
		last = e
	}
	if len(lines) == 0 {
		return
	}
	n := Note{ID: "failed", Title: "What you asked for was not done",
		Buttons: []Button{{"Check health…", command.Command{Verb: command.CheckHealth}}}}
	var other *syncer.OtherProjectError
	switch {
	case len(lines) > 1:
		n.Title = fmt.Sprintf("%d things were not done", len(lines))
		if len(lines) >= groupFrom {
			lines = append(lines[:groupFrom-2], fmt.Sprintf("and %d more", len(lines)-groupFrom+2))
		}
	case errors.As(last.Err, &other):
		lines = []string{question(other)}
		n.Buttons = append([]Button{{"Join and pull", command.Command{Verb: command.Join, Project: other.Wanted, Path: other.Cwd}}}, n.Buttons...)
	case last.Hint() != "":
		lines = append(lines, sentence(last.Hint()))
	}
	n.Body = strings.Join(lines, "\n")
	j.say(n)
}

// question asks whether two projects are one, in lines that fit.
func question(other *syncer.OtherProjectError) string {
	var lines []string
	for line := range strings.Lines(other.Question()) {
		if line != "\n" {
			lines = append(lines, words.Short(line, 3*titleWidth))
		}
	}
	return strings.Join(lines, "\n")
}

// reason describes one failure in one line.
func reason(e syncer.Event) string {
	name := ""
	if e.Label != "" {
		name = words.Short(e.Label, nameWidth) + ": "
	}
	if e.Session != "" {
		name += titled(syncer.Session{ID: e.Session, Title: e.Title}) + ": "
	}
	switch {
	case e.Kind == syncer.Held:
		return name + "open in Claude Code, left alone"
	case e.Err == nil:
		return name + "failed"
	}
	return name + words.Short(e.Err.Error(), 3*titleWidth)
}

// due warns of sessions that Claude Code is about to delete and that no pack has completely. It leaves out projects
// that a person keeps on this machine only.
func (j *judge) due() {
	if _, unsent := j.After.Due(j.Retention); j.Retention <= 0 || unsent == 0 {
		return
	}
	var names []string
	var keys []string
	in := map[project.Key]bool{}
	for _, p := range j.After.Projects {
		for _, s := range p.Sessions {
			// Ask about one session at a time, so that Due is the only rule.
			one := syncer.Snapshot{Time: j.After.Time, Projects: []syncer.Project{{Sessions: []syncer.Session{s}}}}
			if _, unsent := one.Due(j.Retention); unsent > 0 && !p.LocalOnly {
				names = append(names, titled(s))
				keys = append(keys, "due "+string(s.ID))
				in[p.Key] = true
			}
		}
	}
	if !j.anyNew(keys, "") {
		return
	}
	button := Button{"Push", command.Command{Verb: command.Push}}
	if len(in) == 1 {
		for key := range in {
			button.Do.Project = key
		}
	}
	j.say(Note{ID: "due", Urgent: true, Title: "Claude Code is about to delete " + words.Count(len(names), "session"),
		Body: listed(names) + ": not in the sync folder yet, and within five days gone from here.", Buttons: []Button{button}})
}

// anyNew marks keys with the content of, and reports whether one of them had no mark or another content.
func (j *judge) anyNew(keys []string, of string) bool {
	found := false
	for _, key := range keys {
		if j.notified.has(key) && j.notified.last(key) == fit(of) {
			j.notified.keep(key, j.Now)
			continue
		}
		j.notified.set(key, of, j.Now)
		found = true
	}
	return found
}

// stale notes each checkout that is gone, once until it is back.
func (j *judge) stale() {
	var notes []Note
	var labels []string
	for _, p := range j.After.Projects {
		for _, c := range p.Cwds {
			key := "stale " + string(p.Key) + " " + c.Path
			if !c.Stale || !p.Stale() { // another checkout has its sessions
				j.notified.drop(key)
			} else if j.anyNew([]string{key}, "") {
				notes = append(notes, gone(p, c, key))
				labels = append(labels, words.Short(p.Label, nameWidth))
			}
		}
	}
	j.sayGrouped(notes, Note{ID: "stale", Title: words.Count(len(notes), "project folder") + " are gone",
		Body: listed(labels) + ". Is a drive not connected? The menu can locate or forget them."})
}

// gone is the note about one checkout. If the project has other checkouts, its button forgets only this one: a removed
// work tree is no reason to forget the project.
func gone(p syncer.Project, c syncer.Cwd, key string) Note {
	forget := command.Command{Verb: command.Forget, Project: p.Key}
	if len(p.Cwds) > 1 {
		forget.Path = c.Path
	}
	return Note{ID: fit(key), Title: words.Short(p.Label, nameWidth) + ": its folder is gone", Body: words.Short(c.Path, 2*titleWidth),
		Buttons: []Button{{"Locate…", command.Command{Verb: command.Locate, Project: p.Key, Path: c.Path}}, {"Forget", forget}}}
}

// sayGrouped adds a few notes one by one, and one note instead of many.
func (j *judge) sayGrouped(notes []Note, all Note) {
	if len(notes) >= groupFrom {
		notes = []Note{all}
	}
	j.notes = append(j.notes, notes...)
}

// lookup finds a session in a snapshot. Known says that the snapshot has the session's project.
func lookup(s *syncer.Snapshot, key project.Key, id ccsync.SessionID) (found syncer.Session, known bool) {
	for _, p := range s.Projects {
		if p.Key != key {
			continue
		}
		for _, session := range p.Sessions {
			if session.ID == id {
				return session, true
			}
		}
		return syncer.Session{}, true
	}
	return syncer.Session{}, false
}
