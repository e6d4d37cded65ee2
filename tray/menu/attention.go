package menu

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"claude-sync/syncer"
	"claude-sync/syncer/command"
	"claude-sync/syncer/words"
)

// problem is one entry under Needs attention.
type problem struct {
	item Item
	// mild ones are listed but don't change the icon: whoever has thirty projects on the desktop and five
	// on the laptop would never see it quiet again.
	mild bool
}

// grave counts the problems that the icon shows.
func (b *board) grave() int {
	n := 0
	for _, p := range b.problems {
		if !p.mild {
			n++
		}
	}
	return n
}

// attention is the section of what needs a person.
func (b *board) attention() []Item {
	if len(b.problems) == 0 {
		return nil
	}
	items := []Item{{Label: fmt.Sprintf("Needs attention (%d)", len(b.problems)), Disabled: true}}
	for _, p := range b.problems[:min(maxProblems, len(b.problems))] {
		items = append(items, p.item)
	}
	if more := len(b.problems) - maxProblems; more > 0 {
		items = append(items, Item{Label: fmt.Sprintf("%d more: check health…", more), Do: command.Command{Verb: command.CheckHealth}})
	}
	return items
}

// add lists a grave problem. Its children are the ways out of it, or say why there is none.
func (b *board) add(label string, children ...Item) {
	b.problems = append(b.problems, problem{item: Item{Label: words.Short(label, labelWidth), Children: children}})
}

// said is text that nobody can click.
func said(s string) []Item {
	var items []Item
	for _, line := range lines(s) {
		items = append(items, Item{Label: line, Disabled: true})
	}
	return items
}

// failures tells what was asked for and could not be done. What a person stopped did not fail.
func (b *board) failures() {
	for _, e := range b.Failures {
		if e.Kind != syncer.Failed && e.Kind != syncer.Held || errors.Is(e.Err, context.Canceled) {
			continue
		}
		b.add(failed(e), b.reason(e)...)
	}
}

// failed is the line for one failure: what, not why. The reason is below it, where it has room.
func failed(e syncer.Event) string {
	end := " failed"
	if e.Kind == syncer.Held {
		end = " is open in Claude Code"
	}
	switch {
	case e.Session != "":
		return around(words.Short(e.Label, projectWidth)+": ", titleOf(syncer.Session{ID: e.Session, Title: e.Title}), end)
	case e.Label != "":
		return words.Short(e.Label, projectWidth) + end
	}
	return "What you asked for failed"
}

// reason is why something failed, and what the library advises. The advice names commands of the command
// line: the menu has none that is better, or the failure would have been cured by it.
func (b *board) reason(e syncer.Event) []Item {
	var items []Item
	if e.Err != nil {
		items = said(e.Err.Error())
	}
	items = append(items, said(e.Hint())...)
	return append(items, Item{Label: "Check health…", Do: command.Command{Verb: command.CheckHealth}})
}

// conflicts offers the choice that only a person can make.
func (b *board) conflicts() {
	for _, e := range b.projects {
		for _, s := range e.conflicts {
			after := " was continued on " + and(append([]string{b.Snapshot.Machine}, s.From...))
			b.add(around(words.Short(e.Label, projectWidth)+": ", titleOf(s.Session), after), b.branches(s)...)
		}
	}
}

// branches is the choice: whose branch the session goes on with. Every other one stays as a session of its
// own, which the labels say because it takes the fear out of choosing.
func (b *board) branches(s syncer.Step) []Item {
	// Never over an open session: Claude Code would write on into what it no longer has.
	if s.Session.Held != nil {
		return said("Open in Claude Code here: leave it there, then choose")
	}
	others, theirs := "mine", "theirs"
	if len(s.From) > 1 {
		others = "the others"
	} else if len(s.From) == 1 {
		theirs = words.Short(s.From[0], machineWidth) + "'s"
	}
	var items []Item
	for _, m := range s.From[:min(len(s.From), MaxChildren-1)] {
		label := fmt.Sprintf("Continue %s's, keep %s beside it", words.Short(m, machineWidth), others)
		items = append(items, b.verb(label, command.Command{Verb: command.TakeTheirs, Project: s.Project, Session: s.Session.ID, Machine: m}))
	}
	return append(items, b.verb(fmt.Sprintf("Continue mine, keep %s beside it", theirs),
		command.Command{Verb: command.TakeOurs, Project: s.Project, Session: s.Session.ID}))
}

