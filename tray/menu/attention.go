package menu

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"claude-sync/syncer"
	"claude-sync/syncer/command"
	"claude-sync/syncer/words"
)

// problem is one entry under Needs attention.
type problem struct {
	item Item
	// mild problems are listed but don't change the icon. A person with thirty projects on the desktop and
	// five on the laptop would always see the warning.
	mild bool
}

// grave counts the problems that the icon shows.
func (b *builder) grave() int {
	n := 0
	for _, p := range b.problems {
		if !p.mild {
			n++
		}
	}
	return n
}

// attention is the section of problems that need a person.
func (b *builder) attention() []Item {
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

// add lists a grave problem. Its children are the possible answers, or say why there is none.
func (b *builder) add(label string, children ...Item) {
	b.problems = append(b.problems, problem{item: Item{Label: words.Short(label, labelWidth), Children: children}})
}

// text returns s as items without a command.
func text(s string) []Item {
	var items []Item
	for _, line := range lines(s) {
		items = append(items, Item{Label: line, Disabled: true})
	}
	return items
}

// failures lists commands that failed. A command that a person stopped did not fail.
func (b *builder) failures() {
	for _, e := range b.Failures {
		if e.Kind != syncer.Failed && e.Kind != syncer.Held || errors.Is(e.Err, context.Canceled) {
			continue
		}
		b.add(failed(e), b.reason(e)...)
	}
}

// failed is the label for one failure. Its reason is in the submenu, where it has room.
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

// reason says why something failed, with the library's hint. The hint names commands of the command line, because
// the menu has a command against one of these failures only.
func (b *builder) reason(e syncer.Event) []Item {
	var items []Item
	if e.Err != nil {
		items = text(e.Err.Error())
	}
	var other *syncer.OtherProjectError
	if b.SetUp && errors.As(e.Err, &other) {
		return append(b.join(other), Item{Label: "Check health…", Do: command.Command{Verb: command.CheckHealth}})
	}
	items = append(items, text(e.Hint())...)
	return append(items, Item{Label: "Check health…", Do: command.Command{Verb: command.CheckHealth}})
}

// join asks whether two projects are one.
func (b *builder) join(other *syncer.OtherProjectError) []Item {
	var items []Item
	for sentence := range strings.Lines(other.Question()) {
		items = append(items, text(sentence)...)
	}
	return append(items, b.verb("Join and pull", command.Command{Verb: command.Join, Project: other.Wanted, Path: other.Cwd}))
}

// conflicts lists the sessions that a person has to resolve.
func (b *builder) conflicts() {
	for _, e := range b.projects {
		for _, s := range e.conflicts {
			after := " was continued on " + and(append([]string{b.Snapshot.Machine}, s.From...))
			b.add(around(words.Short(e.Label, projectWidth)+": ", titleOf(s.Session), after), b.branches(s)...)
		}
	}
}

// branches offers the branches with which the session can continue. Every other branch stays as a session of its
// own. The labels say so, because a person who knows this is not afraid to choose.
func (b *builder) branches(s syncer.Step) []Item {
	// Not while the session is open: Claude Code would append rows to a transcript that was replaced.
	if s.Session.Open {
		return text("Open in Claude Code here: leave it there, then choose")
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

// broken lists transcripts that cannot be read.
func (b *builder) broken() {
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

// stale lists the checkouts of projects of which none is left.
func (b *builder) stale() {
	for _, e := range b.projects {
		for _, c := range e.Cwds {
			if e.Stale() {
				name := words.Short(e.Label, projectWidth)
				room := labelWidth - len([]rune(name)) - len(":  is gone")
				b.add(name+": "+words.Short(c.Path, room)+" is gone", whereabouts(e.Project, c)...)
			}
		}
	}
}

// whereabouts are the two answers to a checkout that is gone. If the project has other checkouts, only this one can
// be forgotten: a removed work tree is no reason to forget the project.
func whereabouts(p syncer.Project, c syncer.Cwd) []Item {
	forget := Item{Label: "Forget the project", Do: command.Command{Verb: command.Forget, Project: p.Key}}
	if len(p.Cwds) > 1 {
		forget = Item{Label: "Forget this folder", Do: command.Command{Verb: command.Forget, Project: p.Key, Path: c.Path}}
	}
	return []Item{{Label: "Locate…", Do: command.Command{Verb: command.Locate, Project: p.Key, Path: c.Path}}, forget}
}

// strays lists files in the sync folder that are no pack of a project here. Files that may still become packs are only counted.
func (b *builder) strays() {
	for _, s := range b.Snapshot.Strays {
		if s.Later {
			b.arriving++
			continue
		}
		items := text(s.Name)
		if s.Reason != nil {
			items = append(items, text(s.Reason.Error())...)
			items = append(items, text(syncer.Hint(s.Reason))...)
		}
		const left = " in the sync folder was left alone"
		name := words.Short(s.Name, labelWidth-len(left))
		b.add(name+left, append(items, Item{Label: "Open sync folder", Do: b.open()})...)
	}
}

// waiting lists projects of other machines that are not here. If there are many, they share one entry.
func (b *builder) waiting() {
	const single = 3 // at most so many have an entry of their own
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

// bounded puts a last line after children, which are the first of n, if n is too many for a submenu.
func bounded(children []Item, n int) []Item {
	if n <= MaxChildren {
		return children
	}
	more := fmt.Sprintf("and %d more: claude-sync list --all shows them", n-MaxChildren+1)
	return append(slices.Clip(children[:MaxChildren-1]), Item{Label: more, Disabled: true})
}
