package notify

import (
	"fmt"
	"slices"
	"strings"

	"claude-sync/syncer"
	"claude-sync/syncer/command"
	"claude-sync/syncer/project"
	"claude-sync/syncer/words"
)

// conflicts tells of sessions that were continued on two machines, once for a pair of versions.
func (j *judge) conflicts() {
	var notes []Note
	var names []string
	for _, p := range j.After.Projects {
		for _, s := range p.Sessions {
			if s.Relation == syncer.Diverged && !p.LocalOnly && j.newPair(s) {
				notes = append(notes, conflict(j.After.Machine, p, s))
				names = append(names, titled(s))
			}
		}
	}
	j.sayGrouped(notes, Note{ID: "conflicts", Title: fmt.Sprintf("%d sessions were continued on two machines", len(notes)),
		Body: listed(names) + ". Nothing is lost; the menu asks which branch each goes on with."})
}

// newPair reports whether this pair of versions was not told of. While Claude Code has the session open
// its size grows with every word; that is no new pair before it is left, or a conversation of an hour
// would be a note a minute.
func (j *judge) newPair(s syncer.Session) bool {
	key := "conflict " + string(s.ID)
	theirs, ours := pair(s)
	told, toldOurs, _ := strings.Cut(j.told.of(key), " ")
	if told == theirs && (toldOurs == ours || s.Held != nil) {
		j.told.keep(key, j.Now)
		return false
	}
	j.told.set(key, theirs+" "+ours, j.Now)
	return true
}

// pair identifies the two sides: the diverged packs as they are now, and this machine's transcript.
func pair(s syncer.Session) (theirs, ours string) {
	return packs(s, func(v syncer.Version) bool { return v.Relation == syncer.Diverged }), fmt.Sprint(s.Size)
}

// packs identifies some of a session's packs in their present content, in no order.
func packs(s syncer.Session, which func(syncer.Version) bool) string {
	var all []string
	for _, v := range s.Versions {
		if which(v) {
			all = append(all, fmt.Sprintf("%q %d %d %d", v.Machine, v.Exported.UnixMilli(), v.Size, v.Lines))
		}
	}
	slices.Sort(all)
	return hash(strings.Join(all, "\n"))
}

// conflict asks for the one decision that only a person can make. Machine is this one's name.
func conflict(machine string, p syncer.Project, s syncer.Session) Note {
	from := s.From(syncer.Diverged)
	n := Note{ID: "conflict " + string(s.ID), Title: words.Short(p.Label, nameWidth) + ": continued on two machines",
		Body: titled(s) + " was continued on " + and(append([]string{machine}, from...)) + "."}
	if s.Held != nil { // a button could do nothing now
		n.Body += "\nLeave it in Claude Code here, then choose in the menu."
		return n
	}
	n.Body += "\nNothing is lost: the other branch stays beside it as a session of its own."
	// Three buttons are what servers show in one row.
	for _, m := range from[:min(2, len(from))] {
		n.Buttons = append(n.Buttons, Button{"Continue " + words.Short(m, nameWidth/2) + "'s",
			command.Command{Verb: command.TakeTheirs, Project: p.Key, Session: s.ID, Machine: m}})
	}
	n.Buttons = append(n.Buttons, Button{"Continue mine", command.Command{Verb: command.TakeOurs, Project: p.Key, Session: s.ID}})
	return n
}

// arrivals tells in one note what came from other machines since the last look. A project that was
// registered meanwhile brings nothing new: its sessions were asked for. What this machine's own pull
// installed is no step of a pull any more.
func (j *judge) arrivals() {
	var came []syncer.Step
	toPull := 0
	for _, step := range syncer.PlanPull(*j.After, syncer.Scope{}) {
		switch step.Action {
		case syncer.Install, syncer.Update:
			toPull++
		case syncer.Hold:
			if step.Session.Relation != syncer.Behind {
				continue // a conflict, told as one
			}
		default:
			continue
		}
		if j.arrived(step) {
			came = append(came, step)
		}
	}
	if len(came) > 0 {
		j.say(arrival(came, toPull))
	}
}

// arrived reports whether a session's packs are others than at the last look, and were not told of: a pack
// that was half-synced for one look is no news when it is whole again.
func (j *judge) arrived(step syncer.Step) bool {
	if j.Before == nil {
		return false
	}
	was, known := sessionIn(j.Before, step.Project, step.Session.ID)
	now := news(step.Session)
	return known && news(was) != now && j.anyNew([]string{arrivedKey + string(step.Session.ID)}, now)
}

// news identifies what others have and this machine has not.
func news(s syncer.Session) string {
	return packs(s, func(v syncer.Version) bool {
		return v.Relation == syncer.Behind || v.Relation == syncer.RemoteOnly
	})
}

// arrival is the note about them. It replaces the one before, which may not have been seen: so it says
// how many there are to pull in all.
func arrival(came []syncer.Step, toPull int) Note {
	var names, from []string
	in := map[project.Key]bool{}
	held := 0
	for _, step := range came {
		names = append(names, titled(step.Session))
		in[step.Project] = true
		for _, m := range step.From {
			if !slices.Contains(from, m) {
				from = append(from, m)
			}
		}
		if step.Action == syncer.Hold {
			held++
		}
	}
	n := Note{ID: "arrived", Title: words.Count(len(came), "session") + " from " + and(from), Body: listed(names)}
	if held > 0 {
		n.Body += fmt.Sprintf("\n%d open in Claude Code here: leave it before you go on.", held)
	}
	if more := toPull - len(came) + held; more > 0 {
		n.Body += fmt.Sprintf("\n%d to pull in all.", toPull)
	}
	if held < len(came) {
		button := Button{"Pull", command.Command{Verb: command.Pull}}
		if len(in) == 1 {
			button.Do.Project = came[0].Project
		}
		n.Buttons = []Button{button}
	}
	return n
}