// broken tells of transcripts that cannot be read.
func (b *board) broken() {
	for _, e := range b.projects {
		for _, s := range e.Sessions {
			if s.Problem == nil {
				continue
			}
			label := words.Short(e.Label, projectWidth) + ": its sessions cannot be read"
			if s.ID != "" {
				label = around(words.Short(e.Label, projectWidth)+": ", titleOf(s), " cannot be read")
			}
			b.add(label, b.reason(syncer.Event{Kind: syncer.Failed, Err: s.Problem})...)
		}
	}
}

// stale tells of checkouts that are gone.
func (b *board) stale() {
	for _, e := range b.projects {
		for _, c := range e.Cwds {
			if c.Stale {
				name := words.Short(e.Label, projectWidth)
				room := labelWidth - len([]rune(name)) - len(":  is gone")
				b.add(name+": "+words.Short(c.Path, room)+" is gone", whereabouts(e.Project, c)...)
			}
		}
	}
}

// whereabouts are the two answers to a checkout that is gone. A project with others must not be forgotten
// because one work tree was removed.
func whereabouts(p syncer.Project, c syncer.Cwd) []Item {
	forget := Item{Label: "Forget the project", Do: command.Command{Verb: command.Forget, Project: p.Key}}
	if len(p.Cwds) > 1 {
		forget = Item{Label: "Forget this folder", Do: command.Command{Verb: command.Forget, Project: p.Key, Path: c.Path}}
	}
	return []Item{{Label: "Locate…", Do: command.Command{Verb: command.Locate, Project: p.Key, Path: c.Path}}, forget}
}

// strays tells of files in the sync folder that are no packs. Those on their way are only counted.
func (b *board) strays() {
	for _, s := range b.Snapshot.Strays {
		if s.Later {
			b.arriving++
			continue
		}
		items := said(s.Name)
		if s.Reason != nil {
			items = append(items, said(s.Reason.Error())...)
			items = append(items, said(syncer.Hint(s.Reason))...)
		}
		const not = " in the sync folder is not a pack"
		name := words.Short(s.Name, labelWidth-len(not))
		b.add(name+not, append(items, Item{Label: "Open sync folder", Do: b.open()})...)
	}
}

// waiting tells of projects that are only elsewhere; many of them share one entry.
func (b *board) waiting() {
	const single = 3 // as many as may each have an entry of their own
	all := b.Snapshot.Waiting
	if len(all) <= single {
		for _, w := range all {
			label := words.Count(w.Sessions, "session") + " for " + words.Short(w.Label, projectWidth) + ", not on this machine"
			b.problems = append(b.problems, problem{mild: true, item: Item{Label: words.Short(label, labelWidth), Children: []Item{
				{Label: "Choose its folder…", Do: command.Command{Verb: command.Locate, Project: w.Key}}}}})
		}
		return
	}
	var children []Item
	for _, w := range all[:min(MaxChildren, len(all))] {
		label := words.Short(w.Label, projectWidth) + " (" + words.Count(w.Sessions, "session") + "): choose its folder…"
		children = append(children, Item{Label: words.Short(label, labelWidth), Do: command.Command{Verb: command.Locate, Project: w.Key}})
	}
	label := words.Count(len(all), "project") + " of other machines, not on this one"
	b.problems = append(b.problems, problem{mild: true, item: Item{Label: label, Children: bounded(children, len(all))}})
}

// bounded makes room for a last line when there are more than can be shown: children are the first of n.
func bounded(children []Item, n int) []Item {
	if n <= MaxChildren {
		return children
	}
	more := fmt.Sprintf("and %d more: claude-sync list --all shows them", n-MaxChildren+1)
	return append(slices.Clip(children[:MaxChildren-1]), Item{Label: more, Disabled: true})
}
