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

// Scene is what Decide judges.
type Scene struct {
	// Before is the last good look before this one. Nil says that this is the first since login: then
	// nothing is news.
	Before *syncer.Snapshot
	// After is what was found now; nil when nothing could be seen.
	After *syncer.Snapshot
	// Unavailable says why the sync folder cannot be seen now, "" when it can.
	Unavailable string
	// Events are those of what a person asked for since the last Decide, not of what the program does by
	// itself.
	Events []syncer.Event
	// Retention is after how long Claude Code deletes a session; 0 when unknown.
	Retention time.Duration
	Now       time.Time
}

const (
	// several is from how many of a kind on one note speaks for all of them.
	several = 4
	// calm is how long the folder has to be left alone after it came back: a weak network is not to
	// tell of itself every minute.
	calm = 10 * time.Minute
	// again is how soon the same failure is not told once more: a double click is one question.
	again = time.Minute
)

// Decide is the policy, and pure. It returns the notes to show now, the gravest first, and the memory to
// hand in next time. Given the new memory and the same look once more, it returns no note.
func Decide(told Told, s Scene) ([]Note, Told) {
	j := judge{Scene: s, told: told.clone()}
	j.folder()
	j.failures()
	if s.After != nil {
		j.due()
		j.conflicts()
		j.stale()
		j.arrivals()
	}
	j.told.forget(s.Now)
	return j.notes, j.told
}

// judge is one Decide on its way.
type judge struct {
	Scene
	told  Told
	notes []Note
}

func (j *judge) say(n Note) { j.notes = append(j.notes, n) }

// folder tells that the sync folder went and, if that was told, that it came back.
func (j *judge) folder() {
	const key = "folder"
	was := j.told.of(key)
	switch {
	case j.Unavailable != "" && was == "gone":
		j.told.keep(key, j.Now)
	case j.Unavailable != "" && (was == "" || j.Now.Sub(j.told.at(key)) > calm):
		j.told.set(key, "gone", j.Now)
		j.say(Note{ID: key, Title: "Sync folder not available", Body: sentence(j.Unavailable) + "\nNothing was changed.",
			Buttons: []Button{{"Choose another…", command.Command{Verb: command.ChooseFolder}}}})
	// Only a look proves it: one that failed for another reason has not seen the folder either.
	case j.Unavailable == "" && was == "gone" && j.After != nil:
		j.told.set(key, "back", j.Now)
		if j.Before != nil { // else it came back while nobody was logged in
			j.say(Note{ID: key, Title: "Sync folder is back", Body: words.Short(j.After.Folder, 2*titleWidth)})
		}
	}
}

// sentence is a fact with the capital that people expect.
func sentence(s string) string {
	s = words.Short(s, 4*titleWidth)
	_, first := utf8.DecodeRuneInString(s)
	return strings.ToUpper(s[:first]) + s[first:]
}

// failures answers what was asked for and could not be done. What was stopped by a person did not fail.
func (j *judge) failures() {
	var lines []string
	var hint string
	for _, e := range j.Events {
		key := "failed " + string(e.Project) + " " + string(e.Session)
		if e.Kind != syncer.Failed && e.Kind != syncer.Held || errors.Is(e.Err, context.Canceled) {
			continue
		}
		line := reason(e)
		if j.told.of(key) == fit(line) && j.Now.Sub(j.told.at(key)) < again {
			continue
		}
		j.told.set(key, line, j.Now)
		if !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
		hint = e.Hint() // of the last one; with several reasons no single advice is right
	}
	if len(lines) == 0 {
		return
	}
	title := "What you asked for was not done"
	if len(lines) > 1 {
		title = fmt.Sprintf("%d things were not done", len(lines))
		hint = ""
	}
	if len(lines) >= several {
		lines = append(lines[:several-2], fmt.Sprintf("and %d more", len(lines)-several+2))
	}
	if hint != "" {
		lines = append(lines, sentence(hint))
	}
	j.say(Note{ID: "failed", Title: title, Body: strings.Join(lines, "\n"),
		Buttons: []Button{{"Check health…", command.Command{Verb: command.CheckHealth}}}})
}

// reason is one line about one failure.
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

// due warns of sessions that Claude Code is about to delete while no pack has all of them. Projects that
// a person keeps on this machine are theirs to lose.
func (j *judge) due() {
	if _, unsent := j.After.Due(j.Retention); j.Retention <= 0 || unsent == 0 {
		return
	}
	var names []string
	var keys []string
	in := map[project.Key]bool{}
	for _, p := range j.After.Projects {
		for _, s := range p.Sessions {
			// One session at a time, so that there is only one rule of what is due.
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

// anyNew marks keys as told and reports whether one of them was not, or not of this.
func (j *judge) anyNew(keys []string, of string) bool {
	found := false
	for _, key := range keys {
		if j.told.has(key) && j.told.of(key) == fit(of) {
			j.told.keep(key, j.Now)
			continue
		}
		j.told.set(key, of, j.Now)
		found = true
	}
	return found
}

// stale tells once of each checkout that is gone, until it is back.
func (j *judge) stale() {
	var notes []Note
	var labels []string
	for _, p := range j.After.Projects {
		for _, c := range p.Cwds {
			key := "stale " + string(p.Key) + " " + c.Path
			if !c.Stale {
				j.told.drop(key)
			} else if j.anyNew([]string{key}, "") {
				notes = append(notes, gone(p, c, key))
				labels = append(labels, words.Short(p.Label, nameWidth))
			}
		}
	}
	j.sayGrouped(notes, Note{ID: "stale", Title: words.Count(len(notes), "project folder") + " are gone",
		Body: listed(labels) + ". Is a drive not connected? The menu can locate or forget them."})
}

// gone is the note about one checkout. A project with others must not be forgotten because one work tree
// was removed.
func gone(p syncer.Project, c syncer.Cwd, key string) Note {
	forget := command.Command{Verb: command.Forget, Project: p.Key}
	if len(p.Cwds) > 1 {
		forget.Path = c.Path
	}
	return Note{ID: fit(key), Title: words.Short(p.Label, nameWidth) + ": its folder is gone", Body: words.Short(c.Path, 2*titleWidth),
		Buttons: []Button{{"Locate…", command.Command{Verb: command.Locate, Project: p.Key, Path: c.Path}}, {"Forget", forget}}}
}

// sayGrouped says a few things one by one and many with one note.
func (j *judge) sayGrouped(notes []Note, all Note) {
	if len(notes) >= several {
		notes = []Note{all}
	}
	j.notes = append(j.notes, notes...)
}

// sessionIn finds what a snapshot knows of a session.
func sessionIn(s *syncer.Snapshot, key project.Key, id ccsync.SessionID) (found syncer.Session, known bool) {
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
