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

// conflicts notes sessions that were continued on several machines, once for each pair of versions.
func (j *judge) conflicts() {
	var notes []Note
	var names []string
	others := 0
	for _, p := range j.After.Projects {
		for _, s := range p.Sessions {
			if s.State == syncer.Diverged && !p.LocalOnly && j.newPair(s) {
				notes = append(notes, conflict(j.After.Machine, p, s))
				names = append(names, titled(s))
				others = max(others, len(s.From(syncer.Diverged)))
			}
		}
	}
	where := "two machines"
	if others > 1 {
		where = "several machines"
	}
	j.sayGrouped(notes, Note{ID: "conflicts", Title: fmt.Sprintf("%d sessions were continued on %s", len(notes), where),
		Body: listed(names) + ". Nothing is lost; the menu asks which branch each goes on with."})
}

// newPair reports whether there was no note about this pair of versions. An open session whose transcript grows is not
// a new pair until it is closed: a conversation of an hour would otherwise cause a note every minute.
func (j *judge) newPair(s syncer.Session) bool {
	key := "conflict " + string(s.ID)
	theirs, ours := pair(s)
	lastTheirs, lastOurs, _ := strings.Cut(j.notified.last(key), " ")
	if lastTheirs == theirs && (lastOurs == ours || s.Open) {
		j.notified.keep(key, j.Now)
		return false
	}
	j.notified.set(key, theirs+" "+ours, j.Now)
	return true
}

// pair identifies the two sides: the present diverged packs, and this machine's transcript.
func pair(s syncer.Session) (theirs, ours string) {
	return packs(s, func(v syncer.Version) bool { return v.State == syncer.Diverged }), fmt.Sprint(s.Size)
}

// packs identifies the content of some of a session's packs, in any order. A sync tool's copy of one is no other content.
func packs(s syncer.Session, which func(syncer.Version) bool) string {
	var all []string
	for _, v := range s.Versions {
		if which(v) {
			all = append(all, fmt.Sprintf("%q %d %d %d", v.Machine, v.Exported.UnixMilli(), v.Size, v.Lines))
		}
	}
	slices.Sort(all)
	return hash(strings.Join(slices.Compact(all), "\n"))
}

// conflict asks a person for the branch to continue with. Machine is this machine's name.
func conflict(machine string, p syncer.Project, s syncer.Session) Note {
	from := s.From(syncer.Diverged)
	n := Note{ID: "conflict " + string(s.ID), Title: words.Short(p.Label, nameWidth) + ": " + words.ContinuedOn(len(from)),
		Body: titled(s) + " was continued on " + and(append([]string{machine}, from...)) + "."}
	if s.Open { // the engine would refuse both buttons now
		n.Body += "\nLeave it in Claude Code here, then choose in the menu."
		return n
	}
	n.Body += "\nNothing is lost: the other branch stays beside it as a session of its own."
	// Notification services show three buttons in one row.
	for _, m := range from[:min(2, len(from))] {
		n.Buttons = append(n.Buttons, Button{"Continue " + words.Short(m, nameWidth/2) + "'s",
			command.Command{Verb: command.TakeTheirs, Project: p.Key, Session: s.ID, Machine: m}})
	}
	n.Buttons = append(n.Buttons, Button{"Continue mine", command.Command{Verb: command.TakeOurs, Project: p.Key, Session: s.ID}})
	return n
}

// arrivals notes, in one note, the sessions that came from other machines since the last look. It leaves out projects
// that were registered since then, because a person asked for their sessions. Sessions that this machine has pulled are
// not steps of a pull any more.
func (j *judge) arrivals() {
	var came []syncer.Step
	toPull := 0
	for _, step := range syncer.PlanPull(*j.After, syncer.Scope{}) {
		switch step.Action {
		case syncer.Install, syncer.Update:
			toPull++
		case syncer.Hold:
			if step.Session.State != syncer.Behind {
				continue // conflicts has a note about it
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

// arrived reports whether a session's packs changed since the last look, and there was no note about them. A pack that
// was half synced for one look is not news when it is complete again.
func (j *judge) arrived(step syncer.Step) bool {
	if j.Before == nil {
		return false
	}
	was, known := lookup(j.Before, step.Project, step.Session.ID)
	now := news(step.Session)
	return known && news(was) != now && j.anyNew([]string{arrivedKey + string(step.Session.ID)}, now)
}

// news identifies the packs with rows that this machine lacks.
func news(s syncer.Session) string {
	return packs(s, func(v syncer.Version) bool {
		return v.State == syncer.Behind || v.State == syncer.RemoteOnly
	})
}

// arrival is the note about the sessions that came. It replaces the note before, which a person may not have seen, so
// it also says how many sessions there are to pull in all.
func arrival(came []syncer.Step, toPull int) Note {
	var names, from []string // from has a machine once for each session
	in := map[project.Key]bool{}
	held := 0
	for _, step := range came {
		names = append(names, titled(step.Session))
		in[step.Project] = true
		from = append(from, step.From...)
		if step.Action == syncer.Hold {
			held++
		}
	}
	n := Note{ID: "arrived", Title: words.Count(len(came), "session") + " from " + and(words.Names(from)), Body: listed(names)}
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
